import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation, ImageMark, LabelClass, ProjectRecord } from '../../main/contract/records.ts'
import { sameMask } from '../../main/masks/set-operations.ts'

type Stored = Annotation | LabelClass | Pick<ImageMark, 'kind' | 'id' | 'version' | 'state'>

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
    return record.kind === 'image' && record.state === wanted.state
  }
  return diff.added.every(same) && diff.updated.every(([, to]) => same(to)) && diff.removed.every((record) => !byKey.has(`${record.kind}:${record.id}`))
}
