import { readFile } from 'node:fs/promises'
import { EngineError } from '../contract/errors.ts'

/**
 * Which classes a person says are in which image: JSON `{ "a/b.jpg": ["cat", "dog"] }`, or lines `a/b.jpg: cat, dog`
 * (the last colon or the first tab parts name and classes; `#` begins a comment line).
 * @returns path relative to the image folder → class names
 * @throws EngineError 'not-found' or 'bad-file' naming the line
 */
export async function readTicksFile(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new EngineError('not-found', `--ticks ${path}: ${error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : String(error)}`)
  }
  const ticks = text.trimStart().startsWith('{') ? fromJson(path, text) : fromLines(path, text)
  if (ticks.size === 0) throw new EngineError('bad-file', `${path}: it names no image`)
  return ticks
}

function fromJson(path: string, text: string): Map<string, string[]> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new EngineError('bad-file', `${path}: not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const entries = Object.entries(parsed as Record<string, unknown>)
  const wrong = entries.find(([, names]) => !Array.isArray(names) || names.some((name) => typeof name !== 'string'))
  if (wrong !== undefined) throw new EngineError('bad-file', `${path}: ${JSON.stringify(wrong[0])} has to be a list of class names`)
  return new Map(entries as [string, string[]][])
}

function fromLines(path: string, text: string): Map<string, string[]> {
  const ticks = new Map<string, string[]>()
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const at = line.includes('\t') ? line.indexOf('\t') : line.lastIndexOf(':')
    if (at < 0) throw new EngineError('bad-file', `${path}, line ${i + 1}: write "image: class, class"`)
    ticks.set(line.slice(0, at).trim(), line.slice(at + 1).split(',').map((name) => name.trim()).filter((name) => name !== ''))
  }
  return ticks
}
