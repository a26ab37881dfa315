import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
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
 * Writes one file whole or not at all; pictures go to `images/` beside it, where equal ones may lie from an earlier export.
 * @throws EngineError 'bad-input' where another picture has the place of one; 'disk-full', 'no-permission', 'not-found', 'bad-file'
 */
export async function writeOneFile(path: string, pictures: 'none' | 'copy' | 'link', write: (out: Out) => Promise<void>): Promise<void> {
  const placed: string[] = []
  try {
    await write({
      text: (_, writeText) => writeBeside(path, writeText),
      file: (_, make) => writeBeside(path, async (text) => { await text(String(make())) }),
      picture: async (relative, from) => {
        const target = join(dirname(path), 'images', relative)
        if (pictures === 'none' || await isThere(target, from)) return
        // beside, then renamed: a copy that is cut off would pass for another picture at the next export
        const part = join(dirname(target), `.${randomBytes(4).toString('hex')}.part`)
        placed.push(part)
        await placePicture(part, from, pictures)
        await rename(part, target)
        placed.push(target)
      },
    })
  } catch (error) {
    for (const target of placed) await rm(target, { force: true }).catch(() => undefined)
    throw explained(error, path)
  }
}

/** Whether the picture lies at the target already. @throws EngineError 'bad-input' when another does: no picture is ever written over */
async function isThere(target: string, from: string): Promise<boolean> {
  // exact: on Windows two files' numbers may be one as floating point
  const there = await stat(target, { bigint: true }).catch(() => undefined)
  if (there === undefined) return false
  const wanted = await stat(from, { bigint: true })
  if (there.ino === wanted.ino && there.dev === wanted.dev) return true
  if (there.isFile() && there.size === wanted.size && (await readFile(target)).equals(await readFile(from))) return true
  throw new EngineError('bad-input', `${JSON.stringify(target)} is there already and another picture than ${JSON.stringify(from)}; pictures are not written over: choose another folder`)
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
  if (pictures === 'copy') return copyFile(from, target, constants.COPYFILE_EXCL)
  await symlink(from, target)
}
