import { z } from 'zod'

/** Every way a call can fail, as data. The message names the thing and the way out, in English; the page may translate by code. */
export const ErrorCode = z.enum([
  'bad-input', // the input did not fit the procedure's schema
  'bad-output', // development and tests only: a handler broke its own contract
  'unknown-procedure',
  'not-allowed', // token, origin, role, or a grant that was never given
  'not-found', // no such record, file or job
  'no-project', // a project has to be opened first
  'stale', // a diff's `from` is not what is stored: what changed is in `details`
  'in-use', // another process has this project open
  'newer-version', // the project file was written by a newer Maskwright
  'not-a-project',
  'bad-file', // a file could not be read as what it should be
  'no-permission',
  'disk-full',
  'cancelled',
  'busy', // a job is already running
  'pipeline-died', // the pipeline process ended while working on this
  'unavailable', // needs a device, model or program this machine has not
  'internal',
])
export type ErrorCode = z.infer<typeof ErrorCode>

export const Failure = z.strictObject({ ok: z.literal(false), code: ErrorCode, message: z.string(), details: z.unknown().optional() })
export type Failure = z.infer<typeof Failure>

/** Thrown inside the engine; crosses the contract as a Failure. */
export class EngineError extends Error {
  readonly code: ErrorCode
  readonly details: unknown
  constructor(code: ErrorCode, message: string, options: { details?: unknown; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'EngineError'
    this.code = code
    this.details = options.details
  }
}

/** Among the details of a 'stale' edit: whose edit was the last here, unless it was the same person's, and its label. */
export const StaleBy = z.object({ by: z.object({ name: z.string(), label: z.string() }) })
export type StaleBy = z.infer<typeof StaleBy>
