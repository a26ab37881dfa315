import { lstat, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { reasonOf } from './picture-source.ts'

/** Names that look like pictures. BMP is listed so that the scan can say why it is refused. */
const PICTURE_NAMES = new Set(['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff', '.bmp'])
/** lstat calls in flight: enough to hide a network share's latency, few enough not to starve Node's thread pool */
const STATS_AT_ONCE = 32

export const looksLikePicture = (name: string) => !name.startsWith('.') && PICTURE_NAMES.has(extname(name).toLowerCase())

/** What walking a folder meets. Paths are relative to the folder, forward slashes. */
export type Found =
  | { readonly kind: 'picture'; readonly path: string; readonly bytes: number; readonly modified: number }
  /** a link: never followed, so that nothing outside the folder is read and no loop is entered */
  | { readonly kind: 'link'; readonly path: string; readonly reason: string }
  /** what is below is not known: labels of pictures there must not be called missing */
  | { readonly kind: 'closed-folder'; readonly path: string; readonly reason: string }

/**
 * Walks a folder for files that look like pictures, in name order, hidden files and folders left out. Yields as it goes,
 * so 100,000 files neither wait for each other nor block the event loop. Reads directory entries and sizes, no content.
 * @throws Node's error when the folder itself can't be read
 */
export async function* listPictures(folder: string, signal?: AbortSignal): AsyncGenerator<Found> {
  const waiting = ['']
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
    signal?.throwIfAborted()
    let entries
    try {
      entries = await readdir(join(folder, here), { withFileTypes: true })
    } catch (error) {
      if (here === '') throw error
      yield { kind: 'closed-folder', path: here, reason: reasonOf(error) }
      continue
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    const prefix = here === '' ? '' : `${here}/`
    const folders: string[] = []
    const files: string[] = []
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const path = prefix + entry.name
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isSymbolicLink()) {
        if (looksLikePicture(entry.name)) yield { kind: 'link', path, reason: 'is a link; links are not followed. Add the folder it points to' }
      } else if (entry.isFile() && looksLikePicture(entry.name)) files.push(path)
    }
    waiting.push(...folders.reverse())
    for (let i = 0; i < files.length; i += STATS_AT_ONCE) {
      signal?.throwIfAborted()
      yield* await Promise.all(files.slice(i, i + STATS_AT_ONCE).map(async (path): Promise<Found> => {
        const about = await lstat(join(folder, path)).catch(() => undefined)
        return { kind: 'picture', path, bytes: about?.size ?? 0, modified: Math.floor(about?.mtimeMs ?? 0) }
      }))
    }
  }
}
