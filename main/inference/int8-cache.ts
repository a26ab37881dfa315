import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import { openCheckpoint, type Checkpoint } from '../../models/checkpoint.ts'
import type { ClipConfig } from '../../models/clip-config.ts'
import { writeInt8Checkpoint } from '../../models/int8-checkpoint.ts'
import { int8Path } from './int8-files.ts'
import { int8Range } from './int8-range.ts'

/** Of the way weights are quantised: another one makes the files anew. */
const VERSION = 1
/** Files that are kept; of ViT-B/16 each takes 155 MB. */
const KEPT = 3
/** A file being written; one this old is of a process that was killed. */
const TEMPORARY = /\.safetensors\.[\da-f-]{36}$/
const TEMPORARY_MS = 600_000

/**
 * The 8-bit form of a pack's CLIP checkpoint: made once, kept in a folder by what it was made from (files, sizes, times), the
 * last few of all packs'. Several processes may ask at once.
 * @throws EngineError 'bad-file' as `writeInt8Checkpoint`; 'disk-full' | 'no-permission' for the folder
 */
export async function int8Checkpoint(checkpoint: Checkpoint, config: ClipConfig, folder: string, pack: string): Promise<Checkpoint> {
  const range = await int8Range()
  const files = [...new Set([...checkpoint.tensors.values()].map(({ location }) => location))].sort()
  const about = await Promise.all(files.map(async (name) => {
    const { size, mtimeMs } = await stat(join(checkpoint.folder, name))
    return [name, size, mtimeMs]
  }))
  const key = createHash('sha256').update(JSON.stringify([VERSION, range, checkpoint.folder, about, config])).digest('hex').slice(0, 40)
  const path = int8Path(folder, pack, key)
  const found = await openCheckpoint(path).catch(() => null)
  if (found !== null) {
    await utimes(path, new Date(), new Date()).catch(() => undefined)
    return found
  }
  const part = `${path}.${randomUUID()}`
  try {
    await mkdir(folder, { recursive: true })
    await writeInt8Checkpoint(checkpoint, config, range, part)
    await rename(part, path).catch(async (error: unknown) => {
      // Windows lets nobody replace a file that is in use: another process was first
      if (await openCheckpoint(path).catch(() => null) === null) throw error
    })
  } catch (error) {
    if (error instanceof EngineError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new EngineError(code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'no-permission', `the 8-bit weights of ${checkpoint.path} can’t be kept in ${folder} (${message}); free some space there, or choose the precision float32`, { cause: error })
  } finally {
    await rm(part, { force: true }).catch(() => undefined)
  }
  await dropOld(folder)
  return openCheckpoint(path)
}

async function dropOld(folder: string): Promise<void> {
  const files = await Promise.all((await readdir(folder)).map(async (name) => ({ path: join(folder, name), name, used: (await stat(join(folder, name)).catch(() => ({ mtimeMs: Infinity }))).mtimeMs })))
  const old = files.filter(({ name }) => name.endsWith('.safetensors')).toSorted((a, b) => b.used - a.used).slice(KEPT)
  const left = files.filter(({ name, used }) => TEMPORARY.test(name) && Date.now() - used > TEMPORARY_MS)
  for (const { path } of [...old, ...left]) await rm(path, { force: true }).catch(() => undefined)
}
