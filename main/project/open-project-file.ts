import { randomUUID } from 'node:crypto'
import { accessSync, constants, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import { auditTable } from './audit.ts'
import { annotationsTable } from './annotations.ts'
import { backUp } from './backup.ts'
import { classesTable } from './classes.ts'
import { commentsTable } from './comments.ts'
import { foldersTable } from './folders.ts'
import { historyTable } from './history.ts'
import { idCounter } from './ids.ts'
import { imagesTable } from './images.ts'
import { importUndoSteps } from './import-undo.ts'
import { stageImport, sweepStaged } from './staged-import.ts'
import { jobsTable } from './jobs.ts'
import { memoryTable } from './memory.ts'
import { metaTable } from './meta.ts'
import { checkVersion, migrate } from './migrate.ts'
import { APPLICATION_ID, MIGRATIONS } from './migrations/all.ts'
import type { ProjectFile } from './project-file.ts'
import { lockProject } from './project-lock.ts'
import { recordTables } from './records.ts'
import { translateError, translating } from './sqlite-errors.ts'
import { writing } from './write.ts'

export interface OpenOptions {
  /** makes a new project; refused when there is a file already */
  readonly create?: { readonly name: string }
  /** where the backup before a migration goes; beside the project unless given */
  readonly backupFolder?: string
  /** tests only: other migrations than this version's */
  readonly migrations?: readonly string[]
}

const PAGE_BYTES = 8192

/**
 * Opens a project, or creates one, and keeps other processes out until `close`.
 * @throws EngineError 'not-found', 'not-a-project', 'newer-version', 'in-use', 'no-permission', 'disk-full', 'bad-file';
 * 'bad-input' when a file to be created exists
 */
export function openProjectFile(path: string, options: OpenOptions = {}): ProjectFile {
  return translating(path, () => {
    const { create, backupFolder, migrations = MIGRATIONS } = options
    const file = locate(path, create !== undefined)
    const lock = lockProject(file)
    if (create !== undefined && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) {
      // another process has made it between our look and our lock; what follows would take it for our own
      lock.release()
      throw exists(file)
    }
    let db: Database.Database | undefined
    try {
      db = new Database(file, { fileMustExist: create === undefined, timeout: 5000 })
      if (create === undefined) checkHeader(db, file, migrations)
      else db.pragma(`page_size = ${PAGE_BYTES}`)
      db.pragma('journal_mode = wal')
      db.pragma('synchronous = normal')
      db.pragma('foreign_keys = on')
      migrate(db, file, migrations, backupFolder)
      if (create !== undefined) {
        db.prepare('INSERT INTO project VALUES (1, ?, ?, ?, 1)').run(randomUUID(), create.name, Date.now())
        // last: a file whose creation was cut off is no project
        db.pragma(`application_id = ${APPLICATION_ID}`)
      }
      for (const _ of importUndoSteps(db)) { /* an import that was cut off is taken back whole */ }
      // a process that was killed could not remove its staging file, which may be large
      sweepStaged(file)
      return assemble(db, file, lock.release)
    } catch (error) {
      db?.close()
      if (create !== undefined) for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
      lock.release()
      throw error
    }
  })
}

const exists = (path: string): EngineError => new EngineError('bad-input', `${path} exists already; open it, or choose another name for the new project`)

/** The real path, so that two names of one file share one lock. */
function locate(path: string, creating: boolean): string {
  const absolute = resolve(path)
  const found = statSync(absolute, { throwIfNoEntry: false })
  if (found === undefined) {
    if (!creating) throw new EngineError('not-found', `${absolute}: there is no such project file`)
    if (statSync(dirname(absolute), { throwIfNoEntry: false }) === undefined) throw new EngineError('not-found', `${dirname(absolute)}: there is no such folder to create a project in`)
    return join(realpathSync(dirname(absolute)), basename(absolute))
  }
  if (!found.isFile()) throw new EngineError('not-a-project', `${absolute} is a ${found.isDirectory() ? 'folder' : 'device'}, not a Maskwright project`)
  // an empty file is what some save dialogs leave
  if (creating && found.size > 0) throw exists(absolute)
  // SQLite would open it for reading only, and the first edit would be the one to fail
  accessSync(absolute, constants.R_OK | constants.W_OK)
  return realpathSync(absolute)
}

/** Reads only: a file that is not ours stays as it is, to the byte. */
function checkHeader(db: Database.Database, path: string, migrations: readonly string[]): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw new EngineError('not-a-project', `${path} is not a Maskwright project`)
  checkVersion(db, path, migrations.length)
}

function assemble(db: Database.Database, path: string, release: () => void): ProjectFile {
  const project = db.prepare<[], { id: string; name: string }>('SELECT id, name FROM project').get()
  if (project === undefined) throw new EngineError('bad-file', `${path} has lost its project row; open its newest backup`)
  const ids = idCounter(db)
  const audit = auditTable(db)
  const classes = classesTable(db)
  const annotations = annotationsTable(db, ids)
  const { images, marks } = imagesTable(db, ids)
  const comments = commentsTable(db)
  const guarded = <T extends object>(methods: T): T => guard(methods, db, path)
  return {
    path,
    id: project.id,
    name: project.name,
    folders: guarded(foldersTable(db, ids)),
    images: guarded(images),
    classes: guarded({ list: classes.list }),
    comments: guarded({ ofImage: comments.ofImage }),
    annotations: guarded({ ofImage: annotations.ofImage, outlinesOf: annotations.outlinesOf, ofClass: annotations.ofClass, makers: annotations.makers, replacePending: annotations.replacePending, renamePending: annotations.renamePending, untaught: annotations.untaught }),
    history: guarded(historyTable(db, recordTables({ annotations, classes, marks, comments }, ids), audit)),
    audit: guarded(audit),
    ids: guarded({ reserve: ids.reserve }),
    jobs: guarded(jobsTable(db)),
    memory: guarded(memoryTable(db)),
    meta: guarded(metaTable(db)),
    ...guarded({
      // its methods meet the same errors of SQLite
      stageImport: () => guarded(stageImport(db, path, { classes, annotations, ids })),
      backup: (toPath: string) => backUp(db, path, toPath),
    }),
    together: <T>(work: () => T): T => guarded({ run: writing(db, work) }).run(),
    close() {
      if (!db.open) return
      try {
        db.pragma('optimize')
      } catch {
        // only statistics for the query planner: a full disk must not keep a project from closing
      }
      db.close()
      release()
    },
  }
}

/** The one place where errors of SQLite become EngineErrors, and where a closed project says so. */
function guard<T extends object>(methods: T, db: Database.Database, path: string): T {
  const wrap = (method: (...input: unknown[]) => unknown) => (...input: unknown[]): unknown => {
    if (!db.open) throw new EngineError('no-project', `${path} has been closed; open it again`)
    const output = translating(path, () => method(...input))
    if (output instanceof Promise) return output.catch((error: unknown) => { throw translateError(error, path) })
    return isStream(output) ? translatingStream(output, path) : output
  }
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, wrap(method as (...input: unknown[]) => unknown)])) as T
}

const isStream = (output: unknown): output is IterableIterator<unknown> => typeof output === 'object' && output !== null && Symbol.iterator in output && 'next' in output

/** Rows are read while the caller iterates: errors then are translated too. */
function* translatingStream(stream: IterableIterator<unknown>, path: string): IterableIterator<unknown> {
  for (;;) {
    const step = translating(path, () => stream.next())
    if (step.done === true) return
    yield step.value
  }
}
