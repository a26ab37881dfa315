import type { ToolAmount, ToolState } from '../tool-state.ts'
import { waitingForPicture } from '../waiting-for-picture.ts'
import { wandPreviewing } from './previewing.ts'

/** levels of 255 by which red, green and blue may differ from the seed's */
export const WAND_TOLERANCE = { min: 0, max: 255, start: 24 } as const

export const boundTolerance = (tolerance: number): number => Math.min(WAND_TOLERANCE.max, Math.max(WAND_TOLERANCE.min, tolerance))

export const wandAmount = (tolerance: number): ToolAmount => ({ value: tolerance, min: WAND_TOLERANCE.min, max: WAND_TOLERANCE.max, unit: 'levels' })

/** Nothing chosen; a click chooses what hangs together with its place by colour. */
export function wandIdle(tolerance: number): ToolState {
  const state: ToolState = {
    path: 'wand.idle',
    busy: false,
    amount: wandAmount(tolerance),
    setAmount: (_host, value) => wandIdle(boundTolerance(value)),
    down(host, pointer) {
      if (host.imageSize() !== null && !host.hasPicture()) return waitingForPicture('wand.preparing', state, [{ what: 'down', pointer }])
      return wandPreviewing(host, [], pointer, tolerance) ?? state
    },
    resize: (_host, step) => wandIdle(boundTolerance(tolerance + 2 * step)),
    doubleClick: () => state,
  }
  return state
}
