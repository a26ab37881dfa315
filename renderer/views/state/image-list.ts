import type { Client } from '../../../main/contract/client.ts'
import type { ImageFilter, ImageRow } from '../../../main/contract/images.ts'
import { placeAmong, rowAt, WINDOW_ROWS, windowsFor, windowsToDrop } from './image-windows.ts'
import { createStore, type Readable } from './store.ts'

export interface ImageListState {
  readonly filter: ImageFilter
  /** images the filter lets through; null until known */
  readonly total: number | null
  /** rows that are there, by window (image-windows.ts) */
  readonly windows: ReadonlyMap<number, readonly ImageRow[]>
}

/** The project's images, a few windows of them in memory, in the engine's order. */
export interface ImageList extends Readable<ImageListState> {
  /** Shows other images; what was there is let go. */
  setFilter(filter: ImageFilter): void
  /** Starts anew: another project, or none. */
  reset(): void
  /** Rows were changed: what is in view is asked for again soon, and the old rows stay until then. */
  refresh(): void
  /** A view shows these rows, both inclusive: fetches what is missing. */
  show(first: number, last: number, view: string): void
  /** A view shows none any more. */
  hide(view: string): void
  /** Place in the filtered list; null: the filter leaves the image out. */
  placeOf(imageId: number): Promise<number | null>
  /** The same, asked of the engine: rows here may be older than an edit. */
  placeNow(imageId: number): Promise<number | null>
  /** Rows `first` to `last`, fetched when they are not there. */
  rows(first: number, last: number): Promise<readonly ImageRow[]>
}

/** ms until a refresh; longer while one follows the other (a job, a team at work), as each page asks the engine anew */
const REFRESH_MS = 300, REFRESH_AGAIN_MS = 1000

export function createImageList(client: Client, onFailure: (error: unknown) => void): ImageList {
  const store = createStore<ImageListState>({ filter: {}, total: null, windows: new Map() })
  let generation = 0
  /** false: no project, nothing to ask for */
  let active = false
  /** windows in view, by view */
  const views = new Map<string, readonly number[]>()
  const seen = (): readonly number[] => {
    const all = [...new Set([...views.values()].flat())].sort((a, b) => a - b)
    return all.length === 0 ? [0] : all
  }
  const asked = new Set<number>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let refreshedAt = Number.NEGATIVE_INFINITY

  const fetchWindow = async (number: number): Promise<void> => {
    if (asked.has(number)) return
    asked.add(number)
    const mine = generation
    try {
      const page = await client.call('images.page', { filter: store.state().filter, offset: number * WINDOW_ROWS, limit: WINDOW_ROWS })
      if (mine !== generation) return
      const windows = new Map(store.state().windows)
      windows.set(number, page.rows)
      for (const old of windowsToDrop(windows.keys(), seen())) windows.delete(old)
      store.set({ total: page.total, windows })
    } catch (error) {
      if (mine === generation) onFailure(error)
    } finally {
      if (mine === generation) asked.delete(number)
    }
  }

  const restart = (filter: ImageFilter) => {
    generation += 1
    asked.clear()
    views.clear()
    store.set({ filter, total: null, windows: new Map() })
  }

  const list: ImageList = {
    state: store.state,
    subscribe: store.subscribe,
    setFilter(filter) {
      active = true
      restart(filter)
      void fetchWindow(0)
    },
    reset() {
      active = false
      restart({})
    },
    refresh() {
      if (!active || timer !== null) return
      timer = setTimeout(() => {
        timer = null
        refreshedAt = performance.now()
        if (!active) return
        // answers under way may be older than the change
        generation += 1
        asked.clear()
        const shown = new Set(seen())
        const stale = [...store.state().windows].filter(([number]) => shown.has(number))
        store.set({ windows: new Map(stale) })
        for (const number of seen()) void fetchWindow(number)
      }, performance.now() - refreshedAt < REFRESH_AGAIN_MS ? REFRESH_AGAIN_MS : REFRESH_MS)
    },
    show(first, last, view) {
      if (!active) return
      const { total, windows } = store.state()
      views.set(view, total === null ? [0] : windowsFor(first, last, total))
      for (const number of seen()) if (!windows.has(number)) void fetchWindow(number)
    },
    placeNow: async (imageId) => (await client.call('images.place', { filter: store.state().filter, imageId })).offset,
    hide: (view) => { views.delete(view) },
    async placeOf(imageId) {
      const near = placeAmong(store.state().windows, imageId)
      if (near !== null) return near
      return (await client.call('images.place', { filter: store.state().filter, imageId })).offset
    },
    async rows(first, last) {
      const { windows } = store.state()
      const held = Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => rowAt(windows, first + step))
      if (held.every((row) => row !== undefined)) return held
      const found: ImageRow[] = []
      for (let offset = first; offset <= last; offset += 500) {
        const page = await client.call('images.page', { filter: store.state().filter, offset, limit: Math.min(500, last - offset + 1) })
        found.push(...page.rows)
      }
      return found
    },
  }
  return list
}
