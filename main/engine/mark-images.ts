import type { Diff } from '../contract/diff.ts'
import { EngineError } from '../contract/errors.ts'
import { markOf } from '../contract/images.ts'
import type { InputOf } from '../contract/procedures.ts'
import type { ProjectFile } from '../project/project-file.ts'

type Edit = Parameters<ProjectFile['history']['apply']>[0]

/**
 * The edits that give many images a state, names or a verdict: one for each image it changes, so that each can be undone
 * where it is. What can't be shown is not marked done. O(images named).
 * @throws EngineError 'not-found'
 */
export function markImages(file: Pick<ProjectFile, 'images'>, imageIds: readonly number[], patch: InputOf<'images.mark'>['patch'], author: string): Edit[] {
  const edits: Edit[] = []
  for (const imageId of new Set(imageIds)) {
    const row = file.images.row(imageId)
    if (row === undefined) throw new EngineError('not-found', `the project has no image ${imageId}`)
    if (patch.state === 'done' && (row.missing || row.problem !== null)) continue
    const from = markOf(row)
    const { assignee = from.assignee, reviewer = from.reviewer, review = from.review } = patch
    const reopened = patch.review === 'needsWork' && from.state === 'done'
    const to = { ...from, assignee, reviewer, review, state: patch.state ?? (reopened ? 'working' : from.state), version: from.version + 1 }
    if (to.state === from.state && to.assignee === from.assignee && to.reviewer === from.reviewer && to.review === from.review) continue
    const diff: Diff = { added: [], updated: [[from, to]], removed: [] }
    const label = patch.state === 'done' ? 'done' : patch.state !== undefined ? 'imageState' : patch.review !== undefined ? 'review' : 'assign'
    edits.push({ diff, imageId, label, author })
  }
  return edits
}
