import { ringAt } from '../ring.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState, ToolStroke } from '../tool-state.ts'
import { eraserIdle } from './idle.ts'

/** The button is down: each event adds the capsule from the last place to this one. */
export function eraserErasing(stroke: ToolStroke, place: ToolPointer): ToolState {
  const given = () => {
    stroke.cancel()
    return eraserIdle(place)
  }
  return {
    path: 'eraser.erasing',
    busy: true,
    preview: (host) => ringAt(host, place, true),
    move(host, pointer) {
      stroke.segment(place.x, place.y, pointer.x, pointer.y, host.radiusPx())
      return eraserErasing(stroke, pointer)
    },
    up(_host, pointer) {
      stroke.commit()
      return eraserIdle(pointer)
    },
    commit() {
      stroke.commit()
      return eraserIdle(place)
    },
    cancel: given,
    dropLast: given,
  }
}
