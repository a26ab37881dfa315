import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readdir, rename, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import { explained, type WriteText, writeBeside } from './write-beside.ts'

/** Where a writer puts its files, by names relative to the target; '' is the target itself when the format is one file. */
export interface Out {
  /** a text that is written bit by bit */
  text(relative: string, write: (text: WriteText) => Promise<void>): Promise<void>
  /** a file made whole; `make` is not called in a dry run */
  file(relative: string, make: () => string | Uint8Array): Promise<void>
  /** the picture at `from`, copied or linked as the options say */
  picture(relative: string, from: string): Promise<void>
}

const nothing = (): undefined => undefined
/** Takes everything and writes nothing: with it a dry run does all that a real one does. */
export const DRY_OUT: Out = {
  text: (_, write) => write(nothing),
  file: () => Promise.resolve(),
  picture: () => Promise.resolve(),
}

/**
 * An Out for one file; pictures go to `images/` beside it.
 * @throws EngineError 'disk-full', 'no-permission', 'not-found', 'bad-file'
 */
export function fileOut(path: string, pictures: 'none' | 'copy' | 'link'): Out {
  return {
    text: (_, write) => writeBeside(path, write),
    file: (_, make) => writeBeside(path, async (text) => { await text(String(make())) }),
    picture: (relative, from) => placePicture(join(dirname(path), 'images', relative), from, pictures),
  }
}

/**
 * Writes a folder whole or not at all: beside the target, then renamed to it. The target must not exist, or be empty.
 * @throws EngineError 'bad-input' when there is something already; 'disk-full', 'no-permission', 'not-found', 'bad-file'
 */
export async function writeFolder(path: string, pictures: 'none' | 'copy' | 'link', write: (out: Out) => Promise<void>): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there !== undefined && (!there.isDirectory() || (await readdir(path)).length > 0)) {
    throw new EngineError('bad-input', `${JSON.stringify(path)} exists already; this format writes a folder: choose a new or an empty one`)
  }
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(4).toString('hex')}.part`)
  const made = new Set<string>()
  const placed = async (relative: string): Promise<string> => {
    const target = join(temporary, relative)
    const folder = dirname(target)
    if (!made.has(folder)) {
      await mkdir(folder, { recursive: true })
      made.add(folder)
    }
    return target
  }
  try {
    await mkdir(temporary)
    await write({
      text: async (relative, writeText) => writeBeside(await placed(relative), writeText),
      file: async (relative, make) => writeFile(await placed(relative), make()),
      picture: async (relative, from) => placePicture(await placed(relative), from, pictures),
    })
    if (there !== undefined) await rmdir(path)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    throw explained(error, path)
  }
}

async function placePicture(target: string, from: string, pictures: 'none' | 'copy' | 'link'): Promise<void> {
  if (pictures === 'none') return
  await mkdir(dirname(target), { recursive: true })
  if (pictures === 'copy') return copyFile(from, target)
  await symlink(from, target)
}
