import Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import { APPLICATION_ID } from './migrations/all.ts'

/** A project that another process has open and goes on writing, to be read only. To be closed. */
export function openInUse(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 })
  if (db.pragma('application_id', { simple: true }) === APPLICATION_ID) return db
  db.close()
  throw new EngineError('not-a-project', `${path} is not a Maskwright project`)
}
