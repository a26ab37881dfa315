import { clampToImage } from '../polygon/clamp-to-image.ts'
import type { ToolState } from '../tool-state.ts'
import { boxDrawing } from './drawing.ts'

/** No corner yet. A box is drawn by a drag, or by a click at each of two opposite corners. */
export function boxIdle(): ToolState {
  return {
    path: 'box.idle',
    busy: false,
    down(host, pointer) {
      const size = host.imageSize()
      if (size === null) return boxIdle()
      const corner = clampToImage(pointer, size)
      return boxDrawing(corner, corner, true)
    },
    doubleClick: () => boxIdle(),
  }
}
