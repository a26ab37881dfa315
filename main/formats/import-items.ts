import { EngineError } from '../contract/errors.ts'
import { EMPTY_MASK, type Mask } from '../masks/mask.ts'
import { areaOf } from '../masks/rle.ts'
import type { ReadAnnotation } from './coco-instances-reader.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { CategoryEntry, ImageEntry, OnDone, ReadRecord, Targets } from './format.ts'
import type { MatchedImage } from './match-images.ts'
import { decodePng, type Png, pngSize } from './png.ts'

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

/** An RGB PNG, on the size of its picture. */
export function colourPngFor(image: MatchedImage, bytes: Uint8Array, name: string): Png {
  const png = sizedPng(image, bytes, name)
  if (png.channels < 3) throw new EngineError('bad-file', `${name}: RGB is expected, this PNG has ${png.channels} channel${png.channels === 1 ? '' : 's'}`)
  return png
}

/**
 * A label PNG, on the size of its picture, one value a pixel. What other tools make of one is read too: grey with alpha,
 * grey written as RGB, and with `valueOfColour` the colours of a palette.
 * @param valueOfColour value of each colour (0xrrggbb); a colour that is not in it gets the value UNKNOWN_COLOUR + colour
 */
export function labelPngFor(image: MatchedImage, bytes: Uint8Array, name: string, findings: Findings, valueOfColour?: ReadonlyMap<number, number>): LabelValues {
  const png = sizedPng(image, bytes, name)
  const { width, height, depth, channels, palette } = png
  if (channels === 1) return { width, height, depth, values: valueOfColour === undefined || palette === null ? png.values : byPalette(png.values, palette, valueOfColour) }
  const count = width * height
  if (channels === 2 || isGrey(png)) {
    findings.add('label-channels', 'mended', 'read as one channel of grey', `${name} has ${channels} channels`)
    const values = png.values instanceof Uint16Array ? new Uint16Array(count) : new Uint8Array(count)
    for (let p = 0; p < count; p++) values[p] = png.values[p * channels]
    // a table of colours may have greys in it: they are meant where all values are such, else a value is itself
    const meant = valueOfColour !== undefined && depth === 8 && values.every((value) => valueOfColour.has(value * 0x10101))
    return { width, height, depth, values: meant ? Uint32Array.from(values, (value) => valueOfColour.get(value * 0x10101) ?? value) : values }
  }
  if (valueOfColour === undefined || depth !== 8) throw new EngineError('bad-file', `${name}: one channel or a palette is expected, this PNG has ${channels} channels of ${depth} bits`)
  findings.add('label-colours', 'mended', 'each colour read as the class that the palette gives it', name)
  const values = new Uint32Array(count)
  for (let p = 0, i = 0; p < count; p++, i += channels) {
    const colour = (png.values[i] << 16) | (png.values[i + 1] << 8) | png.values[i + 2]
    values[p] = valueOfColour.get(colour) ?? UNKNOWN_COLOUR + colour
  }
  return { width, height, depth, values }
}

interface LabelValues {
  readonly width: number
  readonly height: number
  /** bits of a sample in the file */
  readonly depth: number
  /** [height, width] */
  readonly values: Uint8Array | Uint16Array | Uint32Array
}
const UNKNOWN_COLOUR = 1 << 24
/** A value of a label PNG in words. */
export const labelValueText = (value: number): string => (value < UNKNOWN_COLOUR ? `the value ${value}` : `the colour #${(value - UNKNOWN_COLOUR).toString(16).padStart(6, '0')}`)

function sizedPng(image: MatchedImage, bytes: Uint8Array, name: string): Png {
  const { width, height } = targetSize(image)
  // before it is unpacked: a small file can say that it is very large
  const said = pngSize(bytes)
  if (said !== null && (said.width !== width || said.height !== height)) throw new RefusedFile('size-contradicts', `${name} is ${said.width}×${said.height} px, the picture ${width}×${height}`, LEFT_OUT)
  return decodePng(bytes, name)
}

function isGrey({ values, channels }: Png): boolean {
  for (let i = 0; i < values.length; i += channels) if (values[i] !== values[i + 1] || values[i] !== values[i + 2]) return false
  return true
}

/** Palettes that a tool has put in an order of its own: each place means its colour, where every colour that is used is known. */
function byPalette(values: Uint8Array | Uint16Array, palette: NonNullable<Png['palette']>, valueOfColour: ReadonlyMap<number, number>): Uint8Array | Uint16Array | Uint32Array {
  const meant = palette.map(([r, g, b]) => valueOfColour.get((r << 16) | (g << 8) | b) ?? -1)
  if (meant.every((value, place) => value === place) || values.some((value) => (meant[value] ?? -1) < 0)) return values
  return Uint32Array.from(values, (value) => meant[value])
}
