import type { ToolState } from '../tool-state.ts'
import { pressing } from './pressing.ts'

/** Nothing clicked yet. A click asks what it means; a drag draws a box to begin with. */
export function smartClickIdle(): ToolState {
  return {
    path: 'smartClick.idle',
    busy: false,
    down(host, pointer) {
      const size = host.imageSize()
      if (size === null || pointer.x < 0 || pointer.y < 0 || pointer.x >= size.width || pointer.y >= size.height) return smartClickIdle()
      return pressing(null, pointer, pointer)
    },
    doubleClick: () => smartClickIdle(),
  }
}
