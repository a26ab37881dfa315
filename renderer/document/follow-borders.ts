import type { Diff } from '../../main/contract/diff.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { followBorder } from '../../main/masks/follow-border.ts'
import { editMask, EMPTY_DIFF, joinDiffs } from './record-edits.ts'
import type { SurfaceDocument } from './surface.ts'

/** What changes of the others when the masks of some annotations became others; nothing unless borders are shared. @param before,after all their px */
export type FollowBorders = (changed: readonly number[], before: Mask, after: Mask) => Diff

const beside = (a: Mask, b: Mask): boolean => a.width > 0 && b.width > 0 && a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height

/** Neighbours are what is seen, not locked, and not changed itself. */
export function createFollowBorders(document: SurfaceDocument): FollowBorders {
  return (changed, before, after) => {
    const image = document.image()
    if (image === null || document.neighbours() !== 'shareBorders') return EMPTY_DIFF
    const neighbours = document.visible().filter(({ id, locked, mask }) => !locked && !changed.includes(id) && (beside(mask, before) || beside(mask, after)))
    return followBorder(before, after, neighbours.map(({ mask }) => mask), image.width, image.height)
      .reduce((diff, mask, i) => (mask === null ? diff : joinDiffs(diff, editMask(neighbours[i], mask))), EMPTY_DIFF)
  }
}
