import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import type { ProjectFile } from './project-file.ts'

export interface IdCounter {
  readonly reserve: ProjectFile['ids']['reserve']
  /** whether an id was ever given out */
  given(id: number): boolean
}

/** The counter behind every record id: never goes back, also not over a restart. */
export function idCounter(db: Database.Database): IdCounter {
  const advance = db.prepare<[number], { next_id: number }>('UPDATE project SET next_id = next_id + ? RETURNING next_id')
  const next = db.prepare<[], { next_id: number }>('SELECT next_id FROM project')
  return {
    reserve(count) {
      if (!Number.isSafeInteger(count) || count < 1) throw new EngineError('bad-input', `${count} ids can’t be reserved: a whole number from 1 is needed`)
      const row = advance.get(count)
      if (row === undefined || row.next_id > Number.MAX_SAFE_INTEGER) throw new EngineError('internal', 'the project has no ids left')
      return row.next_id - count
    },
    given: (id) => id < (next.get()?.next_id ?? 0),
  }
}
