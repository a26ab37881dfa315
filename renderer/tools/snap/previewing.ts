import type { Mask } from '../../../main/masks/mask.ts'
import { areaOf } from '../../../main/masks/rle.ts'
import { sameMask } from '../../../main/masks/set-operations.ts'
import { maskPreview } from '../mask-rings.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'

/** How far the outline may move, px of the image: range, start as a share of √area, and what a step of the size keys makes of it. */
const REACH_PX = { min: 2, max: 100, share: 0.04, least: 4, step: 1.25 } as const

const boundReach = (reachPx: number): number => Math.round(Math.min(REACH_PX.max, Math.max(REACH_PX.min, reachPx)))

function nextReach(reachPx: number, step: number): number {
  const next = boundReach(reachPx * REACH_PX.step ** step)
  return next === reachPx ? boundReach(reachPx + Math.sign(step)) : next
}

/** Asks for the selected mask with its outline on the picture's edges. Null: there is none that may be changed, and said so. @param back the tool in hand, which goes on afterwards */
export function snapping(host: ToolHost, back: () => ToolState): ToolState | null {
  const target = host.changeable()
  if (target === null) return null
  return asking(host, target.id, target.mask, Math.max(REACH_PX.least, boundReach(REACH_PX.share * Math.sqrt(areaOf(target.mask)))), null, back)
}

const asking = (host: ToolHost, id: number, mask: Mask, reachPx: number, shown: Mask | null, back: () => ToolState): ToolState =>
  snapPreviewing(id, mask, reachPx, shown, host.askSnap(mask, reachPx), false, back)

/**
 * The snapped outline is shown, once it is there: Enter keeps it, Esc does not; the size keys and Alt+wheel let it move
 * farther or less far. @param mask as it was @param shown the last answer
 */
function snapPreviewing(id: number, mask: Mask, reachPx: number, shown: Mask | null, ticket: number, answered: boolean, back: () => ToolState): ToolState {
  const keep = (host: ToolHost): ToolState => {
    if (!answered || shown === null) return state
    // changed by somebody meanwhile, it is another outline
    host.changeMask('snap', id, (now) => (sameMask(now, mask) ? shown : now))
    return back()
  }
  const state: ToolState = {
    path: answered ? 'snap.previewing' : shown === null ? 'snap.preparing' : 'snap.asking',
    busy: true,
    amount: { value: reachPx, min: REACH_PX.min, max: REACH_PX.max, unit: 'px' },
    preview: () => (shown === null ? NO_PREVIEW : maskPreview([shown])),
    answered(_host, given, answer) {
      if (given !== ticket) return state
      if (answer === null) return shown === null ? back() : snapPreviewing(id, mask, reachPx, shown, ticket, true, back)
      return snapPreviewing(id, mask, reachPx, answer.mask, ticket, true, back)
    },
    resize(host, step) {
      const next = nextReach(reachPx, step)
      return next === reachPx ? state : asking(host, id, mask, next, shown, back)
    },
    commit: keep,
    doubleClick: keep,
    cancel: back,
    dropLast: back,
  }
  return state
}
