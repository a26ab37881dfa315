import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { RefusedFile } from './findings.ts'

const HEAD_BYTES = 64 << 10
const DEPTH_MAX = 8
/** One label file (XML, text, JSON, PNG of one image) may not be larger. */
const FILE_BYTES_MAX = 256 << 20

/** A file or a folder that may be a data set. */
export interface Place {
  readonly path: string
  readonly isFolder: boolean
  /** for messages and provenance */
  readonly name: string
  /** paths of all files in the folder, relative to it, forward slashes, in order; of a file: its own name */
  readonly files: readonly string[]
  readonly has: (relative: string) => boolean
  /** the first 64 KiB of a file as text */
  head(relative: string): string
  headBytes(relative: string): Buffer
  /** the last 64 KiB */
  tail(relative: string): string
  bytes(relative: string): Buffer
  text(relative: string): string
  absolute(relative: string): string
}

/**
 * Looks at a file or folder. Links that lead out of the folder are not followed. O(files).
 * @throws errors of the file system as they are
 */
export function lookAt(path: string): Place {
  const isFolder = statSync(path).isDirectory()
  const home = isFolder ? path : dirname(path)
  const files = isFolder ? listed(path, '', 0) : [basename(path)]
  const known = new Set(files)
  const absolute = (relative: string): string => join(home, relative)
  return {
    path, isFolder, name: basename(path), files, absolute,
    has: (relative) => known.has(relative),
    headBytes: (relative) => piece(absolute(relative), () => 0),
    head: (relative) => piece(absolute(relative), () => 0).toString('utf8'),
    tail: (relative) => piece(absolute(relative), (size) => Math.max(0, size - HEAD_BYTES)).toString('utf8'),
    bytes(relative) {
      const { size } = statSync(absolute(relative))
      if (size > FILE_BYTES_MAX) throw new RefusedFile('file-too-large', `${relative} has ${size} bytes; at most ${FILE_BYTES_MAX} are read of one label file`, 'nothing is read')
      return readFileSync(absolute(relative))
    },
    text(relative) {
      return this.bytes(relative).toString('utf8')
    },
  }
}

function piece(path: string, from: (size: number) => number): Buffer {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(HEAD_BYTES)
    return buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, from(fstatSync(file).size)))
  } finally {
    closeSync(file)
  }
}

function listed(root: string, inside: string, depth: number): string[] {
  const found: string[] = []
  for (const entry of readdirSync(join(root, inside), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    const relative = inside === '' ? entry.name : `${inside}/${entry.name}`
    if (entry.isFile()) found.push(relative)
    else if (entry.isDirectory() && depth < DEPTH_MAX) found.push(...listed(root, relative, depth + 1))
  }
  return found
}

const PICTURE = /\.(jpe?g|png|webp|tiff?|bmp|gif|avif|heic|jxl)$/i
export const isPicture = (name: string): boolean => PICTURE.test(name)
/** the path without its extension: 'a/b.c.jpg' → 'a/b.c' */
export const stemOf = (name: string): string => name.replace(/\.[^./]+$/, '')
export const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** Files of a folder that are pictures, by their path below `folder` without the extension. O(files). */
export function picturesBelow(place: Place, folder: string): Map<string, string> {
  const start = folder === '' ? '' : `${folder}/`
  const found = new Map<string, string>()
  for (const file of place.files) if (file.startsWith(start) && isPicture(file)) found.set(stemOf(file.slice(start.length)), file)
  return found
}
