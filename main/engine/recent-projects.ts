import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Log } from './context.ts'

const RECENT = 12
const Stored = z.array(z.string())

/** The projects opened last, newest first, in a small file of the data folder. */
export interface RecentProjects {
  /** those that are still there */
  list(): Promise<string[]>
  /** never throws: a list that can't be written is only a nuisance */
  opened(path: string): Promise<void>
}

export function createRecentProjects(dataFolder: string, log: Log): RecentProjects {
  const file = join(dataFolder, 'recent-projects.json')
  const read = async () => {
    try {
      return Stored.parse(JSON.parse(await readFile(file, 'utf8')))
    } catch {
      return []
    }
  }
  return {
    list: async () => (await read()).filter((path) => existsSync(path)),
    async opened(path) {
      try {
        const paths = [path, ...(await read()).filter((other) => other !== path)].slice(0, RECENT)
        await mkdir(dirname(file), { recursive: true })
        await writeFile(`${file}.part`, JSON.stringify(paths))
        await rename(`${file}.part`, file)
      } catch (error) {
        log.write('warn', 'engine', `the list of recent projects could not be written: ${String(error)}`)
      }
    },
  }
}
