import type { Diff } from '../../main/contract/diff.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { followBorder } from '../../main/masks/follow-border.ts'
import { editMask, EMPTY_DIFF, joinDiffs } from './record-edits.ts'
import type { SurfaceDocument } from './surface.ts'

/** What changes of the others when the masks of some annotations became others; nothing unless borders are shared. @param before,after all their px */
export type FollowBorders = (changed: readonly number[], before: Mask, after: Mask) => Diff

/** Neighbours are what is seen, not locked, and not changed itself; what is locked keeps its px. */
export function createFollowBorders(document: SurfaceDocument): FollowBorders {
  return (changed, before, after) => {
    const image = document.image()
    if (image === null || document.neighbours() !== 'shareBorders') return EMPTY_DIFF
    const others = document.visible().filter(({ id }) => !changed.includes(id))
    const neighbours = others.filter(({ locked }) => !locked)
    const fixed = others.filter(({ locked }) => locked)
    return followBorder(before, after, neighbours.map(({ mask }) => mask), fixed.map(({ mask }) => mask), image.width, image.height)
      .reduce((diff, mask, i) => (mask === null ? diff : joinDiffs(diff, editMask(neighbours[i], mask))), EMPTY_DIFF)
  }
}
