import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation, AnnotationState, Comment, ImageMark, LabelClass, ProjectRecord } from '../../main/contract/records.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { areaOf } from '../../main/masks/rle.ts'

/** Edits as data: records in, a diff out, or null when there is nothing to change. */

export const EMPTY_DIFF: Diff = { added: [], updated: [], removed: [] }

export const joinDiffs = (a: Diff, b: Diff): Diff => ({ added: [...a.added, ...b.added], updated: [...a.updated, ...b.updated], removed: [...a.removed, ...b.removed] })

const update = <R extends ProjectRecord>(from: R, patch: Partial<R>): Diff => ({ ...EMPTY_DIFF, updated: [[from, { ...from, ...patch, version: from.version + 1 }]] })

/** State after a person changed pixels or class: what a person drew stays drawn, everything else is fixed. */
const touched = (state: AnnotationState): AnnotationState => (state === 'drawn' ? 'drawn' : 'fixed')

/** Another mask; an empty one removes the annotation. O(runs). */
export function editMask(annotation: Annotation, mask: Mask): Diff {
  if (mask.width === 0) return { ...EMPTY_DIFF, removed: [annotation] }
  return update(annotation, { mask, areaPx2: areaOf(mask), boxOnly: null, state: touched(annotation.state) })
}

export const editClass = (annotation: Annotation, classId: number | null): Diff | null =>
  annotation.classId === classId ? null : update(annotation, { classId, state: touched(annotation.state) })

export const acceptAnnotation = (annotation: Annotation): Diff | null =>
  annotation.state === 'pending' || annotation.state === 'rejected' ? update(annotation, { state: 'accepted' }) : null

/** What a person drew is removed, because nobody proposed it; everything else stays as rejected, and teaches. */
export function rejectAnnotation(annotation: Annotation): Diff | null {
  if (annotation.state === 'rejected') return null
  if (annotation.state === 'drawn') return { ...EMPTY_DIFF, removed: [annotation] }
  return update(annotation, { state: 'rejected' })
}

export const flagAnnotation = (annotation: Annotation, patch: Partial<Pick<Annotation, 'locked' | 'crowd'>>): Diff => update(annotation, patch)

/** Another place in the stack; judgement and px stay. */
export const restack = (annotation: Annotation, z: number): Diff => update(annotation, { z })

/** A new annotation made by hand, in front of the others. Null: the mask is empty. */
export function drawAnnotation(id: number, imageId: number, classId: number | null, mask: Mask, z: number): Diff | null {
  if (mask.width === 0) return null
  const annotation: Annotation = {
    kind: 'annotation',
    id,
    version: 1,
    imageId,
    classId,
    state: 'drawn',
    mask,
    areaPx2: areaOf(mask),
    score: null,
    z,
    crowd: false,
    locked: false,
    boxOnly: null,
    importedId: null,
    provenance: { source: 'person' },
    carried: null,
  }
  return { ...EMPTY_DIFF, added: [annotation] }
}

/** What a person draws in a team carries their name. */
export const signDiff = (diff: Diff, by: string): Diff => ({
  ...diff,
  added: diff.added.map((record) => (record.kind === 'annotation' && record.provenance.source === 'person' && record.provenance.by === undefined ? { ...record, provenance: { ...record.provenance, by } } : record)),
})

export function markImage(mark: ImageMark, state: ImageMark['state']): Diff | null {
  return mark.state === state ? null : update(mark, { state })
}

/** Names and verdict of an image; one that needs work is no longer done. Null: nothing changes. */
export function reviewImage(mark: ImageMark, patch: Partial<Pick<ImageMark, 'assignee' | 'reviewer' | 'review'>>): Diff | null {
  const reopened = patch.review === 'needsWork' && mark.state === 'done'
  const next = { ...mark, ...patch, state: reopened ? ('working' as const) : mark.state }
  return next.assignee === mark.assignee && next.reviewer === mark.reviewer && next.review === mark.review ? null : update(mark, next)
}

export const addCommentRecord = (comment: Omit<Comment, 'kind' | 'version' | 'resolved'>): Diff => ({ ...EMPTY_DIFF, added: [{ kind: 'comment', version: 1, resolved: false, ...comment }] })

export const resolveComment = (comment: Comment, resolved: boolean): Diff | null => (comment.resolved === resolved ? null : update(comment, { resolved }))

/** Which classes a person says are in the image; null: nobody says. */
export function tickImage(mark: ImageMark, ticked: readonly number[] | null): Diff | null {
  return JSON.stringify(mark.ticked) === JSON.stringify(ticked) ? null : update(mark, { ticked: ticked === null ? null : [...ticked] })
}

/** The first edit of a new image's annotations puts it to work, in the same diff. */
export function startImage(diff: Diff, mark: ImageMark): Diff {
  const touches = (record: ProjectRecord) => record.kind === 'annotation'
  if (!diff.added.some(touches) && !diff.removed.some(touches) && !diff.updated.some(([from]) => touches(from))) return diff
  const marks = diff.updated.some(([from]) => from.kind === 'image' && from.id === mark.id)
  const started = marks ? null : mark.state === 'new' ? markImage(mark, 'working') : null
  return started === null ? diff : joinDiffs(diff, started)
}

export function addClassRecord(id: number, said: Pick<LabelClass, 'name' | 'synonyms' | 'extent' | 'colour'>, order: number): Diff {
  const added: LabelClass = { kind: 'class', id, version: 1, ...said, order, importedId: null, carried: null }
  return { ...EMPTY_DIFF, added: [added] }
}

export const editClassRecord = (labelClass: LabelClass, patch: Partial<LabelClass>): Diff => update(labelClass, patch)
