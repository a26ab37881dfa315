import type Database from 'better-sqlite3'
import { openInUse } from './open-in-use.ts'
import type { ProjectFile } from './project-file.ts'

/** Rows read at once when streaming, so that no query stays open while others write. */
const STREAM_ROWS = 1000

/** One line for each change of the project; lines are only ever added. */
export interface AuditLine {
  readonly id: number
  /** ms since 1970 */
  readonly at: number
  readonly who: string
  /** an edit's label ('brush', 'accept', …, 'undo brush'), or the procedure that made the change */
  readonly what: string
  readonly imageId: number | null
  /** how many records */
  readonly added: number
  readonly updated: number
  readonly removed: number
}

export function auditTable(db: Database.Database): ProjectFile['audit'] {
  const insert = db.prepare<[number, string, string, number | null, number, number, number]>('INSERT INTO audit (at, who, what, image_id, added, updated, removed) VALUES (?, ?, ?, ?, ?, ?, ?)')
  return {
    add(who, what, imageId = null, { added, updated, removed } = { added: 0, updated: 0, removed: 0 }) {
      insert.run(Date.now(), who, what, imageId, added, updated, removed)
    },
    lines: () => linesOf(db),
  }
}

function* linesOf(db: Database.Database): Generator<AuditLine> {
  const stream = db.prepare<[number, number], AuditLine>('SELECT id, at, who, what, image_id AS imageId, added, updated, removed FROM audit WHERE id > ? ORDER BY id LIMIT ?')
  for (let after = 0; ;) {
    const rows = stream.all(after, STREAM_ROWS)
    yield* rows
    if (rows.length < STREAM_ROWS) return
    after = rows[rows.length - 1].id
  }
}

/** The lines of a project that another process has open and goes on writing: those that are there when they are read. */
export function* auditLinesInUse(path: string): Generator<AuditLine> {
  const db = openInUse(path)
  try {
    yield* linesOf(db)
  } finally {
    db.close()
  }
}
