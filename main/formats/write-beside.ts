import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { EngineError } from '../contract/errors.ts'

const CHUNK_CHARACTERS = 1 << 18

/** Takes text bit by bit; what it gathers goes to the file in large pieces. */
export type WriteText = (text: string) => Promise<void> | undefined

/**
 * Writes a file whole or not at all: into a temporary file beside the target, synced, then renamed over it. On failure
 * the temporary file is removed and what was at `path` before is untouched.
 * @throws EngineError 'disk-full', 'no-permission', 'not-found' or 'bad-file', naming the target
 */
export async function writeBeside(path: string, write: (text: WriteText) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(4).toString('hex')}.part`)
  try {
    const file = await open(temporary, 'wx')
    try {
      let pending = ''
      await write((text) => {
        pending += text
        if (pending.length < CHUNK_CHARACTERS) return undefined
        const piece = pending
        pending = ''
        return file.writeFile(piece)
      })
      await file.writeFile(pending)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw explained(error, path)
  }
}

/** An error of the file system while writing `path`, in words; others as they are. */
export function explained(error: unknown, path: string): unknown {
  if (error instanceof EngineError || !(error instanceof Error) || !('code' in error)) return error
  const shown = JSON.stringify(path)
  const kept = 'what was there before is untouched'
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EngineError('disk-full', `the disk is full: ${shown} could not be written; ${kept}`, { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EngineError('no-permission', `${shown} can’t be written: no permission for its folder; ${kept}`, { cause: error })
    case 'ENOENT':
    case 'ENOTDIR':
      return new EngineError('not-found', `${shown} can’t be written: its folder does not exist`, { cause: error })
    default:
      return new EngineError('bad-file', `${shown} can’t be written: ${error.message}; ${kept}`, { cause: error })
  }
}
