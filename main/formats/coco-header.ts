import { carriedOf, isFiniteNumber, isObject, idOf, type CocoId } from './coco-values.ts'
import { type Findings, RefusedFile } from './findings.ts'
import { jsonEntries, JsonPlaceError, parseOr, placeInFile } from './json-entries.ts'

/** An entry of `images`. */
export interface CocoImage extends CocoId {
  /** as it stands in the file */
  readonly fileName: string
  /** px; 0 when the file does not say */
  readonly width: number
  readonly height: number
  readonly carried: Record<string, unknown> | null
}

/** An entry of `categories`. */
export interface CocoCategory extends CocoId {
  readonly name: string
  readonly extent: 'thing' | 'stuff'
  readonly carried: Record<string, unknown> | null
}

/** Everything of a COCO file but its annotations. */
export interface CocoHeader {
  readonly images: readonly CocoImage[]
  readonly categories: readonly CocoCategory[]
  /** info, licenses and keys we do not know */
  readonly topLevel: Record<string, unknown>
}

export const COCO_LISTS: ReadonlySet<string> = new Set(['images', 'annotations', 'categories'])
const IMAGE_KEYS: ReadonlySet<string> = new Set(['id', 'file_name', 'width', 'height'])
const CATEGORY_KEYS: ReadonlySet<string> = new Set(['id', 'name'])
const NAME_CHARACTERS_MAX = 200

/**
 * Reads images, categories and the rest of an instances file; annotations are passed over. O(bytes of the file).
 * @throws RefusedFile when the file is no JSON, or has no images, annotations or categories
 */
export function readCocoHeader(path: string, findings: Findings, onBytes?: (done: number, total: number) => void): CocoHeader {
  const steps = cocoHeaderSteps(path, findings, onBytes)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The same in steps, so that others can work between them. */
export function* cocoHeaderSteps(path: string, findings: Findings, onBytes?: (done: number, total: number) => void): Generator<void, CocoHeader, void> {
  const images: CocoImage[] = []
  const categories: CocoCategory[] = []
  const topLevel: Record<string, unknown> = {}
  const seen = new Map<string, boolean>()
  const imageKeys = new Map<string, CocoImage>()
  const categoryKeys = new Map<string, CocoCategory>()
  const names = new Set<string>()
  const entries = jsonEntries(path, COCO_LISTS, new Set(['annotations']), onBytes)
  for (;;) {
    const next = whole(path, () => entries.next())
    if (next.done === true) break
    const { key, index, text, offset } = next.value
    if (!COCO_LISTS.has(key)) {
      Object.defineProperty(topLevel, key, { value: whole(path, () => parseOr(text, offset)), enumerable: true, configurable: true, writable: true })
      continue
    }
    seen.set(key, seen.get(key) === true || index >= 0 || text === '[]')
    yield
    if (key === 'annotations' || index < 0) continue
    const value = whole(path, () => parseOr(text, offset))
    if (key === 'images') addImage(value, index, findings, images, imageKeys)
    else addCategory(value, index, findings, categories, categoryKeys, names)
  }
  for (const key of ['images', 'annotations', 'categories']) {
    const state = seen.get(key)
    if (state === true || (key === 'categories' && state === undefined && hasCaptions(path))) continue
    const others = Object.keys(topLevel).slice(0, 8).map((other) => `"${other}"`).join(', ')
    const why = state === undefined ? `there is no list "${key}"${others === '' ? '' : `; besides the usual there is ${others}`}` : `"${key}" is not a list`
    throw new RefusedFile(`no-${key}`, why, 'give a COCO instances file with the lists "images", "annotations" and "categories"')
  }
  if (images.length === 0) throw new RefusedFile('no-images', 'the list "images" holds no entry that can be read', 'give a file with images')
  return { images, categories, topLevel }
}

/** Whether the first annotation is a caption: such files have no categories. */
function hasCaptions(path: string): boolean {
  for (const { key, index, text } of jsonEntries(path, COCO_LISTS, new Set(['images']))) if (key === 'annotations' && index === 0) return /"caption"\s*:/.test(text)
  return false
}

/** Runs a pass over the file; what is wrong with the whole of it becomes a RefusedFile with the place. */
export function whole<T>(path: string, pass: () => T): T {
  try {
    return pass()
  } catch (error) {
    throw notJson(path, error)
  }
}

/** What is no JSON, with its place in lines; other errors as they are. */
export const notJson = (path: string, error: unknown): unknown =>
  error instanceof JsonPlaceError ? new RefusedFile('not-json', `no JSON: ${error.message} at ${placeInFile(path, error.offset)} (byte ${error.offset})`, 'nothing is read') : error

function addImage(value: unknown, index: number, findings: Findings, images: CocoImage[], byKey: Map<string, CocoImage>): void {
  const what = `images[${index}]`
  const refuse = (rule: string, example: string): void => findings.add(rule, 'refused', 'left out with its annotations', `${what} ${example}`)
  if (!isObject(value)) return refuse('bad-image', 'is not an object')
  const id = idOf(value['id'], what, findings)
  if (id === null) return refuse('bad-image', `has the id ${JSON.stringify(value['id'])}; a whole number is expected`)
  const fileName = value['file_name']
  if (typeof fileName !== 'string' || fileName === '') return refuse('bad-image', 'has no file_name')
  const before = byKey.get(id.key)
  if (before !== undefined) return refuse('image-id-twice', `has the id ${id.key} of ${JSON.stringify(before.fileName)}`)
  const [width, height] = [sideOf(value['width']), sideOf(value['height'])]
  if (width === 0 || height === 0) findings.add('image-size-missing', 'mended', 'taken from the picture', `${JSON.stringify(fileName)} has width ${JSON.stringify(value['width']) ?? 'missing'}, height ${JSON.stringify(value['height']) ?? 'missing'}`)
  const image = { ...id, fileName, width, height, carried: carriedOf(value, IMAGE_KEYS) }
  byKey.set(id.key, image)
  images.push(image)
}

/** A side of a picture, px; 0 when it is none. */
const sideOf = (value: unknown): number => (isFiniteNumber(value) && value >= 1 && Number.isInteger(value) ? value : 0)

function addCategory(value: unknown, index: number, findings: Findings, categories: CocoCategory[], byKey: Map<string, CocoCategory>, names: Set<string>): void {
  const what = `categories[${index}]`
  const refuse = (rule: string, example: string): void => findings.add(rule, 'refused', 'left out with its annotations', `${what} ${example}`)
  if (!isObject(value)) return refuse('bad-category', 'is not an object')
  const id = idOf(value['id'], what, findings)
  if (id === null) return refuse('bad-category', `has the id ${JSON.stringify(value['id'])}; a whole number is expected`)
  const given = value['name']
  if (typeof given !== 'string' || given.trim() === '') return refuse('bad-category', `(id ${id.key}) has no name`)
  const before = byKey.get(id.key)
  if (before !== undefined) {
    if (before.name === given.trim()) findings.add('category-repeated', 'mended', 'read once', `${what} repeats ${id.key} “${given}”`)
    else refuse('category-id-twice', `has the id ${id.key} of “${before.name}”`)
    return
  }
  let name = given.trim().slice(0, NAME_CHARACTERS_MAX)
  for (let place = 2; names.has(name); place++) name = `${given.trim().slice(0, NAME_CHARACTERS_MAX - 8)} (${place})`
  if (name !== given) findings.add(names.has(given.trim()) ? 'category-name-twice' : 'category-name', 'mended', 'renamed, so that names stay apart', `${what} “${given}” becomes “${name}”`)
  names.add(name)
  const category: CocoCategory = { ...id, name, extent: value['isthing'] === 0 || value['isthing'] === false ? 'stuff' : 'thing', carried: carriedOf(value, CATEGORY_KEYS) }
  byKey.set(id.key, category)
  categories.push(category)
}
