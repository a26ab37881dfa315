import type Database from 'better-sqlite3'
import { type Diff, type HistoryEntry, invertDiff } from '../contract/diff.ts'
import { EngineError, type StaleBy } from '../contract/errors.ts'
import { checkEdit } from './edit-check.ts'
import type { ProjectFile } from './project-file.ts'
import type { Records } from './records.ts'
import { fromStoredDiff, toStoredDiff } from './stored-diff.ts'
import { writing } from './write.ts'

type History = ProjectFile['history']
interface HistoryColumns {
  readonly id: number
  readonly image_id: number | null
  readonly label: string
  readonly author: string
  readonly at: number
  readonly state: HistoryEntry['state']
}

const ENTRY = 'id, image_id, label, author, at, state'
/** A scope's edits: those of one image and those of the class list. Two look-ups, so that each runs on its index. */
const nextOf = (state: 'done' | 'undone', order: 'DESC' | 'ASC'): string => `
  SELECT ${ENTRY} FROM (
    SELECT * FROM (SELECT ${ENTRY} FROM history WHERE state = '${state}' AND image_id = ? ORDER BY id ${order} LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT ${ENTRY} FROM history WHERE state = '${state}' AND image_id IS NULL ORDER BY id ${order} LIMIT 1)
  ) ORDER BY id ${order} LIMIT 1`

/**
 * Every edit, in order, with its diff. The edits of one image and those of the class list are one line: undo takes the
 * newest done, redo the oldest undone, and a new edit drops what was undone on its line. An edit of the class list is
 * on every image's line.
 */
export function historyTable(db: Database.Database, records: Records, audit: ProjectFile['audit']): History {
  const undoable = db.prepare<[number | null], HistoryColumns>(nextOf('done', 'DESC'))
  const redoable = db.prepare<[number | null], HistoryColumns>(nextOf('undone', 'ASC'))
  const insert = db.prepare<[number | null, string, string, number, Uint8Array]>("INSERT INTO history (image_id, label, author, at, state, diff) VALUES (?, ?, ?, ?, 'done', ?)")
  const setState = db.prepare<[string, number]>('UPDATE history SET state = ? WHERE id = ?')
  const dropOne = db.prepare<[number]>("UPDATE history SET state = 'dropped', diff = NULL WHERE id = ?")
  const dropUndone = db.prepare<[number]>("UPDATE history SET state = 'dropped', diff = NULL WHERE state = 'undone' AND (image_id = ? OR image_id IS NULL)")
  const dropAllUndone = db.prepare<[]>("UPDATE history SET state = 'dropped', diff = NULL WHERE state = 'undone'")
  const diffOf = db.prepare<[number], { diff: Uint8Array | null }>('SELECT diff FROM history WHERE id = ?')
  const ofImage = db.prepare<[number, number], HistoryColumns>(`SELECT ${ENTRY} FROM history WHERE image_id = ? OR image_id IS NULL ORDER BY id DESC LIMIT ?`)
  const ofClasses = db.prepare<[number], HistoryColumns>(`SELECT ${ENTRY} FROM history WHERE image_id IS NULL ORDER BY id DESC LIMIT ?`)

  const steps: History['steps'] = (imageId) => ({ undo: entryOf(undoable.get(imageId)), redo: entryOf(redoable.get(imageId)) })

  /** Says of a stale edit who was there first. */
  const write = (diff: Diff, imageId: number | null, author: string): Diff => {
    try {
      return records.write(diff)
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'stale') throw error
      const last = (imageId === null ? ofClasses.all(1) : ofImage.all(imageId, 1)).at(0)
      if (last === undefined || last.author === author) throw error
      const by: StaleBy = { by: { name: last.author, label: last.label } }
      throw new EngineError('stale', `${error.message}; the last edit here is ${last.author}’s (${last.label})`, { details: { ...(error.details as object), ...by }, cause: error })
    }
  }

  const apply = writing(db, ({ diff, imageId, label, author, undoes, redoes }: Parameters<History['apply']>[0]) => {
    if (undoes !== undefined && redoes !== undefined) throw new EngineError('bad-input', 'an edit either undoes or redoes, not both')
    const taken = undoes ?? redoes
    if (taken === undefined) {
      checkEdit(diff, imageId)
      const stored = write(diff, imageId, author)
      audit.add(author, label, imageId, countsOf(diff))
      if (imageId === null) dropAllUndone.run()
      else dropUndone.run(imageId)
      insert.run(imageId, label, author, Date.now(), toStoredDiff(stored))
      return steps(imageId)
    }
    const next = undoes === undefined ? redoable.get(imageId) : undoable.get(imageId)
    if (next?.id !== taken) {
      const what = undoes === undefined ? 'redone' : 'undone'
      throw new EngineError('stale', `edit ${taken} is not the next to be ${what}${next === undefined ? '' : ` (that is ${next.id}, “${next.label}”)`}; nothing was written. Reload and do it again`, { details: { current: [], gone: [], next: entryOf(next) } })
    }
    checkEdit(diff, next.image_id)
    write(diff, next.image_id, author)
    audit.add(author, `${undoes === undefined ? 'redo' : 'undo'} ${next.label}`, next.image_id, countsOf(diff))
    setState.run(undoes === undefined ? 'done' : 'undone', taken)
    return steps(imageId)
  })

  return {
    steps,
    apply,
    applyAll: writing(db, (edits: Parameters<History['applyAll']>[0]) => { for (const edit of edits) apply(edit) }),
    step: writing(db, (imageId: number | null, direction: 'undo' | 'redo') => {
      for (;;) {
        const entry = entryOf((direction === 'undo' ? undoable : redoable).get(imageId))
        if (entry === null) return null
        const bytes = diffOf.get(entry.id)?.diff
        if (bytes !== null && bytes !== undefined) {
          const stored = fromStoredDiff(bytes)
          const diff = records.applicable(direction === 'undo' ? invertDiff(stored) : stored)
          if (diff.added.length + diff.updated.length + diff.removed.length > 0) return { entry, diff }
        }
        // nothing is left of what it changed (a job has replaced the proposal it was about): on to the next
        dropOne.run(entry.id)
      }
    }),
    page: (imageId, limit) => (imageId === null ? ofClasses.all(limit) : ofImage.all(imageId, limit)).map((row) => entryOf(row)).filter((entry) => entry !== null),
  }
}

const countsOf = ({ added, updated, removed }: Diff) => ({ added: added.length, updated: updated.length, removed: removed.length })

const entryOf = (row: HistoryColumns | undefined): HistoryEntry | null =>
  row === undefined ? null : { id: row.id, imageId: row.image_id, label: row.label, author: row.author, at: row.at, state: row.state }
