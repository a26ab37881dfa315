import type { Annotation } from '../contract/records.ts'
import { intersectionArea } from '../masks/set-operations.ts'

/** Share of a rejected mask that has to lie under one that a person keeps for it to be a part of that. */
const COVERED = 0.6

/** A mask that a person keeps, and its class. */
export interface Covering { readonly id: number; readonly classId: number }

/**
 * Of the rejected masks of an image, by id: the kept one of another class under which it lies. What was wrongly proposed on an object
 * looks like a part of that object, and parts are what is proposed elsewhere.
 * O(rejected · kept · runs)
 */
export function coveringMasks(annotations: readonly Annotation[]): Map<number, Covering> {
  const kept = annotations.filter(({ state }) => state === 'accepted' || state === 'fixed' || state === 'drawn')
  const covering = new Map<number, Covering>()
  for (const rejected of annotations) {
    if (rejected.state !== 'rejected') continue
    let most = COVERED * rejected.areaPx2
    for (const { id, classId, mask } of kept) {
      if (classId === null || classId === rejected.classId) continue
      const shared = intersectionArea(mask, rejected.mask)
      if (shared <= most) continue
      most = shared
      covering.set(rejected.id, { id, classId })
    }
  }
  return covering
}
