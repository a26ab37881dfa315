import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImageRow } from '../../../main/contract/images.ts'
import { Dialog } from '../../components/dialog.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { gridStep } from '../state/grid-step.ts'
import { rowAt } from '../state/image-windows.ts'
import { usePart } from '../state/use-part.ts'
import { FilterBar } from './filter-bar.tsx'
import { ImageThumb, useProblemOf, useSpokenState } from './image-thumb.tsx'
import { MarkedActions } from './marked-actions.tsx'
import { ThumbOverlay } from './thumb-overlay.tsx'
import './image-grid.css'

const CELL = { width: 176, height: 156 }
/** all at once up to here: more ids than this in one press are a slip, not a wish */
const MARK_ALL_MOST = 10_000

/** All images as thumbnails with their masks: to look over, to mark several, to open one. */
export function ImageGrid({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const { images } = page
  const total = usePart(images, (state) => state.total)
  return (
    <Dialog title={t('grid.title')} width="full" onClose={onClose}>
      <div className="image-grid-bar">
        <FilterBar />
        <p className="image-grid-count numbers">{total === null ? '' : t('images.total', { count: total, shown: new Intl.NumberFormat(i18n.language).format(total) })}</p>
        <MarkedActions />
      </div>
      {total === 0 ? <p className="image-grid-none">{t('images.noMatch')}</p> : <Cells total={total ?? 0} onClose={onClose} />}
      <p className="row-quiet">{t('grid.help')}</p>
    </Dialog>
  )
}

function Cells({ total, onClose }: { readonly total: number; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const { images } = page
  const windows = usePart(images, (state) => state.windows)
  const marked = usePart(page.store, (state) => state.marked)
  const openId = useEditor((state) => state.image?.id ?? null)
  const scroll = useRef<HTMLUListElement>(null)
  const [columns, setColumns] = useState(1)
  /** place of the one cell that Tab reaches */
  const [at, setAt] = useState(0)
  const anchor = useRef(0)
  const rows = useVirtualizer({ count: Math.ceil(total / columns), getScrollElement: () => scroll.current, estimateSize: () => CELL.height, overscan: 2 })
  const items = rows.getVirtualItems()
  const first = (items[0]?.index ?? 0) * columns
  const last = Math.min(total, ((items.at(-1)?.index ?? 0) + 1) * columns) - 1

  useEffect(() => images.show(first, last, 'grid'), [images, first, last, total])
  useEffect(() => () => images.hide('grid'), [images])
  useEffect(() => {
    const element = scroll.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setColumns(Math.max(1, Math.floor(element.clientWidth / CELL.width))))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    let gone = false
    const find = async () => {
      const place = openId === null ? null : await images.placeOf(openId)
      if (gone || place === null) return
      setAt(place)
      anchor.current = place
    }
    void page.attempt(find)
    return () => { gone = true }
    // only where it begins: later the person moves
  }, [page, images, openId])

  const markRange = async (to: number) => {
    const found = await page.attempt(() => images.rows(Math.min(anchor.current, to), Math.max(anchor.current, to)))
    if (found !== undefined) page.setMarked(new Set(found.map(({ id }) => id)))
  }
  const toggle = (row: ImageRow) => {
    const next = new Set(marked)
    if (!next.delete(row.id)) next.add(row.id)
    page.setMarked(next)
  }
  const open = (row: ImageRow) => {
    page.openImage(row.id)
    onClose()
  }
  const goTo = (place: number, extend: boolean) => {
    setAt(place)
    rows.scrollToIndex(Math.floor(place / columns), { align: 'auto' })
    if (extend) void markRange(place)
    else anchor.current = place
    // the cell may only come with the next frame
    requestAnimationFrame(() => requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus()))
  }
  const onKey = (event: KeyboardEvent) => {
    const row = rowAt(windows, at)
    const place = gridStep(event.key, at, columns, total)
    if (place !== null) goTo(place, event.shiftKey)
    else if (event.key === ' ' && row !== undefined) toggle(row)
    else if (event.key === 'Enter' && row !== undefined) open(row)
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && total <= MARK_ALL_MOST) {
      anchor.current = 0
      void markRange(total - 1)
    } else return
    event.preventDefault()
  }
  const press = (event: MouseEvent, row: ImageRow, place: number) => {
    setAt(place)
    if (event.shiftKey) {
      void markRange(place)
      return
    }
    anchor.current = place
    toggle(row)
  }
  return (
    <ul className="image-grid" ref={scroll} role="listbox" aria-label={t('pane.images')} aria-multiselectable onKeyDown={onKey}>
      <li role="presentation" aria-hidden className="image-grid-length" style={{ height: rows.getTotalSize() }} />
      {items.flatMap((item) => Array.from({ length: Math.min(columns, total - item.index * columns) }, (_, column) => {
        const place = item.index * columns + column
        const row = rowAt(windows, place)
        return (
          <Cell
            key={place}
            row={row}
            place={place}
            total={total}
            reachable={place === at}
            open={row?.id === openId}
            marked={row !== undefined && marked.has(row.id)}
            x={column * CELL.width}
            y={item.start}
            onPress={(event) => { if (row !== undefined) press(event, row, place) }}
            onOpen={() => { if (row !== undefined) open(row) }}
          />
        )
      }))}
    </ul>
  )
}

interface CellProps {
  readonly row: ImageRow | undefined
  readonly place: number
  readonly total: number
  readonly reachable: boolean
  readonly open: boolean
  readonly marked: boolean
  readonly x: number
  readonly y: number
  readonly onPress: (event: MouseEvent) => void
  readonly onOpen: () => void
}

function Cell({ row, place, total, reachable, open, marked, x, y, onPress, onOpen }: CellProps) {
  const spoken = useSpokenState()
  const problemOf = useProblemOf()
  const name = row === undefined ? '' : row.path.slice(row.path.lastIndexOf('/') + 1)
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the list's
    <li
      role="option"
      aria-selected={marked}
      aria-current={open}
      aria-setsize={total}
      aria-posinset={place + 1}
      data-place={place}
      tabIndex={reachable ? 0 : -1}
      className={`image-grid-cell ${marked ? 'image-grid-cell-marked' : ''}`}
      style={{ transform: `translate(${x}px, ${y}px)`, width: CELL.width, height: CELL.height }}
      title={row?.path}
      onClick={onPress}
      onDoubleClick={onOpen}
    >
      {row === undefined ? <span className="image-thumb" /> : <ImageThumb row={row}>{problemOf(row) === null ? <ThumbOverlay row={row} /> : null}</ImageThumb>}
      <span className="image-grid-name">{row === undefined ? <span className="only-read-aloud">{place + 1}</span> : <>{name}<span className="only-read-aloud">, {spoken(row)}</span></>}</span>
    </li>
  )
}
