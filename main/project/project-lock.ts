import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { hostname } from 'node:os'
import Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import { errorCodeOf } from './sqlite-errors.ts'

export interface ProjectLock {
  readonly release: () => void
}

interface Holder {
  readonly pid: number
  readonly host: string
  readonly since: number
  readonly token: string
}

const ATTEMPTS = 5

/** Databases whose lock is held: one that nobody refers to any more would be collected as garbage, and its lock with it. */
const held = new Set<Database.Database>()

/**
 * Keeps every other process out of the project at `path`. The lock is SQLite's own RESERVED lock on a small database
 * `PATH-lock`, held as long as the project is open: the operating system drops it when the process ends, however it
 * ends, so no lock can be stale; and a RESERVED lock still lets others read who holds it.
 * @throws EngineError 'in-use', naming the process
 */
export function lockProject(path: string): ProjectLock {
  const lockPath = `${path}-lock`
  for (let attempt = 1; ; attempt++) {
    let db: Database.Database | undefined
    try {
      db = new Database(lockPath, { timeout: 300 })
      const token = randomUUID()
      db.pragma('synchronous = off')
      db.exec('BEGIN IMMEDIATE')
      db.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT, since INTEGER, token TEXT)')
      db.exec('DELETE FROM holder')
      db.prepare('INSERT INTO holder VALUES (?, ?, ?, ?)').run(process.pid, hostname(), Date.now(), token)
      db.exec('COMMIT')
      db.exec('BEGIN IMMEDIATE')
      // The last holder deletes the file as it leaves: had we opened it just before, we would hold a lock on no file.
      if (holderOf(lockPath)?.token === token) return { release: releaser(db, lockPath) }
      db.close()
    } catch (error) {
      db?.close()
      const code = errorCodeOf(error)
      if (code.startsWith('SQLITE_BUSY')) throw inUse(path, holderOf(lockPath), error)
      if (attempt >= ATTEMPTS || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_FULL') throw error
      // a power cut may leave anything in it; whoever held it is gone, since a holder's lock is whole
      if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) for (const end of ['', '-journal']) rmSync(lockPath + end, { force: true })
    }
    if (attempt >= ATTEMPTS) throw new EngineError('in-use', `${path}: its lock ${lockPath} changes hands too quickly; try again`)
  }
}

function releaser(db: Database.Database, lockPath: string): () => void {
  held.add(db)
  return () => {
    if (!held.delete(db)) return
    if (process.platform !== 'win32') rmSync(lockPath, { force: true })
    db.close()
    if (process.platform === 'win32') removeIfUnused(lockPath)
  }
}

/** Windows deletes no open file: the lock's file goes after closing, and stays when another process has opened it meanwhile. */
function removeIfUnused(lockPath: string): void {
  try {
    rmSync(lockPath, { force: true })
  } catch {
    // the other process removes it when it closes
  }
}

function holderOf(lockPath: string): Holder | undefined {
  let db: Database.Database | undefined
  try {
    db = new Database(lockPath, { readonly: true, fileMustExist: true, timeout: 300 })
    return db.prepare<[], Holder>('SELECT pid, host, since, token FROM holder').get()
  } catch {
    return undefined
  } finally {
    db?.close()
  }
}

function inUse(path: string, holder: Holder | undefined, cause: unknown): EngineError {
  if (holder === undefined) return new EngineError('in-use', `${path} is open in another process; close it there first`, { cause })
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`
  const who = holder.pid === process.pid && where === '' ? `in this process (${holder.pid})` : `in process ${holder.pid}${where}`
  return new EngineError('in-use', `${path} is already open ${who} since ${new Date(holder.since).toISOString()}; close it there first`, {
    details: { pid: holder.pid, host: holder.host, since: holder.since },
    cause,
  })
}
