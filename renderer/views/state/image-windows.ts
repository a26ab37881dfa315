import type { ImageRow } from '../../../main/contract/images.ts'

/** Rows asked for at once. 100,000 images are 500 windows, of which a filmstrip sees two. */
export const WINDOW_ROWS = 200
/** Windows kept; what is farthest from the view goes first. 12 windows are about 1 MB. */
export const WINDOWS_KEPT = 12

/** Windows (numbered from 0) that the rows from `first` to `last` inclusive lie in; none outside [0, total). */
export function windowsFor(first: number, last: number, total: number): readonly number[] {
  const from = Math.max(0, first)
  const to = Math.min(total - 1, last)
  if (to < from) return []
  const start = Math.floor(from / WINDOW_ROWS)
  return Array.from({ length: Math.floor(to / WINDOW_ROWS) - start + 1 }, (_, step) => start + step)
}

/** The windows to let go so that at most `WINDOWS_KEPT` stay: those farthest from the middle of `seen`. O(n log n). */
export function windowsToDrop(held: Iterable<number>, seen: readonly number[]): readonly number[] {
  const middle = seen.length === 0 ? 0 : (seen[0] + seen[seen.length - 1]) / 2
  const byDistance = [...held].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
  return byDistance.slice(WINDOWS_KEPT).filter((number) => !seen.includes(number))
}

/** Row `index` of a list of which some windows are there. */
export function rowAt(windows: ReadonlyMap<number, readonly ImageRow[]>, index: number): ImageRow | undefined {
  return windows.get(Math.floor(index / WINDOW_ROWS))?.[index % WINDOW_ROWS]
}

/** Place of an image among the windows that are there, or null. O(rows held). */
export function placeAmong(windows: ReadonlyMap<number, readonly ImageRow[]>, imageId: number): number | null {
  for (const [number, rows] of windows) {
    const index = rows.findIndex((row) => row.id === imageId)
    if (index >= 0) return number * WINDOW_ROWS + index
  }
  return null
}
