import { ringAt } from '../ring.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState } from '../tool-state.ts'
import { brushPainting } from './painting.ts'

/** Nothing pressed; the ring follows the pointer. A stroke adds to the selected annotation; with none it makes a new one of the active class. */
export function brushIdle(place: ToolPointer | null): ToolState {
  return {
    path: 'brush.idle',
    busy: false,
    preview: (host) => (place === null ? NO_PREVIEW : ringAt(host, place, false)),
    move: (_host, pointer) => brushIdle(pointer),
    leave: () => brushIdle(null),
    down(host, pointer) {
      if (host.imageSize() === null) return brushIdle(pointer)
      const stroke = host.beginStroke('add', host.selected()?.id ?? null)
      if (stroke === null) return brushIdle(pointer)
      stroke.segment(pointer.x, pointer.y, pointer.x, pointer.y, host.radiusPx())
      return brushPainting(stroke, pointer)
    },
    doubleClick: () => brushIdle(place),
  }
}
