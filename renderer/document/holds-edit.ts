import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation, Comment, ImageMark, LabelClass, ProjectRecord } from '../../main/contract/records.ts'
import { sameMask } from '../../main/masks/set-operations.ts'

type Stored = Annotation | LabelClass | Comment | Omit<ImageMark, 'ticked'>

/**
 * Whether the stored records are just what a diff would have made of them: then its answer was lost, and not the edit.
 * @param stored all records of the diff's scope as the engine has them
 */
export function holdsEdit(diff: Diff, stored: readonly Stored[]): boolean {
  const byKey = new Map(stored.map((record) => [`${record.kind}:${record.id}`, record]))
  const same = (wanted: ProjectRecord): boolean => {
    const record = byKey.get(`${wanted.kind}:${wanted.id}`)
    if (record === undefined || record.version !== wanted.version) return false
    if (wanted.kind === 'annotation') return record.kind === 'annotation' && record.state === wanted.state && record.classId === wanted.classId && sameMask(record.mask, wanted.mask)
    if (wanted.kind === 'class') return record.kind === 'class' && record.name === wanted.name && record.colour === wanted.colour
    if (wanted.kind === 'comment') return record.kind === 'comment' && record.text === wanted.text && record.resolved === wanted.resolved
    return record.kind === 'image' && record.state === wanted.state && record.review === wanted.review && record.assignee === wanted.assignee && record.reviewer === wanted.reviewer
  }
  return diff.added.every(same) && diff.updated.every(([, to]) => same(to)) && diff.removed.every((record) => !byKey.has(`${record.kind}:${record.id}`))
}
