import { useVirtualizer } from '@tanstack/react-virtual'
import { Check, CheckCheck, Eye, EyeOff, Layers2, Lock, LockOpen, ScanSearch, X } from 'lucide-react'
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { ToggleButton, ToggleButtonGroup, TooltipTrigger } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { Annotation, AnnotationState } from '../../../main/contract/records.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Hint } from '../../components/hint.tsx'
import { IconButton, IconToggle, releaseFocus } from '../../components/icon-button.tsx'
import { useEditor, useKeyOf, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { asksMoreThanState, passesFilter, type AnnotationFilter } from './annotation-filter.ts'
import { AnnotationFilterBar } from './annotation-filter-bar.tsx'
import { ClassChooser } from './class-chooser.tsx'
import { PanelEdge } from './panel-edge.tsx'
import { ScoreThreshold } from './score-threshold.tsx'
import { StateMark } from './state-mark.tsx'
import { ROW_PX } from './panel-rows.ts'
import './panel.css'
import './annotation-list.css'

const STATES: readonly AnnotationState[] = ['pending', 'accepted', 'fixed', 'drawn', 'rejected']
const SHOWN_AT_FIRST: AnnotationFilter = { states: new Set(['pending', 'accepted', 'fixed', 'drawn']), classId: 'any', leastScore: 0 }

/** What is on the open image: state, class, score; front first. */
export function AnnotationList() {
  const { t } = useTranslation()
  const page = usePage()
  const { editor } = page
  const keyOf = useKeyOf()
  const annotations = useEditor((state) => state.annotations)
  const image = useEditor((state) => state.image)
  const hidden = useEditor((state) => state.hidden)
  const selectedId = useEditor((state) => state.selectedId)
  const alsoSelected = useEditor((state) => state.alsoSelected)
  const classes = useEditor((state) => state.classes)
  const [chosen, setChosen] = useState(SHOWN_AT_FIRST)
  const goneClass = typeof chosen.classId === 'number' && !classes.some(({ id }) => id === chosen.classId)
  const filter = useMemo((): AnnotationFilter => (goneClass ? { ...chosen, classId: 'any' } : chosen), [chosen, goneClass])
  const narrowed = asksMoreThanState(filter)
  const scroll = useRef<HTMLDivElement>(null)
  const counts = useMemo(() => {
    const found: Record<AnnotationState, number> = { pending: 0, accepted: 0, fixed: 0, drawn: 0, rejected: 0 }
    for (const annotation of annotations) found[annotation.state] += 1
    return found
  }, [annotations])
  const shown = useMemo(() => annotations.filter((annotation) => passesFilter(annotation, filter)).toReversed(), [annotations, filter])
  // a list narrowed by class or score is what its button accepts; the key stays with what the picture shows
  const acceptable = useMemo(() => (narrowed ? shown : annotations).filter((annotation) => annotation.state === 'pending' && !hidden.has(annotation.id)).map(({ id }) => id), [narrowed, shown, annotations, hidden])
  const rowPx = ROW_PX[usePart(usePage().layout, (state) => state.density)].wide
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroll.current, estimateSize: () => rowPx, overscan: 8, getItemKey: (index) => shown[index].id })
  useEffect(() => rows.measure(), [rows, rowPx])

  // only a new selection scrolls, not every change of the list
  const reveal = useEffectEvent((id: number | null) => {
    const place = id === null ? -1 : shown.findIndex((annotation) => annotation.id === id)
    if (place >= 0) rows.scrollToIndex(place, { align: 'auto' })
  })
  useEffect(() => reveal(selectedId), [selectedId])

  return (
    <section className="panel" aria-label={t('pane.annotations')} data-pane="annotations">
      <PanelEdge panel="right" />
      <header className="panel-header">
        <h2 className="panel-title">{t('pane.annotations')}<span className="panel-count numbers">{annotations.length - counts.rejected}</span></h2>
        {hidden.size === 0 ? null : <IconButton small icon={Eye} label={t('command.annotation.showAll')} keyName={keyOf('annotation.showAll')} onPress={() => editor.showAll()} />}
      </header>
      {annotations.length === 0 ? null : (
        <ToggleButtonGroup className="state-filter" aria-label={t('annotations.filter')} selectionMode="multiple" selectedKeys={filter.states} onSelectionChange={(keys) => setChosen({ ...filter, states: new Set(STATES.filter((state) => keys.has(state))) })}>
          {STATES.filter((state) => counts[state] > 0).map((state) => (
            <TooltipTrigger key={state} delay={500} closeDelay={0}>
              <ToggleButton id={state} className="state-filter-button" aria-label={t('annotations.filterBy', { state: t(`state.${state}`), count: counts[state] })} onPress={releaseFocus}>
                <StateMark state={state} />
                <span className="numbers">{counts[state]}</span>
              </ToggleButton>
              <Hint label={t(`state.${state}`)} />
            </TooltipTrigger>
          ))}
        </ToggleButtonGroup>
      )}
      {annotations.length === 0 ? null : <AnnotationFilterBar annotations={annotations} filter={filter} onChange={setChosen} />}
      <ScoreThreshold classId={filter.classId} />
      <div className="panel-scroll" ref={scroll}>
        {shown.length === 0
          ? (
            <EmptyState icon={ScanSearch} title={annotations.length > 0 ? t('annotations.allFiltered') : image === null ? t('annotations.noImage') : t('annotations.none')}>
              {annotations.length > 0 ? t('annotations.allFilteredNext') : image === null ? t('annotations.noImageNext') : t('annotations.noneNext', { brush: keyOf('tool.brush') ?? '–', polygon: keyOf('tool.polygon') ?? '–', propose: keyOf('image.propose') ?? '–' })}
            </EmptyState>
          )
          : (
            <ul className="panel-rows" style={{ height: rows.getTotalSize() }}>
              {rows.getVirtualItems().map((item) => {
                const annotation = shown[item.index]
                return <AnnotationRow key={annotation.id} annotation={annotation} top={item.start} selected={annotation.id === selectedId || alsoSelected.includes(annotation.id)} hidden={hidden.has(annotation.id)} imagePx2={image === null ? 0 : image.width * image.height} />
              })}
            </ul>
          )}
      </div>
      {acceptable.length === 0 ? null : (
        <footer className="panel-footer panel-footer-wide">
          <TooltipTrigger delay={500} closeDelay={0}>
            <Button kind="plain" icon={CheckCheck} onPress={() => page.acceptAllShown(narrowed ? new Set(acceptable) : undefined)}>{t('annotations.acceptAll', { count: acceptable.length })}</Button>
            <Hint label={t(narrowed ? 'annotations.acceptListed' : 'command.annotation.acceptAll')} keyName={narrowed ? undefined : keyOf('annotation.acceptAll')} placement="top" />
          </TooltipTrigger>
        </footer>
      )}
    </section>
  )
}

function AnnotationRow({ annotation, top, selected, hidden, imagePx2 }: { readonly imagePx2: number; readonly annotation: Annotation; readonly top: number; readonly selected: boolean; readonly hidden: boolean }) {
  const { t, i18n } = useTranslation()
  const { editor } = usePage()
  const keyOf = useKeyOf()
  const { id, state, score, locked } = annotation
  /** the press that is ending adds to the selection */
  const adds = useRef(false)
  const percent = score === null ? null : new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 }).format(score)
  // rows without a score differ by how much of the picture they are
  const share = percent !== null || imagePx2 === 0 ? null : new Intl.NumberFormat(i18n.language, { style: 'percent', maximumSignificantDigits: 2 }).format(annotation.areaPx2 / imagePx2)
  const proposed = state === 'pending'
  const area = new Intl.NumberFormat(i18n.language).format(annotation.areaPx2)
  const { source, by } = annotation.provenance
  const maker = source === 'person' && by !== undefined ? t('annotations.by', { name: by }) : null
  return (
    <li className={`row annotation-row ${selected ? 'row-chosen' : ''} ${hidden ? 'annotation-row-hidden' : ''} ${state === 'rejected' ? 'annotation-row-rejected' : ''}`} style={{ transform: `translateY(${top}px)` }}>
      <TooltipTrigger delay={700} closeDelay={0}>
        <ToggleButton className="annotation-pick" isSelected={selected} onPress={(event) => {
            releaseFocus(event)
            adds.current = event.ctrlKey || event.metaKey || event.shiftKey
          }} onChange={(on) => (adds.current ? editor.toggle(id) : editor.select(on ? id : null))} aria-label={t('annotations.row', { state: t(`state.${state}`), id, area, score: percent ?? '–' })}>
          <StateMark state={state} />
        </ToggleButton>
        <Hint label={`${t(`state.${state}`)} · ${t('annotations.area', { area })}${annotation.crowd ? ` · ${t('annotations.crowd')}` : ''}${maker === null ? '' : ` · ${maker}`}`} placement="left" />
      </TooltipTrigger>
      <ClassChooser classId={annotation.classId} label={t('annotations.classOf', { id })} disabled={locked} onChoose={(classId) => editor.setClass(id, classId)} />
      {annotation.crowd ? <Layers2 className="annotation-crowd" role="img" aria-label={t('annotations.crowd')} /> : null}
      {percent === null && share === null ? null : <button type="button" tabIndex={-1} aria-hidden title={share === null ? undefined : t('annotations.share', { share, area })} className={percent === null ? 'annotation-score annotation-share numbers' : 'annotation-score numbers'} onClick={(event) => (event.ctrlKey || event.metaKey || event.shiftKey ? editor.toggle(id) : editor.select(id))}>{percent ?? `▪ ${share}`}</button>}
      <div className="annotation-actions">
        <IconToggle small icon={locked ? Lock : LockOpen} label={t('annotations.lock', { id })} keyName={keyOf('annotation.lock')} pressed={locked} onChange={() => editor.lock(id)} placement="left" className={locked ? '' : 'annotation-quiet'} />
        <IconToggle small icon={hidden ? EyeOff : Eye} label={t('annotations.hide', { id })} keyName={keyOf('annotation.hide')} pressed={hidden} onChange={() => editor.hide(id)} placement="left" className={hidden ? '' : 'annotation-quiet'} />
        {proposed ? <IconButton small icon={Check} label={t('annotations.accept', { id })} keyName={keyOf('annotation.accept')} onPress={() => editor.accept(id)} placement="left" className="annotation-accept" /> : null}
        {proposed ? <IconButton small icon={X} label={t('annotations.reject', { id })} keyName={keyOf('annotation.reject')} onPress={() => editor.reject(id)} placement="left" className="annotation-reject" /> : null}
        {state === 'rejected' ? <IconButton small icon={Check} label={t('annotations.bringBack', { id })} onPress={() => editor.accept(id)} placement="left" className="annotation-accept" /> : null}
      </div>
    </li>
  )
}
