import { ChevronDown, CircleCheck, CircleDashed, Sparkles, ThumbsUp, UserRound, Wrench } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { Menu } from '../../components/menu.tsx'
import { useMay, useMayEdit, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { AssignDialog } from './assign-dialog.tsx'

/** What can be done with the images that are marked; nothing while none is. */
export function MarkedActions() {
  const { t } = useTranslation()
  const page = usePage()
  const may = useMay()
  const mayReview = useMayEdit('review')
  const marked = usePart(page.store, (state) => state.marked)
  const [assigning, setAssigning] = useState(false)
  if (marked.size === 0) return null
  return (
    <div className="marked-actions">
      <span className="numbers">{t('images.marked', { count: marked.size })}</span>
      <Menu
        label={t('images.markAs')}
        placement="top start"
        trigger={<AriaButton className="button button-plain"><span>{t('images.markAs')}</span><ChevronDown aria-hidden /></AriaButton>}
        entries={[
          { id: 'done', name: t('images.show.done'), icon: CircleCheck, onChoose: () => void page.markImages({ state: 'done' }) },
          { id: 'working', name: t('images.show.working'), icon: CircleDashed, onChoose: () => void page.markImages({ state: 'working' }) },
          ...(mayReview ? [
            { id: 'line', line: true } as const,
            { id: 'approved', name: t('review.approved'), icon: ThumbsUp, onChoose: () => void page.markImages({ review: 'approved' }) },
            { id: 'needsWork', name: t('review.needsWork'), icon: Wrench, onChoose: () => void page.markImages({ review: 'needsWork' }) },
            { id: 'line2', line: true } as const,
            { id: 'assign', name: t('images.assign'), icon: UserRound, onChoose: () => setAssigning(true) },
          ] : []),
        ]}
      />
      {may('prelabel.start') ? <Button kind="plain" icon={Sparkles} onPress={() => page.show('prelabel')}>{t('prelabel.short')}</Button> : null}
      <Button kind="quiet" onPress={() => page.setMarked(new Set())}>{t('images.unmark')}</Button>
      {assigning ? <AssignDialog count={marked.size} onClose={() => setAssigning(false)} /> : null}
    </div>
  )
}
