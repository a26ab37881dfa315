import Database from 'better-sqlite3'
import { EngineError, type ErrorCode } from '../contract/errors.ts'

const MEANINGS: readonly (readonly [prefix: string, code: ErrorCode, meaning: string])[] = [
  ['SQLITE_FULL', 'disk-full', 'the disk is full; nothing of this change was written: free some space and do it again'],
  // the index of the write-ahead log could not grow: SQLite reports that differently, the cause is the same
  ['SQLITE_IOERR_SHMSIZE', 'disk-full', 'the disk is full; nothing of this change was written: free some space and do it again'],
  ['SQLITE_READONLY', 'no-permission', 'the file or its folder may not be written; move it to a folder of yours or change its permissions'],
  ['SQLITE_PERM', 'no-permission', 'the file or its folder may not be written; move it to a folder of yours or change its permissions'],
  ['SQLITE_AUTH', 'no-permission', 'the file may not be opened'],
  ['SQLITE_CANTOPEN', 'no-permission', 'the file can’t be opened or created; check that its folder exists and may be written'],
  ['SQLITE_NOTADB', 'not-a-project', 'this is not a Maskwright project'],
  ['SQLITE_CORRUPT', 'bad-file', 'the project file is damaged; open its newest backup'],
  ['SQLITE_BUSY', 'in-use', 'another program is using the project file; close it there first'],
  ['SQLITE_LOCKED', 'in-use', 'another program is using the project file; close it there first'],
]

/** What a file-system or SQLite error means to a person; other errors come back as they are. */
export function translateError(error: unknown, path: string): unknown {
  if (error instanceof EngineError) return error
  const code = errorCodeOf(error)
  // an import reads its own file while it writes the project: the file system says which of them it was
  const at = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : path
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new EngineError('no-permission', `${at}: the file or its folder may not be read or written; change its permissions`, { cause: error })
  if (code === 'ENOSPC' || code === 'EDQUOT') return new EngineError('disk-full', `${at}: the disk is full; free some space and do it again`, { cause: error })
  if (code === 'ENOENT') return new EngineError('not-found', `${at}: there is no such file or folder`, { cause: error })
  if (!(error instanceof Database.SqliteError)) return error
  const meaning = MEANINGS.find(([prefix]) => error.code.startsWith(prefix))
  return meaning === undefined
    ? new EngineError('internal', `${path}: ${error.message} (${error.code})`, { cause: error })
    : new EngineError(meaning[1], `${path}: ${meaning[2]} (${error.code})`, { cause: error })
}

/** SQLite's or Node's code of an error, '' when it has none. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Runs `action`; an error of SQLite or of the file system leaves it as an EngineError. */
export function translating<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw translateError(error, path)
  }
}
