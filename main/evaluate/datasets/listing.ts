import { readdir, readFile } from 'node:fs/promises'
import { EngineError } from '../../contract/errors.ts'

/** Non-empty lines of a list file. */
export async function readList(path: string, what: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').map((line) => line.trim()).filter((line) => line !== '')
  } catch {
    throw new EngineError('not-found', `${path}: no such list; ${what}`)
  }
}

/** Sorted names in a folder. */
export async function listFolder(path: string, what: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort()
  } catch {
    throw new EngineError('not-found', `${path}: no such folder; ${what}`)
  }
}
