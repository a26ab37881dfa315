import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation } from '../../main/contract/records.ts'
import { placeMask } from '../../main/masks/place.ts'
import { EMPTY_DIFF, drawAnnotation, joinDiffs } from './record-edits.ts'

/** Copies of annotations as new ones made by hand, in the same order, in front of everything; what lies outside the image is cut off. @param ids one for each */
export function pasteDiff(copies: readonly Annotation[], ids: readonly number[], image: { readonly id: number; readonly width: number; readonly height: number }, frontZ: number, shiftPx: number, known: (classId: number) => boolean): Diff {
  return copies.reduce<Diff>((sum, { mask, classId, crowd }, i) => {
    const added = drawAnnotation(ids[i], image.id, classId !== null && known(classId) ? classId : null, placeMask(mask, shiftPx, shiftPx, image.width, image.height), frontZ + i)
    if (added === null) return sum
    return joinDiffs(sum, { ...added, added: added.added.map((record) => (record.kind === 'annotation' ? { ...record, crowd } : record)) })
  }, EMPTY_DIFF)
}
