import { ringAt } from '../ring.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState, ToolStroke } from '../tool-state.ts'
import { brushIdle } from './idle.ts'

/** The button is down: each event adds the capsule from the last place to this one. */
export function brushPainting(stroke: ToolStroke, place: ToolPointer): ToolState {
  const given = () => {
    stroke.cancel()
    return brushIdle(place)
  }
  return {
    path: 'brush.painting',
    busy: true,
    preview: (host) => ringAt(host, place, false),
    move(host, pointer) {
      stroke.segment(place.x, place.y, pointer.x, pointer.y, host.radiusPx())
      return brushPainting(stroke, pointer)
    },
    up(_host, pointer) {
      stroke.commit()
      return brushIdle(pointer)
    },
    commit() {
      stroke.commit()
      return brushIdle(place)
    },
    cancel: given,
    dropLast: given,
  }
}
