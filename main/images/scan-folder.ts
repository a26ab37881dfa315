import { basename } from 'node:path'
import type { ScannedPicture } from '../contract/images.ts'
import { inspectPicture } from './inspect-picture.ts'
import { listPictures } from './list-pictures.ts'

/** What the project already knows of a picture of this folder. */
export interface KnownPicture {
  readonly id: number
  readonly path: string
  readonly bytes: number
  readonly modified: number
  readonly fingerprint: string
  readonly problem: string | null
  readonly missing: boolean
}

/** A part of what a scan found out, ready to be stored in one transaction. */
export interface FolderChanges {
  readonly added: ScannedPicture[]
  /** new content, the same content under a new path, or only a new time (stored, but not counted as a change) */
  readonly changed: { readonly id: number; readonly image: ScannedPicture }[]
  readonly missing: number[]
  /** were missing, are there again */
  readonly returned: number[]
}

export interface ScanOptions {
  readonly signal?: AbortSignal
  /** files found so far; files read of those that have to be */
  readonly onProgress?: (progress: { found: number; read: number; total: number }) => void
  /** called in path order with a few hundred pictures at a time, and once at the end with what is missing */
  readonly onChanges: (changes: FolderChanges) => void | Promise<void>
}

export interface ScanSummary {
  readonly added: number
  /** other content, or another path */
  readonly changed: number
  readonly missing: number
  readonly returned: number
  readonly found: number
  /** known pictures that are there, by path or by content */
  readonly recognised: number
  readonly problems: { readonly path: string; readonly reason: string }[]
  readonly problemCount: number
  /** of the pictures read: what is not shown of them (frames but the first, bits above 8): first examples */
  readonly remarks: { readonly path: string; readonly remark: string }[]
  readonly remarkCount: number
}

const BATCH = 256
/** Files read at once: header parsing waits on the disk, not on the processor. */
const READERS = 4
const EXAMPLES = 20

/**
 * Compares a folder with what is known of it and reports what was added, changed, went missing or returned. A file is
 * read only when it is new, its size or time differ, or it had a problem before. A new file whose content a missing
 * picture had is that picture, moved: it keeps its id and labels. Never writes to the folder.
 * @param known every picture of the folder that the project has, missing ones included
 * @throws Node's error when the folder itself can't be read; the signal's reason when aborted
 */
export async function scanFolder(folder: string, known: readonly KnownPicture[], options: ScanOptions): Promise<ScanSummary> {
  const { signal, onProgress, onChanges } = options
  const problems: { path: string; reason: string }[] = []
  let problemCount = 0
  const addProblem = (path: string, reason: string) => {
    problemCount++
    if (problems.length < EXAMPLES) problems.push({ path, reason })
  }

  const remarks: { path: string; remark: string }[] = []
  let remarkCount = 0

  const knownByPath = new Map(known.map((picture) => [picture.path, picture]))
  const there = new Set<string>()
  const closed: string[] = []
  const toRead: string[] = []
  const returned: number[] = []
  let recognised = 0
  const counts = { added: 0, changed: 0, missing: 0, returned: 0 }
  for await (const found of listPictures(folder, signal)) {
    if (found.kind !== 'picture') {
      addProblem(found.path, found.reason)
      if (found.kind === 'closed-folder') closed.push(`${found.path}/`)
      continue
    }
    there.add(found.path)
    const before = knownByPath.get(found.path)
    if (before === undefined || before.problem !== null || before.bytes !== found.bytes || before.modified !== found.modified) toRead.push(found.path)
    else {
      recognised++
      if (before.missing) returned.push(before.id)
    }
    if (there.size % 1000 === 0) onProgress?.({ found: there.size, read: 0, total: toRead.length })
  }
  counts.returned = returned.length
  if (returned.length > 0) await onChanges({ added: [], changed: [], missing: [], returned })

  const gone = known.filter((picture) => !there.has(picture.path) && !closed.some((prefix) => picture.path.startsWith(prefix)))
  const goneByContent = new Map<string, KnownPicture[]>()
  for (const picture of gone) {
    if (picture.bytes === 0 || picture.fingerprint === '') continue
    const same = goneByContent.get(picture.fingerprint)
    if (same === undefined) goneByContent.set(picture.fingerprint, [picture])
    else same.push(picture)
  }
  const moved = new Set<number>()

  for (let start = 0; start < toRead.length; start += BATCH) {
    signal?.throwIfAborted()
    const changes: FolderChanges = { added: [], changed: [], missing: [], returned: [] }
    for (const image of await inspectAll(folder, toRead.slice(start, start + BATCH), signal)) {
      if (image.problem !== null) addProblem(image.path, image.problem)
      if (image.remark !== null && ++remarkCount <= EXAMPLES) remarks.push({ path: image.path, remark: image.remark })
      const before = knownByPath.get(image.path) ?? takeSameContent(goneByContent, image)
      if (before === undefined) {
        changes.added.push(image)
        counts.added++
        continue
      }
      recognised++
      if (before.path !== image.path) moved.add(before.id)
      if (before.missing) {
        changes.returned.push(before.id)
        counts.returned++
      }
      const other = before.path !== image.path || before.fingerprint !== image.fingerprint || before.problem !== image.problem
      if (other && !before.missing) counts.changed++
      if (other || before.modified !== image.modified || before.bytes !== image.bytes) changes.changed.push({ id: before.id, image })
    }
    await onChanges(changes)
    onProgress?.({ found: there.size, read: Math.min(start + BATCH, toRead.length), total: toRead.length })
  }

  const missing = gone.filter((picture) => !picture.missing && !moved.has(picture.id)).map((picture) => picture.id)
  counts.missing = missing.length
  if (missing.length > 0) await onChanges({ added: [], changed: [], missing, returned: [] })
  onProgress?.({ found: there.size, read: toRead.length, total: toRead.length })
  return { ...counts, found: there.size, recognised, problems, problemCount, remarks, remarkCount }
}

/** The gone picture with this content, one of the same file name first; it is then taken. */
function takeSameContent(goneByContent: Map<string, KnownPicture[]>, image: ScannedPicture): KnownPicture | undefined {
  const same = image.bytes === 0 ? undefined : goneByContent.get(image.fingerprint)
  if (same === undefined || same.length === 0) return undefined
  const place = same.findIndex((picture) => basename(picture.path) === basename(image.path))
  return same.splice(Math.max(place, 0), 1)[0]
}

/** Reads some files, READERS at a time; results in the order of `paths`. */
async function inspectAll(folder: string, paths: readonly string[], signal: AbortSignal | undefined): Promise<ScannedPicture[]> {
  const results: ScannedPicture[] = Array.from({ length: paths.length })
  let next = 0
  const reader = async () => {
    for (let i = next++; i < paths.length; i = next++) {
      signal?.throwIfAborted()
      results[i] = await inspectPicture(folder, paths[i])
    }
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  return results
}
