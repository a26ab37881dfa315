import { boxMask } from '../../../main/masks/place.ts'
import { near } from '../near.ts'
import { clampToImage } from '../polygon/clamp-to-image.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { boxIdle } from './idle.ts'

/** screen px within which a press and its release are a click and no drag */
const CLICK_SCREEN_PX = 4

/** One corner is set, the other follows the pointer. @param pressed the button is still down from the first corner */
export function boxDrawing(from: ToolPointer, to: ToolPointer, pressed: boolean): ToolState {
  const x0 = Math.round(Math.min(from.x, to.x))
  const y0 = Math.round(Math.min(from.y, to.y))
  const x1 = Math.round(Math.max(from.x, to.x))
  const y1 = Math.round(Math.max(from.y, to.y))
  const finish = (host: ToolHost): ToolState => {
    if (x1 > x0 && y1 > y0) host.drawMask('box', boxMask(x0, y0, x1, y1), false)
    return boxIdle()
  }
  const follow = (host: ToolHost, pointer: ToolPointer) => clampToImage(pointer, host.imageSize() ?? { width: 0, height: 0 })
  return {
    path: 'box.drawing',
    busy: true,
    preview: () => ({ ...NO_PREVIEW, shape: { rings: [[x0, y0, x1, y0, x1, y1, x0, y1]], handles: false } }),
    move: (host, pointer) => boxDrawing(from, follow(host, pointer), pressed),
    down: (host, pointer) => boxDrawing(from, follow(host, pointer), false),
    up(host, pointer) {
      const end = follow(host, pointer)
      if (pressed && near(end, from, CLICK_SCREEN_PX)) return boxDrawing(from, end, false)
      return boxDrawing(from, end, false).commit?.(host) ?? boxIdle()
    },
    commit: finish,
    doubleClick: finish,
    cancel: () => boxIdle(),
    dropLast: () => boxIdle(),
  }
}
