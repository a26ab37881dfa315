import type { z } from 'zod'
import { EngineError, type ErrorCode, type Failure } from '../contract/errors.ts'
import type { Log } from './context.ts'

/** Node's and SQLite's error codes that a person can do something about. */
const KNOWN: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EACCES: ['no-permission', 'no permission; check the access rights'],
  EPERM: ['no-permission', 'no permission; check the access rights'],
  EROFS: ['no-permission', 'this disk can only be read; choose another folder'],
  ENOENT: ['not-found', 'not there any more; it may have been moved or deleted'],
  ENOTDIR: ['not-found', 'a part of the path is a file, not a folder'],
  EISDIR: ['bad-input', 'is a folder, where a file is needed'],
  EEXIST: ['bad-input', 'exists already; choose another name'],
  ENAMETOOLONG: ['bad-input', 'the name is too long'],
  ENOSPC: ['disk-full', 'the disk is full; free some space and try again'],
  EDQUOT: ['disk-full', 'the disk quota is used up; free some space and try again'],
  SQLITE_FULL: ['disk-full', 'the disk is full; free some space and try again. Nothing that was saved is lost'],
  SQLITE_READONLY: ['no-permission', 'the project file can only be read; check its access rights'],
  SQLITE_BUSY: ['in-use', 'another program is writing to the project file; close it and try again'],
  SQLITE_CORRUPT: ['bad-file', 'the project file is damaged; open a backup of it'],
  SQLITE_NOTADB: ['not-a-project', 'the file is not a project'],
}

/** Any thrown thing as the contract's Failure. What nobody foresaw goes to the log whole, and to the page without its stack. */
export function failureOf(error: unknown, procedure: string, log: Log): Failure {
  if (error instanceof EngineError) {
    return error.details === undefined ? { ok: false, code: error.code, message: error.message } : { ok: false, code: error.code, message: error.message, details: error.details }
  }
  const { code, path, syscall } = (error ?? {}) as { code?: unknown; path?: unknown; syscall?: unknown }
  const known = typeof code === 'string' ? (KNOWN[code] ?? KNOWN[code.split('_').slice(0, 2).join('_')]) : undefined
  if (known !== undefined) {
    log.write('warn', 'engine', `${procedure}: ${String(code)}${typeof syscall === 'string' ? ` ${syscall}` : ''}${typeof path === 'string' ? ` ${path}` : ''}`)
    return { ok: false, code: known[0], message: typeof path === 'string' ? `${JSON.stringify(path)}: ${known[1]}` : known[1] }
  }
  if (error instanceof Error && error.name === 'AbortError') return { ok: false, code: 'cancelled', message: `${procedure} was cancelled` }
  log.write('error', 'engine', `${procedure}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return { ok: false, code: 'internal', message: `${procedure} failed for a reason Maskwright did not foresee; the log has the details` }
}

/** What is wrong with an input or output, in one line: the first three places and what would be right there. */
export function misfit(error: z.ZodError): string {
  const places = error.issues.slice(0, 3).map((issue) => `${issue.path.length === 0 ? 'input' : issue.path.map(String).join('.')}: ${issue.message}`)
  return places.join('; ') + (error.issues.length > 3 ? `; and ${error.issues.length - 3} more` : '')
}
