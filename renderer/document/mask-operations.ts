import { growMask, shrinkMask } from '../../main/masks/grow.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { fillHoles, partsOf, removeIslands } from '../../main/masks/morphology.ts'
import { areaOf } from '../../main/masks/rle.ts'
import { intersectMasks, subtractMasks, unionAll } from '../../main/masks/set-operations.ts'
import { smoothMask } from '../../main/masks/smooth.ts'

interface Size { readonly width: number; readonly height: number }

/** The amount of an operation: where it starts, and what a step of the size keys makes of it. */
export interface Amount {
  readonly start: number
  readonly min: number
  readonly max: number
  readonly unit: 'px' | 'px2'
  readonly step: (amount: number, step: number) => number
}

/**
 * Operations on masks. `each` changes every selected one by itself; `together` makes one mask of all of them, in order
 * of selection, which the first keeps (`others` are removed or stay); `divide` makes several of the first.
 */
export type Operation =
  | { readonly kind: 'each'; readonly amount: Amount; readonly run: (mask: Mask, amount: number, size: Size) => Mask }
  | { readonly kind: 'together'; readonly amount: Amount; readonly others: 'go' | 'stay'; readonly run: (masks: readonly Mask[]) => Mask }
  | { readonly kind: 'divide'; readonly amount: Amount; readonly run: (mask: Mask) => readonly Mask[] }

const NO_AMOUNT: Amount = { start: 0, min: 0, max: 0, unit: 'px', step: (amount) => amount }
/** px, whole, 1 to 100 */
const RADIUS: Amount = { start: 2, min: 1, max: 100, unit: 'px', step: (amount, step) => Math.min(100, Math.max(1, amount + step)) }
/** px², doubled or halved by a step */
const AREA: Amount = { start: 128, min: 2, max: 2 ** 24, unit: 'px2', step: (amount, step) => Math.min(2 ** 24, Math.max(2, amount * 2 ** Math.sign(step))) }

export const OPERATIONS = {
  fillHoles: { kind: 'each', amount: NO_AMOUNT, run: (mask) => fillHoles(mask) },
  removeIslands: { kind: 'each', amount: AREA, run: (mask, areaPx2) => removeIslands(mask, areaPx2) },
  smooth: { kind: 'each', amount: RADIUS, run: (mask, radiusPx, { width, height }) => smoothMask(mask, radiusPx, width, height) },
  grow: { kind: 'each', amount: RADIUS, run: (mask, radiusPx, { width, height }) => growMask(mask, radiusPx, width, height) },
  shrink: { kind: 'each', amount: RADIUS, run: (mask, radiusPx, { width, height }) => shrinkMask(mask, radiusPx, width, height) },
  union: { kind: 'together', amount: NO_AMOUNT, others: 'go', run: (masks) => unionAll(masks) },
  subtract: { kind: 'together', amount: NO_AMOUNT, others: 'stay', run: ([first, ...rest]) => subtractMasks(first, unionAll(rest)) },
  intersect: { kind: 'together', amount: NO_AMOUNT, others: 'go', run: (masks) => masks.reduce(intersectMasks) },
  separate: { kind: 'divide', amount: NO_AMOUNT, run: (mask) => partsOf(mask, 8).sort((a, b) => areaOf(b) - areaOf(a)) },
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof OPERATIONS
