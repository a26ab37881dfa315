import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { LabelClass } from '../contract/records.ts'
import { type AnnotatedImage, type AnnotationsTable, annotationColumns } from './annotations.ts'
import type { ClassesTable } from './classes.ts'
import type { IdCounter } from './ids.ts'
import { joinImport } from './join-import.ts'
import type { NewAnnotation } from './project-file.ts'
import { toStoredJson } from './stored-json.ts'

/** What an image keeps of the file that named it, for an export. */
export interface ImageCarrier {
  readonly imageId: number
  readonly importedId: number | null
  readonly fileName: string | null
  readonly carried: unknown
}

/** An import that gathers beside the project and is then joined with it; editing goes on during both. */
export interface StagedImport {
  /** throws EngineError 'bad-input' when one can't be an annotation of its image */
  add(annotations: readonly NewAnnotation[]): void
  /** a sentence about an image, kept in the image's carried keys under `captionsKey` */
  caption(imageId: number, caption: Readonly<Record<string, unknown>>): void
  /** All or nothing, in short transactions (joinImport). A project that has changed so that something does not fit refuses it. */
  join(records: StagedRecords): Promise<{ classes: number; annotations: number }>
  /** forgets everything; also after `join` */
  discard(): void
}

/** What is joined with the staged annotations. */
export interface StagedRecords {
  readonly classes: readonly Omit<LabelClass, 'version'>[]
  readonly images: Iterable<ImageCarrier>
  readonly captionsKey: string
  /** facts of the project, by key, written with the last transaction */
  readonly meta: Readonly<Record<string, unknown>>
  /** images that get a mask or box somebody has accepted are done, unless somebody has begun to work on them */
  readonly markDone: boolean
}

const COLUMNS = 'image_id, class_id, state, x, y, width, height, area_px2, score, z, crowd, locked, box_only, imported_id, provenance, carried, runs'
const BATCH = 500
const STAGING_CACHE_KIB = 32 << 10

/** Removes what imports of earlier processes have left beside a project that this process has locked. */
export function sweepStaged(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const staging = join(dirname(path), name)
    // nothing but our own names: a person may have called a copy nearly so
    if (name.startsWith(prefixOf(path)) && STAGING_END.test(name.slice(prefixOf(path).length)) && !open.has(staging)) rmSync(staging, { force: true })
  }
}
const prefixOf = (path: string): string => `${basename(path)}.import-`
/** Of a staging file after its prefix: it has no journal on disk. */
const STAGING_END = /^[0-9a-f]{8}$/

/** Starts an import of a project; what an earlier process left behind is removed. */
export function stageImport(db: Database.Database, path: string, tables: { classes: ClassesTable; annotations: AnnotationsTable; ids: IdCounter }): StagedImport {
  const { annotations } = tables
  const staging = join(dirname(path), `${prefixOf(path)}${randomBytes(4).toString('hex')}`)
  sweepStaged(path)
  const staged = new Database(staging)
  open.add(staging)
  // a file that is thrown away needs no journal on disk and no sync (SQLite's defensive mode does not allow none at all)
  staged.pragma('journal_mode = memory')
  staged.pragma('synchronous = off')
  staged.pragma('locking_mode = exclusive')
  // its index is filled in no order
  staged.pragma(`cache_size = -${STAGING_CACHE_KIB}`)
  staged.exec(`
    CREATE TABLE staged (n INTEGER PRIMARY KEY, ${COLUMNS});
    CREATE INDEX staged_of_image ON staged (image_id);
    CREATE TABLE provenances (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, main_id INTEGER);
    CREATE TABLE captions (image_id INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE INDEX captions_of_image ON captions (image_id);
    CREATE TABLE carriers (image_id INTEGER PRIMARY KEY, imported_id INTEGER, file_name TEXT, carried TEXT);`)
  const insert = staged.prepare(`INSERT INTO staged (${COLUMNS}) VALUES (${COLUMNS.split(', ').map((name) => `@${name}`).join(', ')})`)
  const addProvenance = staged.prepare<[string], { id: number }>('INSERT INTO provenances (body) VALUES (?) RETURNING id')
  const addCaption = staged.prepare<[number, string]>('INSERT INTO captions VALUES (?, ?)')
  const addCarrier = staged.prepare<[number, number | null, string | null, string | null]>('INSERT INTO carriers VALUES (?, ?, ?, ?)')
  const addCarriers = staged.transaction((batch: readonly ImageCarrier[]) => {
    for (const { imageId, importedId, fileName, carried } of batch) addCarrier.run(imageId, importedId, fileName, toStoredJson(carried))
  })
  const classIds = new Set<number>()
  /** as they were when first asked for; the join looks again */
  const images = new Map<number, AnnotatedImage>()
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
        let of = images.get(annotation.imageId)
        if (of === undefined) {
          of = annotations.imageOf(annotation.imageId)
          if (of !== undefined) images.set(annotation.imageId, of)
        }
        annotations.check(annotation, of)
        waiting.push(annotation)
        if (annotation.classId !== null) classIds.add(annotation.classId)
      }
      if (waiting.length >= BATCH) flush()
    },
    caption(imageId, caption) {
      captions.push([imageId, JSON.stringify(caption)])
      if (captions.length >= BATCH) flush()
    },
    async join({ images: carriers, ...records }) {
      for (const batch of inBatches(carriers, BATCH)) {
        addCarriers(batch)
        await turn()
      }
      flush()
      staged.close()
      try {
        return await following(db, () => joinImport(db, path, staging, tables, { ...records, classIds }))
      } finally {
        gone()
      }
    },
    discard: gone,
  }
}

/** Staging files of this process, so that one import does not sweep away another's. */
const open = new Set<string>()

/** The last join of each project: joins follow one another. */
const joins = new WeakMap<Database.Database, Promise<unknown>>()
function following<T>(db: Database.Database, work: () => Promise<T>): Promise<T> {
  const mine = (joins.get(db) ?? Promise.resolve()).then(work, work)
  joins.set(db, mine)
  return mine
}

function* inBatches<T>(items: Iterable<T>, size: number): Generator<T[], void, void> {
  let batch: T[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  yield batch
}
