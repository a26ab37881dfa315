import { EngineError } from '../contract/errors.ts'

/** A failure of the file system while packs are written, in words; any other as it is. */
export function diskFailure(error: unknown, target: string): unknown {
  if (error instanceof EngineError || !(error instanceof Error)) return error
  const { code, path } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EngineError('disk-full', `the disk is full: ${path ?? target} could not be written. What came is kept; free some space, and install again to go on`, { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EngineError('no-permission', `${path ?? target}: no permission; check the access rights, or set MASKWRIGHT_PACKS to another folder`, { cause: error })
    default:
      return error
  }
}
