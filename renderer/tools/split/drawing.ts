import { splitMask } from '../../../main/masks/split.ts'
import { near } from '../near.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { splitIdle } from './idle.ts'

/** screen px between two places of a line drawn with the button held, and of a click's slip */
const STEP_SCREEN_PX = 3

/** The line: drawn with the button held, it cuts when it is let go; clicked place by place, Enter or a double-click cuts. @param points x0, y0, … px */
export function splitDrawing(points: readonly number[], pointer: ToolPointer, pressed: boolean): ToolState {
  const last = { x: points[points.length - 2], y: points[points.length - 1] }
  const cut = (host: ToolHost): ToolState => {
    const target = host.selected() ?? points.flatMap((x, i) => (i % 2 === 0 ? host.annotationsAt(x, points[i + 1]) : [])).at(0)
    if (target !== undefined && points.length >= 4) host.divide('split', target.id, (mask) => splitMask(mask, points))
    return splitIdle()
  }
  const to = (place: ToolPointer): readonly number[] => (near(place, last, STEP_SCREEN_PX) ? points : [...points, place.x, place.y])
  return {
    path: 'split.drawing',
    busy: true,
    preview: () => ({ ...NO_PREVIEW, path: { points, pointer: [pointer.x, pointer.y], closes: false } }),
    move: (_host, moved) => splitDrawing(pressed ? to(moved) : points, moved, pressed),
    down: (_host, placed) => splitDrawing(to(placed), placed, false),
    up: (host, released) => (pressed && points.length >= 4 ? splitDrawing(to(released), released, false).commit?.(host) ?? splitIdle() : splitDrawing(points, released, false)),
    commit: cut,
    doubleClick: cut,
    cancel: () => splitIdle(),
    dropLast: () => (points.length <= 2 ? splitIdle() : splitDrawing(points.slice(0, -2), pointer, false)),
  }
}
