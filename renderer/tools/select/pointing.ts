import { near } from '../near.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState } from '../tool-state.ts'
import { selectIdle } from './idle.ts'
import { selectMoving } from './moving.ts'

/** screen px by which a hand may slip between two clicks at the same place */
const SLIP_SCREEN_PX = 4

/** The button is down; the click counts where it began. */
export function selectPointing(start: ToolPointer, lastClick: ToolPointer | null): ToolState {
  return {
    path: 'select.pointing',
    busy: true,
    move(host, pointer) {
      const selected = host.selected()
      const takes = selected !== null && !start.shift && !near(pointer, start, SLIP_SCREEN_PX) && host.annotationsAt(start.x, start.y).some(({ id }) => id === selected.id)
      return takes ? selectMoving(selected, start, pointer) : selectPointing(start, lastClick)
    },
    up(host) {
      const stack = host.annotationsAt(start.x, start.y)
      if (start.shift) {
        if (stack.length > 0) host.toggle(stack[0].id)
        return selectIdle()
      }
      const again = lastClick !== null && near(start, lastClick, SLIP_SCREEN_PX)
      const place = again ? stack.findIndex(({ id }) => id === host.selected()?.id) : -1
      // Beyond the lowest it starts at the top again; a click on nothing deselects.
      host.select(stack.length === 0 ? null : stack[(place + 1) % stack.length].id)
      return selectIdle(start)
    },
    cancel: () => selectIdle(),
    commit: () => selectIdle(),
    dropLast: () => selectIdle(),
  }
}
