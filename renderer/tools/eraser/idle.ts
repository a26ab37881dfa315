import { ringAt } from '../ring.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState } from '../tool-state.ts'
import { eraserErasing } from './erasing.ts'

/** Nothing pressed; the ring follows the pointer. A stroke takes from the selected annotation; with none, from the topmost one under its start. */
export function eraserIdle(place: ToolPointer | null): ToolState {
  return {
    path: 'eraser.idle',
    busy: false,
    preview: (host) => (place === null ? NO_PREVIEW : ringAt(host, place, true)),
    move: (_host, pointer) => eraserIdle(pointer),
    leave: () => eraserIdle(null),
    down(host, pointer) {
      if (host.imageSize() === null) return eraserIdle(pointer)
      const targetId = host.selected()?.id ?? host.annotationsAt(pointer.x, pointer.y).at(0)?.id
      const stroke = targetId === undefined ? null : host.beginStroke('subtract', targetId)
      if (stroke === null) return eraserIdle(pointer)
      stroke.segment(pointer.x, pointer.y, pointer.x, pointer.y, host.radiusPx())
      return eraserErasing(stroke, pointer)
    },
    doubleClick: () => eraserIdle(place),
  }
}
