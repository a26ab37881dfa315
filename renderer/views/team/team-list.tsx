import { useTranslation } from 'react-i18next'
import { usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { Avatar } from './avatar.tsx'

const SHOWN = 6

/** The others whose pages are open. A press on one goes to the image they are on. */
export function TeamList() {
  const { t } = useTranslation()
  const page = usePage()
  const members = usePart(page.team, (state) => state.members)
  const me = usePart(page.engine, (state) => state.info?.person ?? null)
  const others = members.filter(({ name }, index) => name !== me && members.findIndex((member) => member.name === name) === index)
  if (others.length === 0) return null
  return (
    <ul className="team-list" aria-label={t('team.others')}>
      {others.slice(0, SHOWN).map((member) => {
        const { name, imageId } = member
        return (
          <li key={name}>
            <button type="button" className="team-member" disabled={imageId === null} title={t(`role.${member.role}`, { name })} onClick={() => { if (imageId !== null) page.openImage(imageId) }}>
              <Avatar member={member} />
              <span className="only-read-aloud">{imageId === null ? t('team.nowhere', { name }) : t('team.goTo', { name })}</span>
            </button>
          </li>
        )
      })}
      {others.length > SHOWN ? <li className="team-more numbers">{t('team.more', { count: others.length - SHOWN })}</li> : null}
    </ul>
  )
}
