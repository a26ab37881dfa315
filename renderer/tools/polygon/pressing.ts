import { near } from '../near.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState } from '../tool-state.ts'
import { polygonDrawing } from './drawing.ts'
import { polygonFreehand } from './freehand.ts'
import { outlineEvents } from './outline.ts'

/** screen px of drag after which it is freehand and no click */
const DRAG_SCREEN_PX = 5

/** A vertex was just set and the button is still down. */
export function polygonPressing(points: readonly number[], start: ToolPointer): ToolState {
  return {
    ...outlineEvents(points, start),
    path: 'polygon.pressing',
    busy: true,
    move: (host, pointer) => (near(pointer, start, DRAG_SCREEN_PX) ? polygonPressing(points, start) : polygonFreehand(host, points, pointer)),
    up: (_host, pointer) => polygonDrawing(points, pointer),
  }
}
