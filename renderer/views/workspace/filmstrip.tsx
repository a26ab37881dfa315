import { useVirtualizer } from '@tanstack/react-virtual'
import { CircleAlert, CircleCheck, MessageSquareText, Search, Sparkles } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState, type MouseEvent } from 'react'
import { Input, SearchField } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { ImageFilter, ImageRow } from '../../../main/contract/images.ts'
import { SelectField } from '../../components/select-field.tsx'
import { Button } from '../../components/button.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { rowAt } from '../state/image-windows.ts'
import { usePart } from '../state/use-part.ts'
import { PanelEdge } from './panel-edge.tsx'
import './filmstrip.css'

const CELL_PX = 116
/** ms of quiet typing before the list is searched */
const TYPING_MS = 250

type Show = 'all' | 'new' | 'working' | 'done' | 'pending' | 'problem'
const FILTERS: Readonly<Record<Show, ImageFilter>> = { all: {}, new: { state: ['new'] }, working: { state: ['working'] }, done: { state: ['done'] }, pending: { withPending: true }, problem: { withProblem: true } }
const SHOWS = Object.keys(FILTERS) as Show[]

/** All images of the project in a row; only those in view are asked for. */
export function Filmstrip() {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const { images } = page
  const total = usePart(images, (state) => state.total)
  const windows = usePart(images, (state) => state.windows)
  const filter = usePart(images, (state) => state.filter)
  const marked = usePart(page.store, (state) => state.marked)
  const openId = useEditor((state) => state.image?.id ?? null)
  const openRow = useEditor((state) => state.image)
  const [show, setShow] = useState<Show>('all')
  const [text, setText] = useState('')
  const [place, setPlace] = useState<number | null>(null)
  const lastPressed = useRef<number | null>(null)
  const scroll = useRef<HTMLDivElement>(null)
  const cells = useVirtualizer({ count: total ?? 0, horizontal: true, getScrollElement: () => scroll.current, estimateSize: () => CELL_PX, overscan: 4 })
  const items = cells.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0

  useEffect(() => images.show(first, last), [images, first, last, total])

  useEffect(() => {
    const timer = setTimeout(() => {
      const next: ImageFilter = { ...FILTERS[show], ...(text.trim() === '' ? {} : { text: text.trim() }) }
      if (JSON.stringify(next) !== JSON.stringify(images.state().filter)) images.setFilter(next)
    }, text === '' ? 0 : TYPING_MS)
    return () => clearTimeout(timer)
  }, [images, show, text])

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
        <SelectField className="filmstrip-filter" label={t('images.filter')} bare value={show} onChange={setShow} choices={SHOWS.map((id) => ({ id, name: t(`images.show.${id}`) }))} />
        <SearchField className="filmstrip-search" aria-label={t('images.find')} value={text} onChange={setText}>
          <Search aria-hidden />
          <Input className="field-input" placeholder={t('images.find')} />
        </SearchField>
        <p className="filmstrip-place numbers">
          {total === null ? '' : place === null ? t('images.total', { count: total, shown: count.format(total) }) : t('images.place', { place: count.format(place + 1), total: count.format(total) })}
        </p>
        {marked.size === 0
          ? null
          : (
            <>
              <span className="filmstrip-marked numbers">{t('images.marked', { count: marked.size })}</span>
              <Button kind="plain" icon={Sparkles} onPress={() => page.show('prelabel')}>{t('prelabel.short')}</Button>
              <Button kind="quiet" onPress={() => page.setMarked(new Set())}>{t('images.unmark')}</Button>
            </>
          )}
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
                      ? <span className="filmstrip-thumb" />
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
  const { t } = useTranslation()
  const name = row.path.slice(row.path.lastIndexOf('/') + 1)
  const problem = row.missing ? t('images.missing') : row.problem
  const spoken = [t(`imageState.${row.state}`), row.pending > 0 ? t('images.pending', { count: row.pending }) : '', row.openComments > 0 ? t('review.openComments', { count: row.openComments }) : '', row.review === null ? '' : t(`review.${row.review}`), problem ?? ''].filter((part) => part !== '').join(', ')
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
      <span className="filmstrip-thumb">
        {problem === null ? <img src={`/pictures/${row.id}/${row.revision}/thumb`} alt="" draggable={false} decoding="async" /> : <CircleAlert aria-hidden className="filmstrip-problem" />}
        {row.pending > 0 ? <span aria-hidden className="filmstrip-badge filmstrip-pending numbers">{row.pending}</span> : null}
        {row.kept > 0 ? <span aria-hidden className="filmstrip-badge filmstrip-kept numbers">{row.kept}</span> : null}
        {row.openComments > 0 ? <MessageSquareText aria-hidden className="filmstrip-comments" /> : null}
        {row.state === 'done' ? <CircleCheck aria-hidden className="filmstrip-done" /> : null}
      </span>
      <span className="filmstrip-name">{name}<span className="only-read-aloud">, {spoken}</span></span>
    </button>
  )
}
