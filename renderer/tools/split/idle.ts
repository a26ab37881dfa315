import type { ToolState } from '../tool-state.ts'
import { splitDrawing } from './drawing.ts'

/** No line yet. It cuts the selected annotation; with none selected, the topmost one under its start. */
export function splitIdle(): ToolState {
  return {
    path: 'split.idle',
    busy: false,
    down: (host, pointer) => (host.imageSize() === null ? splitIdle() : splitDrawing([pointer.x, pointer.y], pointer, true)),
    doubleClick: () => splitIdle(),
  }
}
