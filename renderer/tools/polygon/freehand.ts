import { near } from '../near.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { clampToImage } from './clamp-to-image.ts'
import { polygonDrawing } from './drawing.ts'
import { closesAt, outlineEvents } from './outline.ts'

/** screen px between two vertices of a freehand line */
const STEP_SCREEN_PX = 2

/** The button is held: the line follows the pointer. Let go on the first vertex, it closes; elsewhere clicks go on from there. */
export function polygonFreehand(host: ToolHost, points: readonly number[], pointer: ToolPointer): ToolState {
  const size = host.imageSize()
  const place = size === null ? pointer : clampToImage(pointer, size)
  const last = { x: points[points.length - 2], y: points[points.length - 1] }
  const line = near(place, last, STEP_SCREEN_PX) ? points : [...points, place.x, place.y]
  const events = outlineEvents(line, pointer)
  return {
    ...events,
    path: 'polygon.freehand',
    busy: true,
    move: (given, moved) => polygonFreehand(given, line, moved),
    up: (given, released) => (closesAt(line, released) ? events.commit(given) : polygonDrawing(line, released)),
  }
}
