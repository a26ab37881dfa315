import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState } from '../tool-state.ts'
import { selectPointing } from './pointing.ts'

/** Nothing pressed. `lastClick`: where the last click was, so that the next one at the same place goes one deeper. */
export function selectIdle(lastClick: ToolPointer | null = null): ToolState {
  return {
    path: 'select.idle',
    busy: false,
    down: (_host, pointer) => selectPointing(pointer, lastClick),
    doubleClick: (host, pointer) => (host.annotationsAt(pointer.x, pointer.y).length > 0 ? selectIdle(lastClick) : null),
  }
}
