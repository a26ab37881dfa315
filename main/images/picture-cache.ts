import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

/** Small files by key on disk, bounded; what was used longest ago goes first. Losing it costs only time. */
export interface PictureCache {
  get(key: string): Promise<Uint8Array | undefined>
  /** never throws: a full disk only means that nothing is cached */
  put(key: string, bytes: Uint8Array): Promise<void>
}

/** After pruning the cache holds this share of its limit, so that it is not pruned at every write */
const KEPT_SHARE = 0.8
/** a file's time of use is written at most this often, ms */
const TOUCH_EVERY = 60 * 60 * 1000

/**
 * @param folder created when missing; nothing else may live in it
 * @param limitBytes greatest total size
 */
export function createPictureCache(folder: string, limitBytes: number): PictureCache {
  let total: number | undefined
  let pruning: Promise<void> | undefined
  const touched = new Map<string, number>()
  const pathOf = (key: string) => join(folder, ...key.split('/').map((part) => part.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')))

  const everything = async () => {
    const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
    const files = await Promise.all(names.filter((entry) => entry.isFile()).map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const about = await stat(path).catch(() => undefined)
      return about === undefined ? undefined : { path, bytes: about.size, used: about.mtimeMs }
    }))
    return files.filter((file) => file !== undefined)
  }

  const prune = async () => {
    const files = await everything()
    let sum = files.reduce((bytes, file) => bytes + file.bytes, 0)
    files.sort((a, b) => a.used - b.used)
    for (const file of files) {
      if (sum <= limitBytes * KEPT_SHARE) break
      await rm(file.path, { force: true }).catch(() => undefined)
      touched.delete(relative(folder, file.path).split(sep).join('/'))
      sum -= file.bytes
    }
    total = sum
  }

  return {
    async get(key) {
      try {
        const path = pathOf(key)
        const bytes = await readFile(path)
        const now = Date.now()
        if (now - (touched.get(key) ?? 0) > TOUCH_EVERY) {
          touched.set(key, now)
          await utimes(path, new Date(now), new Date(now)).catch(() => undefined)
        }
        return bytes
      } catch {
        return undefined
      }
    },
    async put(key, bytes) {
      if (bytes.length > limitBytes * KEPT_SHARE) return
      const path = pathOf(key)
      const unfinished = `${path}.${randomBytes(4).toString('hex')}.part`
      try {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(unfinished, bytes)
        await rename(unfinished, path)
        touched.set(key, Date.now())
        if (total !== undefined) total += bytes.length
        if (total === undefined || total > limitBytes) {
          pruning ??= (total === undefined ? everything().then((files) => { total = files.reduce((sum, file) => sum + file.bytes, 0) }) : prune()).finally(() => { pruning = undefined })
          await pruning
        }
      } catch {
        await rm(unfinished, { force: true }).catch(() => undefined)
      }
    },
  }
}
