import { near } from '../near.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState } from '../tool-state.ts'
import { clampToImage } from './clamp-to-image.ts'
import { polygonIdle } from './idle.ts'
import { closesAt, outlineEvents, withoutNearest } from './outline.ts'
import { polygonPressing } from './pressing.ts'

/** screen px around the last vertex in which a click adds none: the second half of a double-click */
const SAME_SCREEN_PX = 4

/** Some vertices are set, nothing is pressed; Alt+click takes one away. @param points x0, y0, x1, y1, … px of the image */
export function polygonDrawing(points: readonly number[], pointer: ToolPointer | null): ToolState {
  const events = outlineEvents(points, pointer)
  return {
    ...events,
    path: 'polygon.drawing',
    busy: true,
    move: (_host, moved) => polygonDrawing(points, moved),
    leave: () => polygonDrawing(points, null),
    down(host, pressed) {
      const size = host.imageSize()
      if (size === null) return polygonDrawing(points, pressed)
      if (pressed.alt) {
        const rest = withoutNearest(points, pressed)
        return rest.length === 0 ? polygonIdle() : polygonDrawing(rest, pressed)
      }
      if (closesAt(points, pressed)) return events.commit(host)
      const vertex = clampToImage(pressed, size)
      const same = near(vertex, { x: points[points.length - 2], y: points[points.length - 1] }, SAME_SCREEN_PX)
      return polygonPressing(same ? points : [...points, vertex.x, vertex.y], vertex)
    },
  }
}
