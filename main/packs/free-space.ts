import { statfs } from 'node:fs/promises'
import { EngineError } from '../contract/errors.ts'
import { readableBytes } from './readable-bytes.ts'

/** What stays free besides: other programs write too. */
const RESERVE_BYTES = 1 << 20

/**
 * Checks before the first byte that a folder's disk has room.
 * @throws EngineError 'disk-full' with what is needed and what is there
 */
export async function requireFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes + RESERVE_BYTES) return
  throw new EngineError('disk-full', `${folder}: ${readableBytes(bytes)} are needed, its disk has ${readableBytes(free)} free; free some space, or set MASKWRIGHT_PACKS to a folder on another disk`)
}
