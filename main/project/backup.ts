import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import { openInUse } from './open-in-use.ts'
import { translateError } from './sqlite-errors.ts'

/**
 * SQLite's online backup: the project stays usable, and what is written meanwhile is in the copy too. The copy appears
 * under its name only when it is whole.
 * @returns its size in bytes
 */
export async function backUp(db: Database.Database, path: string, toPath: string, pagesAtOnce = 100): Promise<number> {
  if (resolve(path) === resolve(toPath)) throw new EngineError('bad-input', `${toPath} is the project itself: choose another name for its backup`)
  if (!existsSync(dirname(toPath))) throw new EngineError('not-found', `${dirname(toPath)}: there is no such folder to back up into`)
  const part = `${toPath}.part`
  const sweep = () => { for (const end of ['', '-journal', '-wal', '-shm']) rmSync(part + end, { force: true }) }
  try {
    sweep()
    await db.backup(part, { progress: () => pagesAtOnce })
    renameSync(part, toPath)
    return statSync(toPath).size
  } catch (error) {
    if (!db.open) throw new EngineError('cancelled', `${path} was closed while it was being backed up to ${toPath}; no backup was made`, { cause: error })
    throw translateError(error, toPath)
  } finally {
    sweep()
  }
}

/**
 * The same of a project that another process has open and goes on writing: reads only, all pages in one step, since
 * every write of another process would begin it anew.
 */
export async function backUpInUse(path: string, toPath: string): Promise<number> {
  const db = openInUse(path)
  try {
    return await backUp(db, path, toPath, Number.MAX_SAFE_INTEGER)
  } finally {
    db.close()
  }
}
