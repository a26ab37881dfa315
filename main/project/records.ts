import { type Diff, rebaseVersions } from '../contract/diff.ts'
import { EngineError } from '../contract/errors.ts'
import type { ProjectRecord } from '../contract/records.ts'
import type { AnnotationsTable } from './annotations.ts'
import type { ClassesTable } from './classes.ts'
import type { CommentsTable } from './comments.ts'
import { fieldsChanged, nameOf, sameContent } from './edit-check.ts'
import type { IdCounter } from './ids.ts'
import type { ImagesTable } from './images.ts'

export interface Records {
  /**
   * Writes a diff inside the caller's transaction.
   * @returns the diff as it is stored: both sides read from the tables
   * @throws EngineError 'stale' with `{ current: ProjectRecord[], gone: { kind, id }[] }` in details; 'bad-input'
   */
  write(diff: Diff): Diff
  /** The parts of a stored diff that still fit what the records are now, at their current versions. */
  applicable(diff: Diff): Diff
}

/** Records of all kinds behind one face. */
export function recordTables(tables: { annotations: AnnotationsTable; classes: ClassesTable; marks: ImagesTable['marks']; comments: CommentsTable }, ids: IdCounter): Records {
  const { annotations, classes, marks, comments } = tables
  const current = ({ kind, id }: ProjectRecord): ProjectRecord | undefined => {
    if (kind === 'annotation') return annotations.get(id)
    if (kind === 'comment') return comments.get(id)
    return kind === 'class' ? classes.get(id) : marks.get(id)
  }
  const stored = (record: ProjectRecord): ProjectRecord => {
    const found = current(record)
    if (found === undefined) throw new EngineError('internal', `${nameOf(record)} was written and is not there`)
    return found
  }
  const checked = (record: ProjectRecord): void => {
    if (record.kind === 'comment' && marks.get(record.imageId) === undefined) throw new EngineError('not-found', `${nameOf(record)}: the project has no image ${record.imageId}`)
    if (record.kind !== 'annotation') return
    annotations.check(record)
    if (record.classId !== null && classes.get(record.classId) === undefined) {
      throw new EngineError('stale', `${nameOf(record)} is of class ${record.classId}, which is not in the class list any more; choose another`, { details: { current: [], gone: [{ kind: 'class', id: record.classId }] } })
    }
  }
  const insert = (record: ProjectRecord): void => {
    if (record.kind === 'annotation') annotations.insert(record)
    else if (record.kind === 'class') classes.insert(record)
    else if (record.kind === 'comment') comments.insert(record)
    else marks.insert(record)
  }
  const update = (record: ProjectRecord): void => {
    if (record.kind === 'annotation') annotations.update(record)
    else if (record.kind === 'class') classes.update(record)
    else if (record.kind === 'comment') comments.update(record)
    else marks.update(record)
  }
  const remove = ({ kind, id }: ProjectRecord): void => {
    if (kind === 'annotation') annotations.remove(id)
    else if (kind === 'class') classes.remove(id)
    else if (kind === 'comment') comments.remove(id)
    else marks.remove(id)
  }

  return {
    write(diff) {
      const now: ProjectRecord[] = []
      const changes: string[] = []
      const gone: { kind: ProjectRecord['kind']; id: number }[] = []
      for (const record of diff.added) {
        const found = current(record)
        if (found !== undefined) {
          now.push(found)
          changes.push(`${nameOf(record)} (is there already)`)
        } else if (!ids.given(record.id)) throw new EngineError('bad-input', `${nameOf(record)}: the id was never reserved; reserve it first`)
      }
      const expect = (record: ProjectRecord): ProjectRecord => {
        const found = current(record)
        if (found === undefined) gone.push({ kind: record.kind, id: record.id })
        else if (found.version !== record.version) {
          now.push(found)
          changes.push(`${nameOf(record)}${fieldsChanged(record, found)}`)
        }
        return found ?? record
      }
      const before = diff.updated.map(([from]) => expect(from))
      const removed = diff.removed.map(expect)
      if (now.length + gone.length > 0) {
        const names = [...changes, ...gone.map(({ kind, id }) => `${kind} ${id} (gone)`)].slice(0, 5).join(', ')
        throw new EngineError('stale', `changed meanwhile: ${names}; nothing was written. Reload and do it again`, { details: { current: now, gone } })
      }
      for (const record of removed) remove(record)
      for (const [, to] of diff.updated) update(to)
      for (const record of diff.added) insert(record)
      for (const [, to] of diff.updated) checked(to)
      diff.added.forEach(checked)
      for (const record of removed) {
        if (record.kind !== 'class') continue
        const uses = classes.uses(record.id)
        if (uses.annotations > 0) throw new EngineError('bad-input', `class “${record.name}” is still that of ${uses.annotations} annotations on ${uses.images} images; give them another class first`)
      }
      return { added: diff.added.map(stored), updated: diff.updated.map(([, to], index) => [before[index], stored(to)]), removed }
    },
    applicable(diff) {
      const fits = (record: ProjectRecord): boolean => {
        const found = current(record)
        return found !== undefined && sameContent(found, record)
      }
      return rebaseVersions({
        added: diff.added.filter((record) => current(record) === undefined),
        updated: diff.updated.filter(([from]) => fits(from)),
        removed: diff.removed.filter(fits),
      }, (record) => current(record)?.version)
    },
  }
}
