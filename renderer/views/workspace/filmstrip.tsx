import { useVirtualizer } from '@tanstack/react-virtual'
import { LayoutGrid } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImageRow } from '../../../main/contract/images.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { FilterBar } from '../images/filter-bar.tsx'
import { ImageThumb, useProblemOf, useSpokenState } from '../images/image-thumb.tsx'
import { MarkedActions } from '../images/marked-actions.tsx'
import { useEditor, useKeyOf, usePage } from '../page-context.tsx'
import { rowAt } from '../state/image-windows.ts'
import { usePart } from '../state/use-part.ts'
import { PanelEdge } from './panel-edge.tsx'
import './filmstrip.css'

const CELL_PX = 116
/** All images of the project in a row; only those in view are asked for. */
export function Filmstrip() {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const keyOf = useKeyOf()
  const { images } = page
  const total = usePart(images, (state) => state.total)
  const windows = usePart(images, (state) => state.windows)
  const filter = usePart(images, (state) => state.filter)
  const marked = usePart(page.store, (state) => state.marked)
  const openId = useEditor((state) => state.image?.id ?? null)
  const openRow = useEditor((state) => state.image)
  const [place, setPlace] = useState<number | null>(null)
  const lastPressed = useRef<number | null>(null)
  const scroll = useRef<HTMLDivElement>(null)
  const cells = useVirtualizer({ count: total ?? 0, horizontal: true, getScrollElement: () => scroll.current, estimateSize: () => CELL_PX, overscan: 4 })
  const items = cells.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0

  useEffect(() => images.show(first, last, 'strip'), [images, first, last, total])

  const reveal = useEffectEvent((found: number) => cells.scrollToIndex(found, { align: 'auto' }))
  useEffect(() => {
    let gone = false
    const find = async () => {
      const found = openId === null || total === null ? null : ((await page.attempt(() => images.placeOf(openId))) ?? null)
      if (gone) return
      setPlace(found)
      if (found !== null) reveal(found)
    }
    void find()
    return () => { gone = true }
    // `filter` too: the same total may be other images
  }, [page, images, openId, total, filter])

  const press = async (row: ImageRow, index: number, event: { readonly ctrlKey: boolean; readonly metaKey: boolean; readonly shiftKey: boolean }) => {
    const from = lastPressed.current ?? place
    lastPressed.current = index
    if (event.shiftKey && from !== null) {
      const rows = await page.attempt(() => images.rows(Math.min(from, index), Math.max(from, index)))
      if (rows !== undefined) page.setMarked(new Set(rows.map((entry) => entry.id)))
      return
    }
    if (event.ctrlKey || event.metaKey) {
      const next = new Set(marked)
      if (!next.delete(row.id)) next.add(row.id)
      page.setMarked(next)
      return
    }
    if (marked.size > 0) page.setMarked(new Set())
    page.openImage(row.id)
  }
  const count = new Intl.NumberFormat(i18n.language)
  return (
    <section className="filmstrip" aria-label={t('pane.images')} data-pane="images">
      <PanelEdge panel="strip" />
      <div className="filmstrip-bar">
        <FilterBar />
        <p className="filmstrip-place numbers">
          {total === null ? '' : place === null ? t('images.total', { count: total, shown: count.format(total) }) : t('images.place', { place: count.format(place + 1), total: count.format(total) })}
        </p>
        <MarkedActions />
        <IconButton className="filmstrip-grid" icon={LayoutGrid} label={t('command.view.grid')} keyName={keyOf('view.grid')} onPress={() => page.show('grid')} placement="top" />
      </div>
      <div className="filmstrip-scroll" ref={scroll} onWheel={(event) => { if (event.deltaX === 0 && scroll.current !== null) scroll.current.scrollLeft += event.deltaY }}>
        {total === 0
          ? <p className="filmstrip-none">{JSON.stringify(filter) === '{}' ? t('images.noneYet') : `${t('images.noMatch')} ${t('images.noMatchNext')}`}</p>
          : (
            <ol className="filmstrip-cells" style={{ width: cells.getTotalSize() }}>
              {items.map((item) => {
                const held = rowAt(windows, item.index)
                const row = held !== undefined && held.id === openRow?.id ? { ...held, state: openRow.state } : held
                return (
                  <li key={item.index} className="filmstrip-cell" style={{ transform: `translateX(${item.start}px)` }} aria-setsize={total ?? 0} aria-posinset={item.index + 1}>
                    {row === undefined
                      ? <span className="image-thumb" />
                      : <Cell row={row} open={row.id === openId} marked={marked.has(row.id)} onPress={(event) => void press(row, item.index, event)} />}
                  </li>
                )
              })}
            </ol>
          )}
      </div>
    </section>
  )
}

function Cell({ row, open, marked, onPress }: { readonly row: ImageRow; readonly open: boolean; readonly marked: boolean; readonly onPress: (event: MouseEvent) => void }) {
  const name = row.path.slice(row.path.lastIndexOf('/') + 1)
  const problem = useProblemOf()(row)
  const spoken = useSpokenState()(row)
  return (
    <button
      type="button"
      className={`filmstrip-button ${marked ? 'filmstrip-button-marked' : ''}`}
      aria-current={open}
      title={problem === null ? row.path : `${row.path}\n${problem}`}
      onClick={(event) => {
        if (event.detail > 0) event.currentTarget.blur()
        onPress(event)
      }}
    >
      <ImageThumb row={row} />
      <span className="filmstrip-name">{name}<span className="only-read-aloud">, {spoken}</span></span>
    </button>
  )
}
