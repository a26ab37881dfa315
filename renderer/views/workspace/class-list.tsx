import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ArrowUpToLine, EllipsisVertical, Layers, Palette, Pencil, Search, Shapes, Tag, Tags, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { Button as AriaButton, Input, SearchField, useFilter } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { LabelClass } from '../../../main/contract/records.ts'
import { patternOf } from '../../canvas/overlay-patterns.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { KeyCap } from '../../components/key-cap.tsx'
import { Menu } from '../../components/menu.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { useEditor, useMayEdit, useNameOfKey, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { AddClass } from './add-class.tsx'
import { type RowDrag, useRowDrag } from './class-drag.ts'
import { isLong, matchingClasses } from './class-filter.ts'
import { ClassListMenu } from './class-list-menu.tsx'
import { ColourChooser } from './colour-chooser.tsx'
import { InlineName } from './inline-name.tsx'
import { PanelEdge } from './panel-edge.tsx'
import { ReplaceClass } from './replace-class.tsx'
import { Synonyms } from './synonyms.tsx'
import { ROW_PX } from './panel-rows.ts'
import './panel.css'
import './class-list.css'

const KEYED_CLASSES = 9

/** The project's classes: which one is active, their keys, how many of each this image has. */
export function ClassList() {
  const { t } = useTranslation()
  const { editor, layout } = usePage()
  const mayEdit = useMayEdit('classes')
  const classes = useEditor((state) => state.classes)
  const annotations = useEditor((state) => state.annotations)
  const activeClassId = useEditor((state) => state.activeClassId)
  const scroll = useRef<HTMLDivElement>(null)
  const counts = useMemo(() => {
    const found = new Map<number, number>()
    for (const annotation of annotations) if (annotation.classId !== null && annotation.state !== 'rejected') found.set(annotation.classId, (found.get(annotation.classId) ?? 0) + 1)
    return found
  }, [annotations])
  const rowPx = ROW_PX[usePart(layout, (state) => state.density)].row
  const [sought, setSought] = useState('')
  const { contains } = useFilter({ sensitivity: 'base' })
  const shown = useMemo(() => matchingClasses(classes, sought, contains), [classes, sought, contains])
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroll.current, estimateSize: () => rowPx, overscan: 8 })
  useEffect(() => rows.measure(), [rows, rowPx])
  const drag = useRowDrag((id, from, to) => editor.moveClass(id, to - from))
  return (
    <section className="panel" aria-label={t('pane.classes')} data-pane="classes">
      <PanelEdge panel="left" />
      <header className="panel-header">
        <h2 className="panel-title">{t('pane.classes')}<span className="panel-count numbers">{classes.length}</span></h2>
        {mayEdit ? <ClassListMenu /> : null}
      </header>
      {isLong(classes) ? (
        <SearchField className="class-filter" aria-label={t('classes.filter')} value={sought} onChange={setSought}>
          <Search aria-hidden />
          <Input className="field-input" placeholder={t('classes.filter')} />
        </SearchField>
      ) : null}
      {classes.length === 0
        ? <div className="panel-scroll"><EmptyState icon={Tag} title={t('classes.none')}>{mayEdit ? t('classes.noneNext') : t('classes.noneAsk')}</EmptyState></div>
        : (
          <div className="panel-scroll" ref={scroll}>
            {shown.length === 0 ? <p className="class-filter-none" role="status">{t('classes.noMatch')}</p> : null}
            <ul className="panel-rows" style={{ height: rows.getTotalSize() }}>
              {rows.getVirtualItems().map((item) => {
                const { labelClass, place } = shown[item.index]
                return <ClassRow key={labelClass.id} labelClass={labelClass} place={place} top={item.start} count={counts.get(labelClass.id) ?? 0} active={labelClass.id === activeClassId} drag={(allowed) => drag(labelClass.id, place, allowed)} />
              })}
            </ul>
          </div>
        )}
      {mayEdit ? <footer className="panel-footer"><AddClass /></footer> : null}
    </section>
  )
}

interface ClassRowProps {
  readonly labelClass: LabelClass
  /** in the whole list */
  readonly place: number
  /** CSS px */
  readonly top: number
  /** annotations of the open image */
  readonly count: number
  readonly active: boolean
  readonly drag: (allowed: boolean) => RowDrag
}

function ClassRow({ labelClass, place, top, count, active, drag }: ClassRowProps) {
  const { t } = useTranslation()
  const { editor, layout } = usePage()
  const patterns = usePart(layout, (state) => state.patterns)
  const mayEdit = useMayEdit('classes')
  const [renaming, setRenaming] = useState(false)
  const [colouring, setColouring] = useState(false)
  const [dialog, setDialog] = useState<'synonyms' | 'replace' | null>(null)
  const last = useEditor((state) => state.classes.length - 1)
  const nameOfKey = useNameOfKey()
  const anchor = useRef<HTMLLIElement>(null)
  /** Alt+↑ and Alt+↓ move the class, and the focus goes along. */
  const onKey = (event: KeyboardEvent<HTMLButtonElement>) => {
    if (!mayEdit || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    editor.moveClass(labelClass.id, event.key === 'ArrowUp' ? -1 : 1)
    const row = event.currentTarget
    requestAnimationFrame(() => {
      row.focus()
      row.scrollIntoView({ block: 'nearest' })
    })
  }
  return (
    <li className={active ? 'row row-chosen' : 'row'} style={{ transform: `translateY(${top}px)` }} ref={anchor} {...drag(mayEdit && !renaming)}>
      {renaming
        ? (
          <>
            <Swatch colour={labelClass.colour} pattern={patterns ? patternOf(place) : 0} />
            <InlineName
              label={t('classes.nameOf', { name: labelClass.name })}
              name={labelClass.name}
              onDone={(name) => {
                setRenaming(false)
                if (name !== null && name !== labelClass.name) editor.updateClass(labelClass.id, { name })
              }}
            />
          </>
        )
        : (
          <>
            <button
              type="button"
              className="row-main"
              aria-pressed={active}
              onClick={(event) => {
                editor.setActiveClass(labelClass.id)
                if (event.detail > 0) event.currentTarget.blur()
              }}
              onDoubleClick={() => { if (mayEdit) setRenaming(true) }}
              onKeyDown={onKey}
            >
              <Swatch colour={labelClass.colour} pattern={patterns ? patternOf(place) : 0} />
              <span className="row-name">{labelClass.name}</span>
              {count === 0 ? null : <span className="row-number"><span aria-hidden>{count}</span><span className="only-read-aloud">, {t('classes.onImage', { count })}</span></span>}
              {place < KEYED_CLASSES ? <span aria-hidden><KeyCap name={String(place + 1)} /></span> : null}
            </button>
            {mayEdit ? <Menu
              label={t('classes.menuOf', { name: labelClass.name })}
              trigger={<AriaButton className="icon-button icon-button-small row-more" aria-label={t('classes.menuOf', { name: labelClass.name })}><EllipsisVertical aria-hidden /></AriaButton>}
              entries={[
                { id: 'rename', name: t('classes.rename'), icon: Pencil, onChoose: () => setRenaming(true) },
                { id: 'synonyms', name: t('classes.synonyms'), icon: Tags, onChoose: () => setDialog('synonyms') },
                { id: 'colour', name: t('classes.recolour'), icon: Palette, onChoose: () => setColouring(true) },
                labelClass.extent === 'thing'
                  ? { id: 'extent', name: t('classes.makeStuff'), icon: Layers, onChoose: () => editor.updateClass(labelClass.id, { extent: 'stuff' }) }
                  : { id: 'extent', name: t('classes.makeThing'), icon: Shapes, onChoose: () => editor.updateClass(labelClass.id, { extent: 'thing' }) },
                { id: 'line', line: true },
                { id: 'top', name: t('classes.top'), icon: ArrowUpToLine, disabled: place === 0, onChoose: () => editor.moveClass(labelClass.id, -place) },
                { id: 'up', name: t('classes.up'), icon: ArrowUp, keyName: nameOfKey('Alt+ArrowUp'), disabled: place === 0, onChoose: () => editor.moveClass(labelClass.id, -1) },
                { id: 'down', name: t('classes.down'), icon: ArrowDown, keyName: nameOfKey('Alt+ArrowDown'), disabled: place === last, onChoose: () => editor.moveClass(labelClass.id, 1) },
                { id: 'line2', line: true },
                { id: 'replace', name: t('classes.replace'), icon: Trash2, onChoose: () => setDialog('replace') },
              ]}
            /> : null}
          </>
        )}
      {dialog === 'synonyms' ? <Synonyms labelClass={labelClass} onClose={() => setDialog(null)} /> : null}
      {dialog === 'replace' ? <ReplaceClass labelClass={labelClass} onClose={() => setDialog(null)} /> : null}
      <ColourChooser anchor={anchor} open={colouring} onClose={() => setColouring(false)} name={labelClass.name} colour={labelClass.colour} onChoose={(colour) => editor.updateClass(labelClass.id, { colour })} />
    </li>
  )
}
