import type { ToolState } from '../tool-state.ts'
import { clampToImage } from './clamp-to-image.ts'
import { polygonPressing } from './pressing.ts'

/** No vertex yet; the first click sets one. */
export function polygonIdle(): ToolState {
  return {
    path: 'polygon.idle',
    busy: false,
    down(host, pointer) {
      const size = host.imageSize()
      if (size === null) return polygonIdle()
      const first = clampToImage(pointer, size)
      return polygonPressing([first.x, first.y], first)
    },
    // The second click of the double-click that closed a polygon is not one on nothing.
    doubleClick: () => polygonIdle(),
  }
}
