import { statSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'

/**
 * The JSON file to write: the granted one, or `name` in the granted folder. It ends in .json, so that no picture or project
 * is replaced by a slip.
 * @throws EngineError 'bad-input' naming what is wrong
 */
export function jsonTarget(granted: string, name: string | undefined): string {
  const folder = statSync(granted, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (folder && name === undefined) throw new EngineError('bad-input', `${JSON.stringify(granted)} is a folder; say how the file is to be called`)
  const path = folder ? join(granted, plainName(name ?? '')) : granted
  if (!path.toLowerCase().endsWith('.json')) throw new EngineError('bad-input', `${JSON.stringify(path)}: the name of the file has to end in .json`)
  return path
}

/** @throws EngineError 'bad-input' when the name could lead out of its folder */
export function plainName(name: string): string {
  if (/[/\\\0]/.test(name) || name === '.' || name === '..') throw new EngineError('bad-input', `${JSON.stringify(name)} is no file name; it must not contain / or \\`)
  return name
}
