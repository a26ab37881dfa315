import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { EngineError } from '../contract/errors.ts'

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new EngineError((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'bad-file', `${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message}`)
  }
}

/** Class names of a file: one a line (text), a JSON list, or `names` / `classes` of YAML or a JSON object, in the order of their ids. Duplicates are refused by name. */
export async function readClassesFile(path: string): Promise<string[]> {
  const text = await readText(path)
  if (/\.ya?ml$/i.test(path) || text.trimStart().startsWith('{')) return checkNames(path, [...(await readTruthIds(path))].sort(([a], [b]) => a - b).map(([, name]) => name))
  let names: unknown
  if (text.trimStart().startsWith('[')) {
    try {
      names = JSON.parse(text)
    } catch (error) {
      throw new EngineError('bad-file', `${path}: not a JSON list of names: ${(error as Error).message}`)
    }
  } else names = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  return checkNames(path, names)
}

/** `--classes a,b,c`. */
export const parseClassNames = (list: string): string[] => checkNames('--classes', list.split(',').map((name) => name.trim()))

function checkNames(from: string, names: unknown): string[] {
  if (!Array.isArray(names) || names.length === 0 || names.some((name) => typeof name !== 'string' || name.trim() === '')) throw new EngineError('bad-input', `${from}: a list of class names is wanted, without empty ones`)
  const list = (names as string[]).map((name) => name.trim())
  const twice = list.find((name, i) => list.indexOf(name) !== i)
  if (twice !== undefined) throw new EngineError('bad-input', `${from}: class "${twice}" is listed twice`)
  return list
}

/**
 * How a truth file's values name classes: YAML or JSON `id: name`, at the top or under `classes:` / `names:`
 * (also a list: place = id). Returns value → name.
 */
export async function readTruthIds(path: string): Promise<ReadonlyMap<number, string>> {
  let parsed: unknown
  try {
    parsed = parse(await readText(path))
  } catch (error) {
    if (error instanceof EngineError) throw error
    throw new EngineError('bad-file', `${path}: not YAML: ${(error as Error).message.split('\n')[0]}`)
  }
  const root = (parsed ?? {}) as Record<string, unknown>
  const table = root['classes'] ?? root['names'] ?? parsed
  const entries: [string, unknown][] = typeof table === 'object' && table !== null ? Object.entries(table) : []
  const ids = entries.filter((entry): entry is [string, string] => /^\d+$/.test(entry[0]) && typeof entry[1] === 'string')
  if (ids.length === 0) throw new EngineError('bad-file', `${path}: it holds no "id: name" lines`)
  return new Map(ids.map(([id, name]) => [Number(id), name]))
}
