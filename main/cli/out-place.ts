import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EngineError } from '../contract/errors.ts'

/**
 * Refuses a file that could not be written at the end, before the work for it begins.
 * @param option  its name on the command line
 * @throws EngineError 'not-found', 'no-permission', 'bad-input'
 */
export function requirePlace(option: string, path: string): void {
  const folder = dirname(resolve(path))
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new EngineError('not-found', `${option} ${path}: there is no folder ${folder}`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new EngineError('bad-input', `${option} ${path}: that is a folder; say how the file is to be called`)
  try {
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new EngineError('no-permission', `${option} ${path}: no permission to write into ${folder}`, { cause: error })
  }
}
