import { near } from '../near.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import { NO_PREVIEW, type ToolPreview } from '../tool-preview.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { polygonDrawing } from './drawing.ts'
import { polygonIdle } from './idle.ts'

/** screen px around the first vertex in which a click closes */
const CLOSE_SCREEN_PX = 8
/** fewer have no inside */
const VERTICES_MIN = 3

/**
 * Whether the pointer would close the polygon: it is at the first vertex, and the line has once been well away from it
 * (else the first bit of a freehand line would close at once). @param points x0, y0, x1, y1, … px of the image
 */
export function closesAt(points: readonly number[], pointer: ToolPointer): boolean {
  const first = { x: points[0], y: points[1] }
  if (points.length < 2 * VERTICES_MIN || !near(pointer, first, CLOSE_SCREEN_PX)) return false
  for (let i = 2; i < points.length; i += 2) if (!near({ ...pointer, x: points[i], y: points[i + 1] }, first, 2 * CLOSE_SCREEN_PX)) return true
  return false
}

/** The points without the one nearest to the pointer, if one is in reach. O(points). */
export function withoutNearest(points: readonly number[], pointer: ToolPointer): readonly number[] {
  let nearest = -1
  let least = CLOSE_SCREEN_PX * pointer.pxPerScreenPx
  for (let i = 0; i < points.length; i += 2) {
    const distance = Math.hypot(points[i] - pointer.x, points[i + 1] - pointer.y)
    if (distance > least) continue
    least = distance
    nearest = i
  }
  return nearest < 0 ? points : points.filter((_, i) => i !== nearest && i !== nearest + 1)
}

const outlinePreview = (points: readonly number[], pointer: ToolPointer | null): ToolPreview => ({
  ...NO_PREVIEW,
  path: { points, pointer: pointer === null ? null : [pointer.x, pointer.y], closes: pointer !== null && closesAt(points, pointer) },
})

/** What every state with vertices does on Esc, Enter, Backspace and double-click. Too few vertices do not close. */
export function outlineEvents(points: readonly number[], pointer: ToolPointer | null): Required<Pick<ToolState, 'cancel' | 'commit' | 'dropLast' | 'doubleClick' | 'preview'>> {
  const close = (host: ToolHost): ToolState => {
    if (points.length < 2 * VERTICES_MIN) return polygonDrawing(points, pointer)
    host.drawPolygon(points)
    return polygonIdle()
  }
  return {
    preview: () => outlinePreview(points, pointer),
    cancel: () => polygonIdle(),
    commit: close,
    doubleClick: close,
    dropLast: () => (points.length <= 2 ? polygonIdle() : polygonDrawing(points.slice(0, -2), pointer)),
  }
}
