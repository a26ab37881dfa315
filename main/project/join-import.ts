import { setImmediate as turn } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import type { LabelClass } from '../contract/records.ts'
import type { ClassesTable } from './classes.ts'
import type { IdCounter } from './ids.ts'
import { type ClassBefore, forgetImportUndo, importUndoSteps, markImport } from './import-undo.ts'
import { fromStoredJson } from './stored-json.ts'

/** A transaction of the join holds the thread for about so long; smaller ones write the same index pages again and again. */
const SLICE_MS = 40
const ROWS_MIN = 500
const ROWS_MAX = 8000
/** Staged rows lie in the file's order: each of a slice may be on a page of its own, and is looked at several times. */
const INCOMING_CACHE_KIB = 32 << 10
const INCOMING = 'incoming'

/** What is joined besides the staged rows. */
export interface JoinedRecords {
  readonly classes: readonly Omit<LabelClass, 'version'>[]
  /** classes that staged annotations are of */
  readonly classIds: ReadonlySet<number>
  /** key among an image's carried ones for its captions */
  readonly captionsKey: string
  /** facts of the project that are written with the last transaction */
  readonly meta: Readonly<Record<string, unknown>>
  /** images that get a mask or box somebody has accepted are done, unless somebody has begun to work on them */
  readonly markDone: boolean
}

/**
 * Joins a staging file with the project image by image in short transactions, so that calls are answered between them.
 * What is changed is kept until all is there: a join that fails, or whose process ends, is taken back (the latter when
 * the project is next opened), so it is all or nothing. O(rows · log rows).
 * @throws EngineError 'stale' when the project no longer fits; 'cancelled' when it was closed meanwhile
 */
export async function joinImport(db: Database.Database, path: string, staging: string, tables: { classes: ClassesTable; ids: IdCounter }, records: JoinedRecords): Promise<{ classes: number; annotations: number }> {
  db.prepare(`ATTACH ? AS ${INCOMING}`).run(staging)
  try {
    db.pragma(`${INCOMING}.cache_size = -${INCOMING_CACHE_KIB}`)
    const count = begin(db, tables, records)
    await joinImages(db, path, count, records)
    db.transaction(() => {
      const setMeta = db.prepare<[string, string]>('INSERT INTO main.meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      for (const [key, value] of Object.entries(records.meta)) setMeta.run(key, JSON.stringify(value))
      forgetImportUndo(db)
    }).immediate()
    return { classes: records.classes.length, annotations: count.n }
  } catch (error) {
    if (!db.open) throw new EngineError('cancelled', `${path} was closed while an import was being joined; it is taken back when the project is next opened`, { cause: error })
    for (const _ of importUndoSteps(db)) {
      await turn()
      if (!db.open) break
    }
    throw error
  } finally {
    if (db.open) db.exec(`DETACH ${INCOMING}`)
  }
}

/** The first transaction: classes, provenances, ids, and the mark by which all that follows can be taken back. */
function begin(db: Database.Database, { classes, ids }: { classes: ClassesTable; ids: IdCounter }, records: JoinedRecords): { first: number; n: number } {
  return db.transaction(() => {
    const before: ClassBefore[] = []
    for (const record of records.classes) {
      if (!ids.given(record.id)) throw new EngineError('bad-input', `class ${record.id} (“${record.name}”): the id was never reserved; reserve it first`)
      const known = classes.get(record.id)
      before.push({ id: record.id, before: known === undefined ? null : { importedId: known.importedId, carried: known.carried } })
      if (known === undefined) classes.insert({ ...record, version: 0 })
      else classes.update({ ...known, importedId: record.importedId, carried: record.carried, version: known.version + 1 })
    }
    for (const id of records.classIds) if (classes.get(id) === undefined) throw goneClass(id)
    const { n } = db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${INCOMING}.staged`).get() ?? { n: 0 }
    const first = n === 0 ? 0 : ids.reserve(n)
    db.exec(`INSERT OR IGNORE INTO main.provenances (body) SELECT body FROM ${INCOMING}.provenances`)
    db.exec(`UPDATE ${INCOMING}.provenances SET main_id = (SELECT id FROM main.provenances WHERE body = ${INCOMING}.provenances.body)`)
    markImport(db, { first, count: n, classes: before })
    return { first, n }
  }).immediate()
}

const goneClass = (id: number): EngineError => new EngineError('stale', `class ${id} was removed from the class list while the import was being read; nothing was imported. Import again`)

/** All of an image goes in one transaction: its annotations, what it carries, its captions. */
async function joinImages(db: Database.Database, path: string, { first }: { first: number }, { captionsKey, markDone }: JoinedRecords): Promise<void> {
  const nthAfter = (table: string) => db.prepare<[number, number], { image_id: number }>(`SELECT image_id FROM ${INCOMING}.${table} WHERE image_id > ? ORDER BY image_id LIMIT 1 OFFSET ?`)
  const ends = ['staged', 'carriers', 'captions'].map(nthAfter)
  const range = 'image_id > @after AND image_id <= @to'
  type Range = { readonly after: number; readonly to: number }
  const dangling = db.prepare<[Range], { class_id: number }>(`SELECT class_id FROM ${INCOMING}.staged WHERE ${range} AND class_id IS NOT NULL AND class_id NOT IN (SELECT id FROM main.classes) LIMIT 1`)
  const outside = db.prepare<[Range], { path: string }>(`
    SELECT i.path FROM ${INCOMING}.staged s JOIN main.images i ON i.id = s.image_id
    WHERE s.${range.replace('AND ', 'AND s.')} AND i.width > 0 AND i.height > 0 AND (s.x + s.width > i.width OR s.y + s.height > i.height) LIMIT 1`)
  const keep = db.prepare<[Range]>(`
    INSERT INTO main.import_undo SELECT id, imported_id, file_name, carried, state, NULL FROM main.images
    WHERE id > @after AND id <= @to AND (id IN (SELECT image_id FROM ${INCOMING}.staged WHERE ${range}) OR id IN (SELECT image_id FROM ${INCOMING}.carriers WHERE ${range}) OR id IN (SELECT image_id FROM ${INCOMING}.captions WHERE ${range}))`)
  const carry = db.prepare<[Range]>(`
    UPDATE main.images SET imported_id = c.imported_id, file_name = c.file_name, carried = c.carried
    FROM ${INCOMING}.carriers c WHERE c.image_id = images.id AND c.${range.replace('AND ', 'AND c.')}`)
  const insert = db.prepare<[Range & { readonly next: number }]>(`
    INSERT INTO main.annotations (id, version, image_id, class_id, state, x, y, width, height, area_px2, score, z, crowd, locked, box_only, imported_id, provenance_id, carried, runs)
    SELECT @next + row_number() OVER (ORDER BY s.image_id, s.n) - 1, 0, s.image_id, s.class_id, s.state, s.x, s.y, s.width, s.height, s.area_px2, s.score, s.z, s.crowd, s.locked, s.box_only, s.imported_id, p.main_id, s.carried, s.runs
    FROM ${INCOMING}.staged s JOIN ${INCOMING}.provenances p ON p.id = s.provenance WHERE s.${range.replace('AND ', 'AND s.')} ORDER BY s.image_id, s.n`)
  const done = db.prepare<[Range]>(`
    UPDATE main.images SET state = 'done', version = version + 1
    WHERE id > @after AND id <= @to AND state = 'new' AND pending = 0
      AND id IN (SELECT image_id FROM ${INCOMING}.staged WHERE ${range} AND state IN ('accepted', 'fixed', 'drawn'))`)
  const keepVersion = db.prepare<[Range]>(`
    UPDATE main.import_undo SET joined_version = (SELECT version FROM main.images WHERE images.id = import_undo.image_id AND images.state = 'done' AND import_undo.state <> 'done') WHERE ${range}`)
  const captions = db.prepare<[Range], { image_id: number; bodies: string }>(`SELECT image_id, json_group_array(json(body)) AS bodies FROM ${INCOMING}.captions WHERE ${range} GROUP BY image_id`)
  const carriedOf = db.prepare<[number], { carried: string | null }>('SELECT carried FROM main.images WHERE id = ?')
  const setCarried = db.prepare<[string, number]>('UPDATE main.images SET carried = ? WHERE id = ?')

  const slice = db.transaction((at: Range, next: number): number => {
    const gone = dangling.get(at)
    if (gone !== undefined) throw goneClass(gone.class_id)
    const other = outside.get(at)
    if (other !== undefined) throw new EngineError('stale', `${other.path} has another size than when the import was read; nothing was imported. Import again`)
    keep.run(at)
    carry.run(at)
    const { changes } = insert.run({ ...at, next })
    if (markDone && done.run(at).changes > 0) keepVersion.run(at)
    for (const { image_id: imageId, bodies } of captions.all(at)) {
      const carried = (fromStoredJson(carriedOf.get(imageId)?.carried ?? null) ?? {}) as Record<string, unknown>
      const before = Array.isArray(carried[captionsKey]) ? (carried[captionsKey] as unknown[]) : []
      const known = new Set(before.map((caption) => JSON.stringify(caption)))
      const added = (JSON.parse(bodies) as unknown[]).filter((caption) => !known.has(JSON.stringify(caption)))
      setCarried.run(JSON.stringify({ ...carried, [captionsKey]: [...before, ...added] }), imageId)
    }
    return changes
  })

  let next = first
  let rows = ROWS_MIN
  for (let after = 0; ;) {
    if (!db.open) throw new EngineError('cancelled', `${path} was closed`)
    const started = performance.now()
    const to = Math.min(...ends.map((end) => end.get(after, rows)?.image_id ?? Number.MAX_SAFE_INTEGER))
    next += slice.immediate({ after, to }, next)
    if (to === Number.MAX_SAFE_INTEGER) return
    after = to
    rows = Math.round(Math.min(ROWS_MAX, Math.max(ROWS_MIN, rows * Math.min(2, SLICE_MS / (performance.now() - started)))))
    await turn()
  }
}
