import { EngineError } from '../contract/errors.ts'
import { EMPTY_MASK, type Mask } from '../masks/mask.ts'
import { areaOf } from '../masks/rle.ts'
import type { ReadAnnotation } from './coco-instances-reader.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { CategoryEntry, ImageEntry, OnDone, ReadRecord, Targets } from './format.ts'
import type { MatchedImage } from './match-images.ts'
import { decodePng, type Png } from './png.ts'

export const LEFT_OUT = 'left out'
const NAME_CHARACTERS_MAX = 200

/** An image a format names without an id of its own: its file name is its key. */
export const imageNamed = (fileName: string, size: { width: number; height: number } = { width: 0, height: 0 }, carried: Record<string, unknown> | null = null): ImageEntry =>
  ({ key: fileName, id: null, fileName, ...size, carried })

/** Classes of a list of names; the key of each is its place. Empty names and repeated ones are mended. */
export function categoriesNamed(names: readonly string[], findings: Findings, ids: readonly (number | null)[] = []): CategoryEntry[] {
  const seen = new Set<string>()
  return names.map((given, i) => {
    const plain = given.trim().slice(0, NAME_CHARACTERS_MAX - 8)
    const base = plain === '' ? `class ${i}` : plain
    let name = base
    for (let place = 2; seen.has(name); place++) name = `${base} (${place})`
    if (name !== base) findings.add('category-name-twice', 'mended', 'renamed, so that names stay apart', `“${given}” becomes “${name}”`)
    else if (plain === '') findings.add('category-name', 'mended', 'named by its place', `class ${i}`)
    seen.add(name)
    return { key: String(i), id: ids[i] ?? null, name, extent: 'thing', carried: null }
  })
}

/** The size masks of a matched image are read on. */
export const targetSize = ({ width, height, entry }: MatchedImage): { width: number; height: number } => ({ width: width || entry.width, height: height || entry.height })

/** An accepted annotation with a mask, or with only a box. */
export function readAnnotationOf(targets: Targets, image: MatchedImage, classId: number, z: number, shape: Mask | readonly [number, number, number, number], more: Partial<ReadAnnotation> = {}): ReadAnnotation {
  const box = 'runs' in shape ? null : shape
  const mask = 'runs' in shape ? shape : EMPTY_MASK
  return {
    imageId: image.id, classId, state: 'accepted', score: null, z, crowd: false, locked: false, importedId: null, mask, areaPx2: areaOf(mask),
    boxOnly: box === null ? null : [box[0], box[1], box[2], box[3]], provenance: { source: 'import', by: targets.from.slice(0, 200) }, carried: null, ...more,
  }
}

/** Reads image by image those that were matched; what can't be read of one is said, and the others go on. */
export function* eachImage(entries: readonly ImageEntry[], targets: Targets, findings: Findings, onDone: OnDone | undefined, read: (image: MatchedImage) => Iterable<ReadRecord>): Generator<ReadRecord, void, void> {
  for (const [i, { key, fileName }] of entries.entries()) {
    const image = targets.images.get(key)
    if (image === undefined) continue
    try {
      yield* read(image)
    } catch (error) {
      if (error instanceof RefusedFile) findings.add(error.rule, 'refused', LEFT_OUT, `${fileName}: ${error.message}`)
      else if (error instanceof EngineError && error.code === 'bad-file') findings.add('bad-label-file', 'refused', LEFT_OUT, error.message)
      else throw error
    }
    onDone?.(i + 1, entries.length)
  }
}

/** A label PNG of one channel, on the size of its picture. */
export function labelPngFor(image: MatchedImage, bytes: Uint8Array, name: string, channels: 1 | 3 = 1): Png {
  const png = decodePng(bytes, name)
  if (png.channels !== channels && !(channels === 3 && png.channels === 4)) throw new EngineError('bad-file', `${name}: ${channels === 1 ? 'one channel or a palette' : 'RGB'} is expected, this PNG has ${png.channels} channels`)
  const { width, height } = targetSize(image)
  if (png.width !== width || png.height !== height) throw new RefusedFile('size-contradicts', `${name} is ${png.width}×${png.height} px, the picture ${width}×${height}`, LEFT_OUT)
  return png
}
