import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/icon-button.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import './notices.css'

const ICONS = { info: Info, warn: TriangleAlert, error: CircleAlert } as const

/** What has to be said without stopping the work; errors stay until they are dismissed. */
export function Notices() {
  const { t } = useTranslation()
  const { editor, notices } = usePage()
  const list = usePart(notices, (state) => state.notices)
  const failure = useEditor((state) => state.failure)
  const hint = useEditor((state) => state.failureIs === 'hint')
  return (
    <section className="notices" aria-label={t('notice.region')}>
      {failure === null ? null : <Notice level={hint ? 'warn' : 'error'} message={failure} onDismiss={() => editor.dismissFailure()} />}
      {list.map((notice) => <Notice key={notice.id} level={notice.level} message={notice.message} onDismiss={() => notices.dismiss(notice.id)} />)}
    </section>
  )
}

function Notice({ level, message, onDismiss }: { readonly level: keyof typeof ICONS; readonly message: string; readonly onDismiss: () => void }) {
  const { t } = useTranslation()
  const Icon = ICONS[level]
  return (
    <div className={`notice notice-${level}`} role={level === 'error' ? 'alert' : 'status'}>
      <Icon aria-hidden className="notice-icon" />
      <p>{message}</p>
      <IconButton small icon={X} label={t('common.dismiss')} onPress={onDismiss} placement="left" />
    </div>
  )
}

/** Over everything while the engine can't be reached, or lets this page in no more. */
export function ConnectionBanner() {
  const { t } = useTranslation()
  const { engine } = usePage()
  const connection = usePart(engine, (state) => state.connection)
  if (connection === 'open') return null
  return <div className="connection-banner" role="alert"><TriangleAlert aria-hidden />{t(`connection.${connection}`)}</div>
}
