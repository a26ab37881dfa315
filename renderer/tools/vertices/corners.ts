import { traceEdges } from '../../../main/masks/edge-tracing.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { rasterisePolygon } from '../../../main/masks/polygon.ts'
import { subtractMasks, unionMasks } from '../../../main/masks/set-operations.ts'
import { simplifyRing } from '../../../main/masks/simplify.ts'

/** The outline of a mask as corners a person can drag: rings [x, y, …] px; the first `outerCount` go around regions, the others around holes. */
export interface Corners {
  readonly rings: readonly (readonly number[])[]
  readonly outerCount: number
}

let last: { readonly mask: Mask; readonly tolerancePx: number; readonly corners: Corners } | null = null

/** @param tolerancePx how far the simplified outline may be from the px; 0 keeps each corner. O(edges·log edges), nothing the second time. */
export function cornersOf(mask: Mask, tolerancePx: number): Corners {
  if (last?.mask === mask && last.tolerancePx === tolerancePx) return last.corners
  const { outer, holes } = traceEdges(mask)
  const rings = [...outer, ...holes].map((ring) => {
    const simple = simplifyRing(ring, tolerancePx)
    return simple.length > 0 ? simple : Array.from(ring)
  })
  last = { mask, tolerancePx, corners: { rings, outerCount: outer.length } }
  return last.corners
}

const filled = ({ rings, outerCount }: Corners, width: number, height: number): Mask => {
  const usable = (some: readonly (readonly number[])[]) => rasterisePolygon(some.filter((ring) => ring.length >= 6), width, height)
  return subtractMasks(usable(rings.slice(0, outerCount)), usable(rings.slice(outerCount)))
}

/**
 * The mask after its corners were moved: only px between the old and the new outline change, so that what nobody
 * touched stays to the pixel, however coarse the outline. O(px of the boxes).
 */
export function reshaped(mask: Mask, before: Corners, after: Corners, width: number, height: number): Mask {
  const from = filled(before, width, height)
  const to = filled(after, width, height)
  return subtractMasks(unionMasks(mask, subtractMasks(to, from)), subtractMasks(from, to))
}

/** One ring with another corner list in its place; fewer than three corners: the ring goes. */
export const withRing = (corners: Corners, at: number, ring: readonly number[]): Corners => ({ ...corners, rings: corners.rings.map((one, i) => (i === at ? (ring.length >= 6 ? ring : []) : one)) })
