import type Database from 'better-sqlite3'
import { toStoredJson } from './stored-json.ts'

/** Key of the table meta: while it is there, an import is being joined and is not whole yet. */
const MARK = 'import.joining'
const SLICE_IMAGES = 500
const SLICE_ANNOTATIONS = 1000

/** What a class was before the import; null: the import has made it. */
export interface ClassBefore {
  readonly id: number
  readonly before: { readonly importedId: number | null; readonly carried: Record<string, unknown> | null } | null
}
interface Mark {
  /** ids of the annotations it makes: first … first + count − 1 */
  readonly first: number
  readonly count: number
  readonly classes: readonly ClassBefore[]
}

/** Begins to keep what an import changes. Inside the transaction that writes its classes. */
export function markImport(db: Database.Database, mark: Mark): void {
  db.exec('CREATE TABLE main.import_undo (image_id INTEGER PRIMARY KEY, imported_id INTEGER, file_name TEXT, carried TEXT, state TEXT NOT NULL, joined_version INTEGER) STRICT')
  db.prepare('INSERT INTO main.meta VALUES (?, ?)').run(MARK, JSON.stringify(mark))
}

/** The import is whole: nothing is to be undone any more. Inside its last transaction. */
export function forgetImportUndo(db: Database.Database): void {
  db.exec('DROP TABLE main.import_undo')
  db.prepare('DELETE FROM main.meta WHERE key = ?').run(MARK)
}

/**
 * Takes back an import of which only a part was joined (it failed, or the process ended), in steps that are short
 * transactions; when it is cut off, it goes on from there the next time. Does nothing when there is none. What a person
 * has meanwhile drawn of a class of the import stays, and so does the class. O(what was joined).
 */
export function* importUndoSteps(db: Database.Database): Generator<void, void, void> {
  const row = db.prepare<[string], { value: string }>('SELECT value FROM main.meta WHERE key = ?').get(MARK)
  if (row === undefined) return
  const mark = JSON.parse(row.value) as Mark
  const remove = db.prepare('DELETE FROM main.annotations WHERE id BETWEEN ? AND ?')
  for (let id = mark.first; id < mark.first + mark.count; id += SLICE_ANNOTATIONS) {
    remove.run(id, Math.min(id + SLICE_ANNOTATIONS, mark.first + mark.count) - 1)
    yield
  }
  const last = db.prepare<[], { image_id: number }>(`SELECT image_id FROM main.import_undo ORDER BY image_id LIMIT 1 OFFSET ${SLICE_IMAGES - 1}`)
  const restore = db.prepare(`
    UPDATE main.images SET imported_id = u.imported_id, file_name = u.file_name, carried = u.carried,
      state = iif(images.version IS u.joined_version, u.state, images.state), version = images.version + (images.version IS u.joined_version)
    FROM main.import_undo u WHERE u.image_id = images.id AND u.image_id <= ?`)
  const done = db.prepare('DELETE FROM main.import_undo WHERE image_id <= ?')
  const slice = db.transaction((to: number) => {
    restore.run(to)
    done.run(to)
  })
  for (let more = true; more;) {
    const to = last.get()?.image_id
    more = to !== undefined
    slice.immediate(to ?? Number.MAX_SAFE_INTEGER)
    yield
  }
  db.transaction(() => {
    const unmake = db.prepare('DELETE FROM main.classes WHERE id = ? AND NOT EXISTS (SELECT 1 FROM main.annotations WHERE class_id = classes.id)')
    const change = db.prepare('UPDATE main.classes SET version = version + 1, imported_id = ?, carried = ? WHERE id = ?')
    for (const { id, before } of mark.classes) {
      if (before === null) unmake.run(id)
      else change.run(before.importedId, toStoredJson(before.carried), id)
    }
    forgetImportUndo(db)
  }).immediate()
}
