import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { floatToHalf } from '../../models/half.ts'
import { halfToFloat } from '../../models/safetensors.ts'

/** @property values  f32 of `shape`, row-major */
export interface StoredMap {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

/**
 * What networks gave for pictures and texts, kept on disk by key so that they need not run again; bounded, the longest unused
 * goes first. Never fails: what cannot be read is not there, what cannot be written is not kept.
 */
export interface MapsCache {
  /** null: not there, or damaged */
  read(key: string): Promise<StoredMap | null>
  /**
   * @param precision float16 halves the file; values keep 11 bits (relative error ≤ 4.9e-4, below 6e-5 absolute ≤ 3e-8)
   * @returns the map as it will be read, so that results do not depend on what was in the cache
   */
  write(key: string, map: StoredMap, precision: 'float16' | 'float32'): Promise<StoredMap>
}

const MAGIC = 'MWMAPS01'
const SUFFIX = '.map'
/** A file being written; one this old is of a process that was killed, as a pipeline is to cancel. */
const TEMPORARY = /\.map\.[\da-f-]{36}$/
const TEMPORARY_MS = 60_000
/** Part of the limit that a process may write before it looks what others have written meanwhile. */
const LOOK_AGAIN = 1 / 16
/** Part of the limit that is left free when room is made, so that it is not made at every write. */
const SLACK = 0.1

interface Header {
  readonly key: string
  readonly precision: 'float16' | 'float32'
  readonly shape: readonly number[]
  readonly crc32: number
}

/**
 * @param folder  made when something is first written; may be used by several processes at once
 * @param limitBytes  of all files together; 0 keeps nothing. Of k processes that write at once each may exceed it by a sixteenth
 */
export function openMapsCache(folder: string, limitBytes: number): MapsCache {
  const pathOf = (key: string): string => join(folder, createHash('sha256').update(key).digest('hex').slice(0, 40) + SUFFIX)
  /** what lies there as far as this process knows; null: not looked yet */
  let total: number | null = null
  /** written by this process since it looked */
  let written = 0

  async function makeRoom(bytes: number): Promise<void> {
    if (total !== null && total + bytes <= limitBytes && written + bytes <= LOOK_AGAIN * limitBytes) {
      total += bytes
      written += bytes
      return
    }
    const files: { readonly name: string; readonly bytes: number; readonly used: number }[] = []
    for (const name of await readdir(folder)) {
      if (!name.endsWith(SUFFIX) && !TEMPORARY.test(name)) continue
      const about = await stat(join(folder, name)).catch(() => null)
      if (about === null) continue
      if (!name.endsWith(SUFFIX) && Date.now() - about.mtimeMs > TEMPORARY_MS) await rm(join(folder, name), { force: true })
      else files.push({ name, bytes: about.size, used: name.endsWith(SUFFIX) ? about.mtimeMs : Number.POSITIVE_INFINITY })
    }
    let sum = files.reduce((all, file) => all + file.bytes, 0)
    if (sum + bytes > limitBytes) {
      for (const file of files.toSorted((a, b) => a.used - b.used)) {
        if (sum + bytes <= (1 - SLACK) * limitBytes || file.used === Number.POSITIVE_INFINITY) break
        await rm(join(folder, file.name), { force: true })
        sum -= file.bytes
      }
    }
    total = sum + bytes
    written = bytes
  }

  return {
    async read(key) {
      const path = pathOf(key)
      try {
        const map = decoded(await readFile(path), key)
        if (map === null) await rm(path, { force: true })
        else await utimes(path, new Date(), new Date())
        return map
      } catch {
        return null
      }
    },
    async write(key, map, precision) {
      const { values, shape } = map
      const stored = precision === 'float16' ? floatToHalf(values) : values
      const kept = stored === values ? map : { values: halfToFloat(stored as Uint16Array), shape }
      const body = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)
      const header = Buffer.from(JSON.stringify({ key, precision, shape, crc32: crc32(body) } satisfies Header))
      const start = Buffer.alloc(MAGIC.length + 4)
      start.write(MAGIC, 'latin1')
      start.writeUInt32LE(header.length, MAGIC.length)
      const bytes = start.length + header.length + body.length
      if (bytes > limitBytes) return kept
      const path = pathOf(key)
      const temporary = `${path}.${randomUUID()}`
      try {
        await mkdir(folder, { recursive: true })
        await makeRoom(bytes)
        await writeFile(temporary, Buffer.concat([start, header, body]))
        await rename(temporary, path)
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined)
      }
      return kept
    },
  }
}

/** Null for anything but a whole file of this key. */
function decoded(file: Buffer, key: string): StoredMap | null {
  const from = MAGIC.length + 4
  if (file.length < from || file.toString('latin1', 0, MAGIC.length) !== MAGIC) return null
  const to = from + file.readUInt32LE(MAGIC.length)
  if (to > file.length) return null
  let header: Header
  try {
    header = JSON.parse(file.toString('utf8', from, to)) as Header
  } catch {
    return null
  }
  const body = file.subarray(to)
  const count = header.shape.reduce((product, side) => product * side, 1)
  if (header.key !== key || body.length !== count * (header.precision === 'float16' ? 2 : 4) || crc32(body) !== header.crc32) return null
  // a copy, because typed arrays begin at multiples of their element
  const bytes = new Uint8Array(body).buffer
  return { shape: header.shape, values: header.precision === 'float16' ? halfToFloat(new Uint16Array(bytes)) : new Float32Array(bytes) }
}
