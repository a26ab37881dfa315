import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'

const LOCK_FILE = '.installing'
/** A living holder touches its lock this often; one that was not touched for much longer is of a process that died. */
const TOUCH_MS = 5_000
const STALE_MS = 60_000

/**
 * Keeps other processes from installing into the same folder of packs.
 * @returns what lets it go
 * @throws EngineError 'in-use' naming the process
 */
export async function lockInstallation(packsFolder: string): Promise<() => Promise<void>> {
  await mkdir(packsFolder, { recursive: true })
  const path = join(packsFolder, LOCK_FILE)
  for (let attempt = 1; ; attempt++) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(String(process.pid))
      await file.close()
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = await holderOf(path)
      if (holder !== null || attempt >= 3) throw new EngineError('in-use', `process ${holder ?? '?'} is installing into ${packsFolder}; wait for it or cancel it there`)
      await rm(path, { force: true })
    }
  }
  const touching = setInterval(() => { utimes(path, new Date(), new Date()).catch(() => undefined) }, TOUCH_MS)
  touching.unref()
  return async () => {
    clearInterval(touching)
    await rm(path, { force: true })
  }
}

/** The living process that holds the lock; null: whoever did has died. */
async function holderOf(path: string): Promise<number | null> {
  try {
    const pid = Number(await readFile(path, 'utf8'))
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > STALE_MS) return null
    // between opening and writing it is empty: somebody lives
    if (pid === 0 || pid === process.pid) return process.pid
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? Number.NaN : null
  }
}
