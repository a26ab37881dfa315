import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep, win32 } from 'node:path'
import { EngineError } from '../contract/errors.ts'

/** True when `path` is `folder` or lies below it. Both absolute; links are not looked at. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path))
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/**
 * The absolute path of a picture from its folder and its stored relative path (forward slashes), with links resolved;
 * never anything outside the folder.
 * @throws EngineError not-allowed for NUL, absolute paths, `..` and links that lead out; Node's own error when the file is gone
 */
export async function safePath(folder: string, relativePath: string): Promise<string> {
  const refuse = (why: string) => new EngineError('not-allowed', `${JSON.stringify(relativePath)} ${why}; pictures are only read inside ${JSON.stringify(folder)}`)
  if (relativePath === '' || relativePath.includes('\0')) throw refuse('is no file name')
  if (relativePath.startsWith('/') || isAbsolute(relativePath) || (process.platform === 'win32' && win32.parse(relativePath).root !== '')) throw refuse('is an absolute path')
  const parts = relativePath.split(process.platform === 'win32' ? /[/\\]/ : '/')
  if (parts.some((part) => part === '..' || part === '.' || part === '')) throw refuse('steps out of its folder or is not in plain form')
  const [realFolder, realFile] = await Promise.all([realpath(folder), realpath(join(folder, ...parts))])
  if (realFile === realFolder || !isInside(realFolder, realFile)) throw refuse('is a link that leads out of its folder')
  return realFile
}
