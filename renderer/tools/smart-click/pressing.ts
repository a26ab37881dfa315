import { clampToImage } from '../polygon/clamp-to-image.ts'
import { near } from '../near.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { smartClickIdle } from './idle.ts'
import { asking, type Asked } from './previewing.ts'

/** screen px within which a press and its release are a click and no box */
const CLICK_SCREEN_PX = 5

/** The button is down: released where it was pressed it is a click, else the box between. @param asked what there is already */
export function pressing(asked: Asked | null, from: ToolPointer, to: ToolPointer): ToolState {
  const back = (): ToolState => asked?.state ?? smartClickIdle()
  const inside = (host: ToolHost, pointer: ToolPointer) => clampToImage(pointer, host.imageSize() ?? { width: 0, height: 0 })
  const clicked = near(to, from, CLICK_SCREEN_PX)
  const box = [Math.min(from.x, to.x), Math.min(from.y, to.y), Math.max(from.x, to.x), Math.max(from.y, to.y)] as [number, number, number, number]
  const [x0, y0, x1, y1] = box
  return {
    path: clicked ? 'smartClick.pressing' : 'smartClick.boxing',
    busy: true,
    preview(host) {
      const shown = asked?.state.preview?.(host) ?? NO_PREVIEW
      return clicked ? shown : { ...shown, path: { points: [x0, y0, x1, y0, x1, y1, x0, y1], pointer: null, closes: true } }
    },
    move: (host, pointer) => pressing(asked, from, inside(host, pointer)),
    up(host, pointer) {
      const end = inside(host, pointer)
      const before = asked?.question ?? { clicks: [], box: null, threshold: 1, part: null }
      if (!near(end, from, CLICK_SCREEN_PX)) {
        const drawn = [Math.min(from.x, end.x), Math.min(from.y, end.y), Math.max(from.x, end.x), Math.max(from.y, end.y)] as [number, number, number, number]
        // a box begins anew: what was clicked before was another object
        return drawn[2] > drawn[0] && drawn[3] > drawn[1] ? asking(host, { clicks: [], box: drawn, threshold: before.threshold, part: null }, null) : back()
      }
      const include = !from.alt
      // only what is included can be taken less of
      if (!include && before.box === null && !before.clicks.some((click) => click.include)) return back()
      return asking(host, { ...before, clicks: [...before.clicks, { x: from.x, y: from.y, include }], part: null }, asked)
    },
    cancel: smartClickIdle,
    dropLast: back,
  }
}
