import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { RefusedFile } from './findings.ts'
import type { ImageEntry } from './format.ts'
import { normalPath } from './match-images.ts'
import type { Place } from './place.ts'

/** What a JSON file holds, by its beginning and its end. */
export type JsonKind = 'instances' | 'panoptic' | 'results' | 'datumaro' | 'labelme' | 'other'

/** Guesses from the first and last 64 KiB; never reads the whole file. */
export function jsonKind(place: Place, relative: string): JsonKind {
  if (!/\.json$/i.test(relative)) return 'other'
  const head = place.head(relative).replace(/^\uFEFF/, '')
  if (/^\s*\[/.test(head)) return /"image_id"\s*:/.test(head) || /^\s*\[\s*\]\s*$/.test(head) ? 'results' : 'other'
  const both = head + place.tail(relative)
  if (/"segments_info"\s*:/.test(both)) return 'panoptic'
  if (/"(dm_format_version|media_type)"\s*:/.test(both) || (/"items"\s*:\s*\[/.test(both) && !/"images"\s*:\s*\[/.test(both))) return 'datumaro'
  if (/"shapes"\s*:\s*\[/.test(both) && /"image(Path|Height|Data)"\s*:/.test(both)) return 'labelme'
  return /"(images|annotations|categories)"\s*:\s*\[/.test(both) ? 'instances' : 'other'
}

const LOOKED_AT = 50
/** Files of a folder that may hold a whole data set: not one a picture. */
const candidates = (place: Place): string[] => place.files.filter((file) => /\.json$/i.test(file) && file.split('/').length <= 3).slice(0, LOOKED_AT)

export const hasKind = (place: Place, kind: JsonKind): boolean => candidates(place).some((file) => jsonKind(place, file) === kind)

/** Every file of this kind: the place itself, or those in the folder. */
export const filesOfKind = (place: Place, kind: JsonKind): string[] => (place.isFolder ? candidates(place).filter((file) => jsonKind(place, file) === kind) : [place.files[0]])

/**
 * The one file of this kind: the place itself, or the only one in the folder.
 * @throws RefusedFile when there is none, or several to choose from
 */
export function fileOfKind(place: Place, kind: JsonKind): string {
  const found = filesOfKind(place, kind)
  if (found.length === 1) return found[0]
  if (found.length === 0) throw new RefusedFile('no-file', `${place.name} holds no JSON file of this format`, 'give the file itself')
  throw new RefusedFile('several-files', `${place.name} holds ${found.length} files of this format: ${found.slice(0, 4).join(', ')}`, 'give one of them')
}

/** Where the picture of an entry lies relative to the file that names it: beside it, in images/, or in ../images/. */
export function pictureNear(file: string): (entry: ImageEntry) => string | null {
  const home = dirname(file)
  return ({ fileName }) => {
    const name = normalPath(fileName)
    if (name === null) return null
    return [home, join(home, 'images'), join(home, '..', 'images'), join(home, '..')].map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
  }
}
