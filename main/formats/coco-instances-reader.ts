import { AnnotationState, Provenance, type Annotation } from '../contract/records.ts'
import { EMPTY_MASK } from '../masks/mask.ts'
import { areaOf } from '../masks/rle.ts'
import { readSegmentation } from './coco-segmentation.ts'
import { carriedOf, idOf, isFiniteNumber, isFlatNumbers, isObject, type JsonObject } from './coco-values.ts'
import type { Findings } from './findings.ts'
import type { ReadRecord } from './format.ts'
import { listElements } from './list-elements.ts'
import type { MatchedImage } from './match-images.ts'

/** An annotation ready for the project. */
export type ReadAnnotation = Omit<Annotation, 'id' | 'version' | 'kind'>

export interface CocoTargets {
  /** the matched images by key of their id */
  readonly images: ReadonlyMap<string, MatchedImage>
  /** every image id the file names, matched or not */
  readonly imageKeys: ReadonlySet<string>
  /** the project's class of each category that was read, by key of its id */
  readonly classes: ReadonlyMap<string, number>
  /** file name for the provenance */
  readonly from: string
}

/** Our own key in COCO files. */
export const OWN_KEY = 'maskwright'
const ANNOTATION_KEYS: ReadonlySet<string> = new Set(['id', 'image_id', 'category_id', 'segmentation', 'area', 'bbox', 'iscrowd', OWN_KEY])
const SKIPPED: ReadonlySet<string> = new Set(['images', 'categories'])
const REFUSED = 'the annotation is left out'
/** Boxes of polygons are written with fractions and rounded by some tools: this much is no contradiction. */
const BOX_TOLERANCE_PX = 2
/** Polygon areas differ from pixel counts by about half the outline: only more than this share (and pixels) is said. */
const AREA_TOLERANCE = 0.1
const AREA_TOLERANCE_PX2 = 50

/**
 * Streams the annotations of an instances file whose header has been read. One at a time is in memory; ids seen are kept.
 * @throws RefusedFile when the file is no JSON. O(bytes of the file + pixels of outlines).
 */
export function* readCocoAnnotations(path: string, targets: CocoTargets, findings: Findings, onBytes?: (done: number, total: number) => void): Generator<ReadAnnotation, void, void> {
  for (const record of readCocoRecords(path, targets, findings, onBytes)) if (!('caption' in record)) yield record
}

/**
 * The same with captions, which are of a whole image.
 * @param ids annotation ids seen so far, for files that are read as one data set
 */
export function* readCocoRecords(path: string, targets: CocoTargets, findings: Findings, onBytes?: (done: number, total: number) => void, ids = new Set<string>()): Generator<ReadRecord, void, void> {
  let z = 0
  for (const { index, value } of listElements(path, { list: 'annotations', skip: SKIPPED, what: (at) => `annotations[${at}]` }, findings, onBytes)) {
    const annotation = readAnnotation(value, index, z + 1, ids, targets, findings)
    if (annotation === undefined) continue
    if (!('caption' in annotation)) z++
    yield annotation
  }
}

function readAnnotation(value: unknown, index: number, z: number, ids: Set<string>, targets: CocoTargets, findings: Findings): ReadRecord | undefined {
  let what = `annotations[${index}]`
  const refuse = (rule: string, example: string): undefined => {
    findings.add(rule, 'refused', REFUSED, `${what} ${example}`)
    return undefined
  }
  if (!isObject(value)) return refuse('bad-annotation', 'is not an object')
  const id = value['id'] === undefined || value['id'] === null ? null : idOf(value['id'], what, findings)
  if (id === null) findings.add('annotation-id-missing', 'mended', 'a new id is given on export', what)
  else what = `annotation ${id.key}`
  const imageId = idOf(value['image_id'], `${what}, image_id`, findings)
  if (imageId === null || !targets.imageKeys.has(imageId.key)) return refuse('dangling-image', `is of image ${JSON.stringify(value['image_id'])}, which the file does not list`)
  const image = targets.images.get(imageId.key)
  if (image === undefined) return refuse('image-left-out', `is of image ${imageId.key}, which is left out`)
  if (value['category_id'] === undefined && typeof value['caption'] === 'string') {
    const { image_id: _, ...caption } = value
    return { caption, imageId: image.id }
  }
  const categoryId = idOf(value['category_id'], `${what}, category_id`, findings)
  const classId = categoryId === null ? undefined : targets.classes.get(categoryId.key)
  if (classId === undefined) return refuse('dangling-category', `is of category ${JSON.stringify(value['category_id'])}, which the file does not list`)

  let importedId = id?.id ?? null
  if (id !== null) {
    if (ids.has(id.key)) {
      findings.add('annotation-id-twice', 'mended', 'the second gets a new id on export', what)
      importedId = null
    } else ids.add(id.key)
    if (importedId === 0) findings.add('annotation-id-0', 'note', 'kept; COCO’s own evaluation reads id 0 as “not matched”', what)
  }
  const width = image.width || image.entry.width
  const height = image.height || image.entry.height
  const mask = readSegmentation(value['segmentation'], width, height, what, findings)
  if (mask === 'refused') return undefined
  const bbox = boxOf(value['bbox'], what, findings)
  if (mask === 'none' && (bbox === null || bbox[2] <= 0 || bbox[3] <= 0)) return refuse('no-shape', 'has neither a mask nor a box')
  const carried = carriedOf(value, ANNOTATION_KEYS)
  const own = ownOf(value[OWN_KEY], what, findings)
  const crowd = crowdOf(value['iscrowd'], what, findings)
  const common = {
    imageId: image.id, classId, state: own.state, score: own.score, z, crowd, locked: false, importedId,
    provenance: own.provenance ?? { source: 'import' as const, by: targets.from.slice(0, 200) },
  }
  if (mask === 'none') {
    findings.add('box-only', 'note', 'kept as a box without a mask', what)
    // Written back as they stood: there is no mask to compute them from.
    const kept = Object.fromEntries(['segmentation', 'area'].flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])))
    return { ...common, mask: EMPTY_MASK, areaPx2: 0, boxOnly: bbox, carried: carried === null && Object.keys(kept).length === 0 ? null : { ...kept, ...carried } }
  }
  const areaPx2 = areaOf(mask)
  compareBox(bbox, [mask.x, mask.y, mask.width, mask.height], what, findings)
  compareArea(value['area'], areaPx2, what, findings)
  return { ...common, mask, areaPx2, boxOnly: null, carried }
}

function boxOf(value: unknown, what: string, findings: Findings): [number, number, number, number] | null {
  if (Array.isArray(value) && value.length === 4 && isFlatNumbers(value)) return [value[0], value[1], value[2], value[3]]
  findings.add('bbox-missing', 'mended', 'computed from the mask', value === undefined ? what : `${what}: ${JSON.stringify(value).slice(0, 60)}`)
  return null
}

function compareBox(box: readonly number[] | null, computed: readonly number[], what: string, findings: Findings): void {
  if (box === null || computed[2] === 0) return
  const sides = (b: readonly number[]): number[] => [b[0], b[1], b[0] + b[2], b[1] + b[3]]
  const mine = sides(computed)
  if (sides(box).some((side, i) => Math.abs(side - mine[i]) > BOX_TOLERANCE_PX)) findings.add('bbox-contradicts', 'mended', 'computed from the mask', `${what}: [${box.join(', ')}], the mask’s is [${computed.join(', ')}]`)
}

function compareArea(area: unknown, areaPx2: number, what: string, findings: Findings): void {
  if (!isFiniteNumber(area)) findings.add('area-missing', 'mended', 'computed from the mask', what)
  else if (Math.abs(area - areaPx2) > Math.max(AREA_TOLERANCE_PX2, AREA_TOLERANCE * areaPx2)) findings.add('area-contradicts', 'mended', 'computed from the mask', `${what}: ${area}, the mask has ${areaPx2} px`)
}

function crowdOf(value: unknown, what: string, findings: Findings): boolean {
  if (value === 0 || value === 1) return value === 1
  if (typeof value === 'boolean') findings.add('iscrowd-boolean', 'mended', 'written as 0 or 1', what)
  else if (value === undefined || value === null) findings.add('iscrowd-missing', 'mended', 'read as 0', what)
  else findings.add('iscrowd-other', 'mended', 'read as 1 when it says so, else as 0', `${what}: ${JSON.stringify(value)}`)
  return value === true || value === '1' || value === 'true'
}

/** State, score and provenance that an export of ours wrote; accepted by default. */
function ownOf(value: unknown, what: string, findings: Findings): { state: AnnotationState; score: number | null; provenance: Provenance | null } {
  if (value === undefined) return { state: 'accepted', score: null, provenance: null }
  const own: JsonObject = isObject(value) ? value : {}
  const { state, score, ...rest } = own
  const stateRead = AnnotationState.safeParse(state)
  const provenance = Provenance.safeParse(rest)
  const scoreRead = isFiniteNumber(score) && score >= 0 && score <= 1 ? score : null
  if (!stateRead.success || !provenance.success || (score !== undefined && scoreRead === null)) findings.add('own-key', 'mended', `what can’t be read of “${OWN_KEY}” is dropped`, what)
  return { state: stateRead.success ? stateRead.data : 'accepted', score: scoreRead, provenance: provenance.success ? provenance.data : null }
}
