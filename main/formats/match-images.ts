import type { CocoImage } from './coco-header.ts'
import type { Findings } from './findings.ts'
import { baseOf, isPicture, stemOf } from './place.ts'

/** An image of the project, as far as an import needs it. */
export interface TargetImage {
  readonly id: number
  /** relative to its folder, forward slashes */
  readonly path: string
  /** of the upright image, px; 0 when the picture can't be read */
  readonly width: number
  readonly height: number
}

export interface MatchedImage extends TargetImage {
  readonly entry: CocoImage
}

/** A picture that a file claims to be larger is none: what its masks took of time and memory would have no bounds. */
const SIDE_MAX_PX = 1 << 17
const PIXELS_MAX = 1 << 28
const LEFT_OUT = 'left out with its annotations'

/** One spelling of a relative path, or null when it is absolute or leads out of the folder. */
export function normalPath(name: string): string | null {
  const slashes = name.normalize('NFC').replaceAll('\\', '/')
  if (slashes.startsWith('/') || /^[a-z]:/i.test(slashes) || /^[a-z][a-z0-9+.-]*:\/\//i.test(slashes) || slashes.includes('\0')) return null
  const parts = slashes.split('/').filter((part) => part !== '' && part !== '.')
  return parts.length === 0 || parts.includes('..') ? null : parts.join('/')
}

/**
 * Finds the project's image of each entry: by path relative to a folder, then by base name where that is unique on
 * both sides, then by the folders before it (a file that says images/a/x.jpg of a project whose folder has a/x.jpg and
 * b/x.jpg). Entries that match nothing, more than one image, or an image already taken are findings. O(images).
 */
export function matchImages(entries: readonly CocoImage[], images: Iterable<TargetImage>, findings: Findings): MatchedImage[] {
  const steps = matchSteps(entries, images, findings)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The same in steps, so that others can work between them. */
export function* matchSteps(entries: readonly CocoImage[], images: Iterable<TargetImage>, findings: Findings): Generator<void, MatchedImage[], void> {
  const byPath = new Map<string, TargetImage[]>()
  const byStem = new Map<string, TargetImage[]>()
  const anyStem = entries.some(({ fileName }) => !isPicture(fileName))
  for (const image of images) {
    yield
    push(byPath, image.path.normalize('NFC'), image)
    if (anyStem) push(byStem, stemOf(image.path.normalize('NFC')), image)
  }
  const taken = new Set<number>()
  const paths = new Map<string, CocoImage>()
  const matched: MatchedImage[] = []
  const rest: { readonly entry: CocoImage; readonly path: string }[] = []
  for (const entry of entries) {
    yield
    const shown = JSON.stringify(entry.fileName)
    const path = normalPath(entry.fileName)
    if (path === null) {
      findings.add('path-escapes', 'refused', `${LEFT_OUT}: file names have to be relative to the image folder`, `image ${entry.key}: ${shown}`)
      continue
    }
    const before = paths.get(path)
    if (before !== undefined) {
      findings.add('file-twice', 'refused', `the second is ${LEFT_OUT}: two entries name the same file`, `images ${before.key} and ${entry.key}: ${shown}`)
      continue
    }
    paths.set(path, entry)
    // label files of some formats bear the picture's name without its extension
    const found = byPath.get(path) ?? (isPicture(path) ? [] : (byStem.get(path) ?? []))
    if (found.length === 0) rest.push({ entry, path })
    else if (found.length > 1) findings.add('file-ambiguous', 'refused', LEFT_OUT, `image ${entry.key}: ${shown} is in ${found.length} folders of the project`)
    else {
      taken.add(found[0].id)
      matched.push({ ...found[0], entry })
    }
  }
  const freeByBase = new Map<string, TargetImage[]>()
  for (const found of byPath.values()) {
    yield
    for (const image of found) if (!taken.has(image.id)) push(freeByBase, baseOf(image.path.normalize('NFC')), image)
  }
  const askedByBase = new Map<string, number>()
  const freeByStem = new Map<string, TargetImage[]>()
  if (anyStem) for (const found of freeByBase.values()) for (const image of found) push(freeByStem, stemOf(baseOf(image.path.normalize('NFC'))), image)
  let ends: { readonly free: ReadonlyMap<string, TargetImage | null>; readonly asked: ReadonlyMap<string, { readonly path: string } | null> } | null = null
  for (const { path } of rest) askedByBase.set(baseOf(path), (askedByBase.get(baseOf(path)) ?? 0) + 1)
  for (const { entry, path } of rest) {
    yield
    const base = baseOf(path)
    const free = freeByBase.get(base) ?? (isPicture(path) ? [] : (freeByStem.get(base) ?? []))
    const asked = askedByBase.get(base) ?? 0
    const shown = JSON.stringify(entry.fileName)
    let near: TargetImage | null = null
    if (free.length > 0 && (free.length > 1 || asked > 1)) {
      ends ??= { free: yield* byEnds([...freeByBase.values()].flat(), (image) => namesOf(image, anyStem)), asked: yield* byEnds(rest, (one) => [one.path]) }
      near = longestEnd([path], ends.free)
      // and the other way round: no other entry means it more
      if (near !== null && longestEnd(namesOf(near, anyStem), ends.asked)?.path !== path) near = null
    }
    if (near !== null) {
      findings.add('file-by-name', 'note', 'found by its base name; the name in the file is kept for export', `${shown} is ${JSON.stringify(near.path)}`)
      matched.push({ ...near, entry })
    } else if (free.length === 0) findings.add('file-missing', 'refused', `${LEFT_OUT}: no image of the project has this name; add its folder first`, `image ${entry.key}: ${shown}`)
    else if (free.length > 1 || asked > 1) {
      findings.add('file-ambiguous', 'refused', LEFT_OUT, `image ${entry.key}: ${shown} could be ${free.slice(0, 3).map((image) => JSON.stringify(image.path)).join(' or ')}`)
    } else {
      if (free[0].path !== path) findings.add('file-by-name', 'note', 'found by its base name; the name in the file is kept for export', `${shown} is ${JSON.stringify(free[0].path)}`)
      matched.push({ ...free[0], entry })
    }
  }
  const fitting: MatchedImage[] = []
  for (const image of matched) {
    yield
    if (fits(image, findings)) fitting.push(image)
  }
  return fitting
}

/** What an entry may call an image: its path, and where entries without an extension are, its path without. */
const namesOf = ({ path }: TargetImage, anyStem: boolean): string[] => {
  const name = path.normalize('NFC')
  return anyStem && isPicture(name) ? [name, stemOf(name)] : [name]
}

/** Items by each end of their names (`b/c.jpg`, `a/b/c.jpg`, …); null: several have it. */
function* byEnds<T>(items: readonly T[], names: (item: T) => readonly string[]): Generator<void, Map<string, T | null>, void> {
  const found = new Map<string, T | null>()
  for (const item of items) {
    yield
    for (const name of names(item)) for (const end of endsOf(name)) found.set(end, found.has(end) ? null : item)
  }
  return found
}

/** The longest first; the base name alone is none. */
function endsOf(path: string): string[] {
  const ends: string[] = []
  for (let from = 0; path.includes('/', from); from = path.indexOf('/', from) + 1) ends.push(path.slice(from))
  return ends
}

/** The one item with the longest end that one of these names has, or null. */
function longestEnd<T>(names: readonly string[], found: ReadonlyMap<string, T | null>): T | null {
  const ends = names.flatMap(endsOf).filter((end) => found.has(end))
  return ends.length === 0 ? null : (found.get(ends.reduce((longest, end) => (end.length > longest.length ? end : longest))) ?? null)
}

/** Whether the file's sizes are the picture's. A picture that can't be read, or a size not given, can't contradict. */
function fits({ entry, width, height }: MatchedImage, findings: Findings): boolean {
  if (Math.max(entry.width, entry.height) > SIDE_MAX_PX || entry.width * entry.height > PIXELS_MAX) {
    findings.add('size-too-large', 'refused', LEFT_OUT, `${JSON.stringify(entry.fileName)} is said to be ${entry.width}×${entry.height} px`)
    return false
  }
  if (width === 0 || height === 0) {
    findings.add('picture-unread', 'note', 'the picture can’t be read; the sizes of the file are believed', JSON.stringify(entry.fileName))
    return entry.width > 0 && entry.height > 0
  }
  if ((entry.width === 0 || entry.width === width) && (entry.height === 0 || entry.height === height)) return true
  const turned = entry.width === height && entry.height === width
  findings.add('size-contradicts', 'refused', LEFT_OUT, `${JSON.stringify(entry.fileName)} is ${width}×${height} px, the file says ${entry.width}×${entry.height}${turned ? ' (labelled on the unturned picture?)' : ''}`)
  return false
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
