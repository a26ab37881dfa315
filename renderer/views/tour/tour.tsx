import { useEffect, useState } from 'react'
import { Popover } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { useKeyOf, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import './tour.css'

/** keeps a card beside a panel off the bar over the picture */
const BAR_PX = 48

/** What is pointed at, one after the other: a part of the window, the side the card stands on, and how far down. */
const STEPS = [
  { id: 'pictures', at: '[data-pane="images"]', placement: 'top end', aside: 0 },
  { id: 'classes', at: '[data-pane="classes"]', placement: 'right top', aside: BAR_PX },
  { id: 'label', at: '[data-pane="tools"]', placement: 'right top', aside: BAR_PX },
  { id: 'prelabel', at: '[data-pane="top"]', placement: 'bottom end', aside: 0 },
  { id: 'review', at: '[data-pane="annotations"]', placement: 'left top', aside: BAR_PX },
] as const

/**
 * Five cards around the window for who opens it the first time; the page under them goes on working, and nothing takes
 * the focus (F6 gets there). Seen once, it comes again only when it is asked for.
 */
export function Tour() {
  const { layout, store } = usePage()
  const seen = usePart(layout, (state) => state.tourSeen)
  const dialog = usePart(store, (state) => state.dialog)
  // a dialog over the page has the floor
  return seen || dialog !== null ? null : <Cards onEnd={() => layout.set({ tourSeen: true })} />
}

function Cards({ onEnd }: { readonly onEnd: () => void }) {
  const { t } = useTranslation()
  const keyOf = useKeyOf()
  const [place, setPlace] = useState(0)
  const [target, setTarget] = useState<{ readonly current: Element | null } | null>(null)
  const step = STEPS[place]
  useEffect(() => {
    const element = document.querySelector(step.at)
    element?.setAttribute('data-toured', '')
    // the other parts of the window are laid out first
    const frame = requestAnimationFrame(() => setTarget({ current: element }))
    return () => {
      cancelAnimationFrame(frame)
      element?.removeAttribute('data-toured')
    }
  }, [step.at])
  if (target === null) return null
  const last = place === STEPS.length - 1
  const keys = { brush: keyOf('tool.brush') ?? '–', polygon: keyOf('tool.polygon') ?? '–', propose: keyOf('image.propose') ?? '–', next: keyOf('annotation.next') ?? '–', accept: keyOf('annotation.accept') ?? '–', reject: keyOf('annotation.reject') ?? '–', help: keyOf('help.keys') ?? '–', undo: keyOf('edit.undo') ?? '–' }
  return (
    <Popover className="tour-card" triggerRef={target} isOpen isNonModal placement={step.placement} offset={10} crossOffset={step.aside} containerPadding={8} shouldCloseOnInteractOutside={() => false} onOpenChange={(open) => { if (!open) onEnd() }}>
      <section aria-label={t('tour.title')} data-pane="tour">
        <p className="tour-count numbers" aria-hidden>{t('tour.count', { place: place + 1, total: STEPS.length })}</p>
        <div role="status">
          <h2 className="tour-heading">{t(`tour.${step.id}.title`)}</h2>
          <p>{t(`tour.${step.id}.text`, keys)}</p>
        </div>
        <div className="tour-actions">
          <Button kind="quiet" onPress={onEnd}>{last ? t('common.close') : t('tour.skip')}</Button>
          {place === 0 ? null : <Button onPress={() => setPlace(place - 1)}>{t('tour.back')}</Button>}
          {last ? <Button kind="main" onPress={onEnd}>{t('common.done')}</Button> : <Button kind="main" onPress={() => setPlace(place + 1)}>{t('tour.next')}</Button>}
        </div>
      </section>
    </Popover>
  )
}
