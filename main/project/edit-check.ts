import { isDeepStrictEqual } from 'node:util'
import type { Diff } from '../contract/diff.ts'
import { EngineError } from '../contract/errors.ts'
import type { ProjectRecord } from '../contract/records.ts'

/** "annotation 12": for messages. */
export const nameOf = (record: ProjectRecord): string => `${record.kind} ${record.id}`

/** " (mask, class)": in what a record differs from what somebody took it for; '' when only its version does. O(record) */
export function fieldsChanged(taken: ProjectRecord, now: ProjectRecord): string {
  const before: Readonly<Record<string, unknown>> = { ...taken }
  const fields = Object.entries(now).filter(([name, value]) => name !== 'version' && !isDeepStrictEqual(before[name], value)).map(([name]) => (name === 'classId' ? 'class' : name === 'areaPx2' ? 'area' : name))
  return fields.length === 0 ? '' : ` (${fields.join(', ')})`
}

/** Two records say the same, whatever their versions. O(record) */
export function sameContent(a: ProjectRecord, b: ProjectRecord): boolean {
  return isDeepStrictEqual({ ...a, version: 0 }, { ...b, version: 0 })
}

/**
 * What can be said of an edit without looking into the project.
 * @param imageId the edit's scope: an image, or null for the class list
 * @throws EngineError 'bad-input'
 */
export function checkEdit(diff: Diff, imageId: number | null): void {
  const seen = new Set<string>()
  const once = (record: ProjectRecord): void => {
    const name = nameOf(record)
    if (seen.has(name)) throw new EngineError('bad-input', `${name} is in this edit twice; one edit changes a record once`)
    seen.add(name)
    if (imageId === null) return
    if (record.kind === 'class') throw new EngineError('bad-input', `${name} is changed by an edit of image ${imageId}: edits of the class list have imageId null`)
    const of = record.kind === 'image' ? record.id : record.imageId
    if (of !== imageId) throw new EngineError('bad-input', `${name} belongs to image ${of}, but the edit is of image ${imageId}`)
  }
  diff.added.forEach(once)
  diff.removed.forEach(once)
  for (const [from, to] of diff.updated) {
    once(from)
    if (from.kind !== to.kind || from.id !== to.id) throw new EngineError('bad-input', `${nameOf(from)} can’t become ${nameOf(to)}: both sides of an update are the same record`)
    if (to.version !== from.version + 1) throw new EngineError('bad-input', `${nameOf(to)} goes from version ${from.version} to ${to.version}; it must be ${from.version + 1}`)
    if ('imageId' in from && 'imageId' in to && from.imageId !== to.imageId) throw new EngineError('bad-input', `${nameOf(to)} can’t move to another image`)
  }
  if (seen.size === 0) throw new EngineError('bad-input', 'the edit changes nothing')
}
