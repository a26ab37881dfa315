import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import type { LabelClass } from '../contract/records.ts'
import { type AnnotationsTable, annotationColumns } from './annotations.ts'
import type { ClassesTable } from './classes.ts'
import type { IdCounter } from './ids.ts'
import type { NewAnnotation, ProjectFile } from './project-file.ts'
import { fromStoredJson } from './stored-json.ts'

/** An import that gathers beside the project and joins it at once, so that editing goes on while it is read. */
export interface StagedImport {
  /** throws EngineError 'bad-input' when one can't be an annotation of its image */
  add(annotations: readonly NewAnnotation[]): void
  /** a sentence about an image, kept in the image's carried keys under `captionsKey` */
  caption(imageId: number, caption: Readonly<Record<string, unknown>>): void
  /** All or nothing, in one transaction. A project that has changed so that something does not fit refuses it. */
  join(records: { classes: readonly Omit<LabelClass, 'version'>[]; images: Parameters<ProjectFile['importRecords']>[0]['images']; captionsKey: string }): { classes: number; annotations: number }
  /** forgets everything; also after `join` */
  discard(): void
}

const COLUMNS = 'image_id, class_id, state, x, y, width, height, area_px2, score, z, crowd, locked, box_only, imported_id, provenance, carried, runs'
const BATCH = 2000
const JOIN_CACHE_KIB = 96 << 10

/** Starts an import of a project; what an earlier process left behind is removed. */
export function stageImport(db: Database.Database, path: string, tables: { classes: ClassesTable; annotations: AnnotationsTable; images: ProjectFile['images']; ids: IdCounter }): StagedImport {
  const { classes, annotations, images, ids } = tables
  const prefix = `${basename(path)}.import-`
  const staging = join(dirname(path), `${prefix}${randomBytes(4).toString('hex')}`)
  for (const name of readdirSync(dirname(path))) if (name.startsWith(prefix) && !open.has(join(dirname(path), name))) rmSync(join(dirname(path), name), { force: true })
  const staged = new Database(staging)
  open.add(staging)
  // a file that is thrown away needs no journal on disk and no sync (SQLite's defensive mode does not allow none at all)
  staged.pragma('journal_mode = memory')
  staged.pragma('synchronous = off')
  staged.pragma('locking_mode = exclusive')
  staged.exec(`
    CREATE TABLE staged (n INTEGER PRIMARY KEY, ${COLUMNS});
    CREATE TABLE provenances (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, main_id INTEGER);
    CREATE TABLE captions (image_id INTEGER NOT NULL, body TEXT NOT NULL);`)
  const insert = staged.prepare(`INSERT INTO staged (${COLUMNS}) VALUES (${COLUMNS.split(', ').map((name) => `@${name}`).join(', ')})`)
  const addProvenance = staged.prepare<[string], { id: number }>('INSERT INTO provenances (body) VALUES (?) RETURNING id')
  const addCaption = staged.prepare<[number, string]>('INSERT INTO captions VALUES (?, ?)')
  const provenances = new Map<string, number>()
  let waiting: NewAnnotation[] = []
  let captions: (readonly [number, string])[] = []
  const flush = staged.transaction(() => {
    for (const annotation of waiting) {
      const body = JSON.stringify(annotation.provenance)
      let provenance = provenances.get(body)
      if (provenance === undefined) {
        provenance = addProvenance.get(body)?.id ?? 0
        provenances.set(body, provenance)
      }
      insert.run({ ...annotationColumns(annotation), provenance })
    }
    for (const caption of captions) addCaption.run(...caption)
    waiting = []
    captions = []
  })
  const gone = (): void => {
    if (staged.open) staged.close()
    rmSync(staging, { force: true })
    open.delete(staging)
  }

  return {
    add(added) {
      for (const annotation of added) {
        annotations.check(annotation)
        waiting.push(annotation)
      }
      if (waiting.length >= BATCH) flush()
    },
    caption(imageId, caption) {
      captions.push([imageId, JSON.stringify(caption)])
      if (captions.length >= BATCH) flush()
    },
    join({ classes: newClasses, images: carriers, captionsKey }) {
      flush()
      staged.exec('CREATE INDEX captions_of_image ON captions (image_id)')
      staged.close()
      db.prepare('ATTACH ? AS incoming').run(staging)
      // the indexes are filled in no order: with a small cache every page is written and read again many times
      const cache = db.pragma('main.cache_size', { simple: true }) as number
      db.pragma(`main.cache_size = -${JOIN_CACHE_KIB}`)
      try {
        return db.transaction(() => {
          for (const record of newClasses) {
            if (!ids.given(record.id)) throw new EngineError('bad-input', `class ${record.id} (“${record.name}”): the id was never reserved; reserve it first`)
            const known = classes.get(record.id)
            if (known === undefined) classes.insert({ ...record, version: 0 })
            else classes.update({ ...record, version: known.version + 1 })
          }
          for (const { imageId, importedId, fileName, carried } of carriers) images.setCarried(imageId, importedId, fileName, carried)
          const dangling = db.prepare<[], { class_id: number }>('SELECT class_id FROM incoming.staged WHERE class_id IS NOT NULL AND class_id NOT IN (SELECT id FROM main.classes) LIMIT 1').get()
          if (dangling !== undefined) throw new EngineError('stale', `class ${dangling.class_id} was removed from the class list while the import was being read; nothing was imported. Import again`)
          const outside = db.prepare<[], { path: string }>(`
            SELECT i.path FROM incoming.staged s JOIN main.images i ON i.id = s.image_id
            WHERE i.width > 0 AND i.height > 0 AND (s.x + s.width > i.width OR s.y + s.height > i.height) LIMIT 1`).get()
          if (outside !== undefined) throw new EngineError('stale', `${outside.path} has another size than when the import was read; nothing was imported. Import again`)
          const { n } = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM incoming.staged').get() ?? { n: 0 }
          if (n > 0) {
            const first = ids.reserve(n)
            db.exec('INSERT OR IGNORE INTO main.provenances (body) SELECT body FROM incoming.provenances')
            db.exec('UPDATE incoming.provenances SET main_id = (SELECT id FROM main.provenances WHERE body = incoming.provenances.body)')
            // The counts of images are kept by a trigger, row by row; here once an image. It comes back in the same transaction.
            const trigger = db.prepare<[], { sql: string }>("SELECT sql FROM main.sqlite_master WHERE type = 'trigger' AND name = 'annotation_added'").get()
            if (trigger === undefined) throw new EngineError('internal', `${path} has lost a trigger; open its newest backup`)
            db.exec('DROP TRIGGER main.annotation_added')
            db.prepare(`
              INSERT INTO main.annotations (id, version, image_id, class_id, state, x, y, width, height, area_px2, score, z, crowd, locked, box_only, imported_id, provenance_id, carried, runs)
              SELECT ? + s.n - 1, 0, s.image_id, s.class_id, s.state, s.x, s.y, s.width, s.height, s.area_px2, s.score, s.z, s.crowd, s.locked, s.box_only, s.imported_id, p.main_id, s.carried, s.runs
              FROM incoming.staged s JOIN incoming.provenances p ON p.id = s.provenance ORDER BY s.n`).run(first)
            db.exec(`
              UPDATE main.images SET pending = images.pending + g.pending, kept = images.kept + g.kept, rejected = images.rejected + g.rejected
              FROM (SELECT image_id, sum(state = 'pending') AS pending, sum(state IN ('accepted', 'fixed', 'drawn')) AS kept, sum(state = 'rejected') AS rejected FROM incoming.staged GROUP BY image_id) AS g
              WHERE g.image_id = images.id`)
            db.exec(trigger.sql)
          }
          const carriedOf = db.prepare<[number], { carried: string | null }>('SELECT carried FROM images WHERE id = ?')
          const setCarried = db.prepare<[string, number]>('UPDATE images SET carried = ? WHERE id = ?')
          const said = db.prepare<[], { image_id: number; bodies: string }>('SELECT image_id, json_group_array(json(body)) AS bodies FROM incoming.captions GROUP BY image_id').all()
          for (const { image_id: imageId, bodies } of said) {
            const carried = (fromStoredJson(carriedOf.get(imageId)?.carried ?? null) ?? {}) as Record<string, unknown>
            const before = Array.isArray(carried[captionsKey]) ? (carried[captionsKey] as unknown[]) : []
            const known = new Set(before.map((caption) => JSON.stringify(caption)))
            const added = (JSON.parse(bodies) as unknown[]).filter((caption) => !known.has(JSON.stringify(caption)))
            setCarried.run(JSON.stringify({ ...carried, [captionsKey]: [...before, ...added] }), imageId)
          }
          return { classes: newClasses.length, annotations: n }
        }).immediate()
      } finally {
        db.pragma(`main.cache_size = ${cache}`)
        db.exec('DETACH incoming')
        gone()
      }
    },
    discard: gone,
  }
}

/** Staging files of this process, so that one import does not sweep away another's. */
const open = new Set<string>()
