import { traceEdges } from '../../main/masks/edge-tracing.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { NO_PREVIEW, type ToolPreview } from './tool-preview.ts'

const traced = new WeakMap<Mask, readonly ArrayLike<number>[]>()

/** The outlines of a mask along its px, traced once. O(edges). */
export function ringsOf(mask: Mask): readonly ArrayLike<number>[] {
  const known = traced.get(mask)
  if (known !== undefined) return known
  const { outer, holes } = traceEdges(mask)
  const rings = [...outer, ...holes]
  traced.set(mask, rings)
  return rings
}

/** The preview of masks that would be there. */
export const maskPreview = (masks: readonly Mask[]): ToolPreview => ({ ...NO_PREVIEW, shape: { rings: masks.flatMap(ringsOf), handles: false } })
