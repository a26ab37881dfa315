import type { Annotation, LabelClass } from '../contract/records.ts'
import type { ExportOptions, TransferReport } from '../contract/transfer.ts'
import { rasterisePolygon } from '../masks/polygon.ts'
import { areaOf } from '../masks/rle.ts'
import { EngineError } from '../contract/errors.ts'
import { CocoIds } from './coco-ids.ts'
import { OWN_KEY } from './coco-instances-reader.ts'
import { segmentationOf } from './coco-segmentation.ts'
import { FileNames, leftOut, sizeOf } from './export-items.ts'
import { Findings } from './findings.ts'
import { turnTaker } from './in-turns.ts'
import { type WriteText, writeBeside } from './write-beside.ts'

/** An image as an export needs it. */
export interface ExportedImage {
  readonly id: number
  /** relative to its folder, forward slashes */
  readonly path: string
  readonly folderName: string
  readonly width: number
  readonly height: number
  readonly importedId: number | null
  /** as the imported file named it, or null */
  readonly fileName: string | null
  readonly carried: Readonly<Record<string, unknown>> | null
}

/** Where an export takes its records from. Each method is called more than once and streams. */
export interface CocoSource {
  readonly name: string
  /** info, licenses and unknown keys of an imported file; null: none was imported */
  readonly topLevel: Readonly<Record<string, unknown>> | null
  classes(): readonly LabelClass[]
  images(): Iterable<ExportedImage>
  annotationsOf(imageId: number): readonly Annotation[]
  /** the same without masks, where that is quicker: for counting */
  outlinesOf?(imageId: number): readonly AnnotationOutline[]
}

/** What decides whether an annotation is written, and under which id. */
export interface AnnotationOutline extends Pick<Annotation, 'classId' | 'state' | 'importedId'> {
  /** where its mask's box ends, px, exclusive */
  readonly right: number
  readonly bottom: number
}
export const outlineOf = ({ classId, state, importedId, mask }: Annotation): AnnotationOutline => ({ classId, state, importedId, right: mask.x + mask.width, bottom: mask.y + mask.height })

/** What an export will hold, found in one pass: ids in use, and the report. */
export interface CocoPlan {
  readonly report: TransferReport
  readonly imageIds: ReadonlySet<number>
  readonly annotationIds: ReadonlySet<number>
}

const FORMAT = 'coco-instances'
const OUR_TOP_KEYS: ReadonlySet<string> = new Set(['images', 'annotations', 'categories'])
/** Key among an image's carried ones under which its captions wait for the export. */
export const CAPTIONS_KEY = 'maskwright.captions'
/** What an export of instances has to know; the rest of ExportOptions has its defaults. */
export type CocoOptions = Pick<ExportOptions, 'states' | 'strict'> & Partial<Pick<ExportOptions, 'masks' | 'tolerancePx'>>

export const captionsOf = (image: ExportedImage): readonly Readonly<Record<string, unknown>>[] => {
  const captions = image.carried?.[CAPTIONS_KEY]
  return Array.isArray(captions) ? (captions as readonly Readonly<Record<string, unknown>>[]) : []
}
const idOfCaption = (caption: Readonly<Record<string, unknown>>): number | null => (Number.isSafeInteger(caption['id']) ? Number(caption['id']) : null)

/** Dry run: counts what would be written and what would not. O(annotations). */
export async function planCocoInstances(source: CocoSource, options: CocoOptions, onImage?: (done: number) => void): Promise<CocoPlan> {
  const findings = new Findings()
  const states = new Set<string>(options.states)
  const imageIds = new Set<number>()
  const annotationIds = new Set<number>()
  let images = 0
  let annotations = 0
  const names = new FileNames(findings)
  const turn = turnTaker()
  for (const image of source.images()) {
    images++
    names.nameOf(image)
    if (image.importedId !== null) {
      if (imageIds.has(image.importedId)) findings.add('image-id-twice', 'mended', 'the second gets a new id', `${image.path}: ${image.importedId}`)
      imageIds.add(image.importedId)
    }
    for (const caption of captionsOf(image)) {
      annotations++
      const id = idOfCaption(caption)
      if (id !== null) annotationIds.add(id)
    }
    for (const annotation of source.outlinesOf?.(image.id) ?? source.annotationsOf(image.id).map(outlineOf)) {
      if (leftOut(annotation, image, states, findings)) continue
      annotations++
      if (annotation.importedId === null) continue
      if (annotationIds.has(annotation.importedId)) findings.add('annotation-id-twice', 'mended', 'the second gets a new id', `${image.path}: ${annotation.importedId}`)
      annotationIds.add(annotation.importedId)
    }
    onImage?.(images)
    const wait = turn()
    if (wait !== undefined) await wait
  }
  const report = { format: FORMAT, images, annotations, classes: source.classes().length, findings: findings.list(), verdict: findings.verdict() }
  return { report, imageIds, annotationIds }
}

/**
 * Writes the project as COCO instances: compressed RLE, area and box from the mask, ids and keys of an import kept, our
 * provenance under one key unless strict. The target is replaced only when all is written. Memory: one image, and the ids.
 * @throws EngineError 'disk-full', 'no-permission', 'not-found', 'bad-file'
 */
export async function writeCocoInstances(path: string, source: CocoSource, options: CocoOptions, onImage?: (done: number, total: number) => void): Promise<TransferReport> {
  let report: TransferReport | undefined
  await writeBeside(path, async (text) => { report = await writeInstancesText(text, source, options, onImage) })
  if (report === undefined) throw new EngineError('internal', 'the export ended without a report')
  return report
}

/** The same into any text. */
export async function writeInstancesText(text: WriteText, source: CocoSource, options: CocoOptions, onImage?: (done: number, total: number) => void): Promise<TransferReport> {
  const plan = await planCocoInstances(source, options)
  const findings = new Findings()
  const states = new Set<string>(options.states)
  const classes = source.classes()
  const categoryIds = new CocoIds(new Set(classes.flatMap(({ importedId }) => (importedId === null ? [] : [importedId]))))
  const categoryOf = new Map(classes.map((label) => [label.id, categoryIds.take(label.importedId).id]))
  const imageIds = new CocoIds(plan.imageIds)
  const annotationIds = new CocoIds(plan.annotationIds)
  const written: { readonly image: ExportedImage; readonly id: number }[] = []
  let count = 0
  await text('{')
  for (const [key, value] of Object.entries({ info: { description: source.name }, licenses: [], ...source.topLevel })) {
    if (!OUR_TOP_KEYS.has(key)) await text(`${JSON.stringify(key)}:${JSON.stringify(value)},\n`)
  }
  await text('"categories":[')
  for (const [i, label] of classes.entries()) {
    // a stuff class says so in the words of the panoptic format; a file that said nothing of a thing gets nothing
    const said = label.carried?.['isthing'] === 0 || label.carried?.['isthing'] === false ? 'stuff' : 'thing'
    const category = { id: categoryOf.get(label.id), name: label.name, ...label.carried, ...(said === label.extent ? {} : { isthing: label.extent === 'stuff' ? 0 : 1 }) }
    await text(`${i === 0 ? '' : ','}\n${JSON.stringify(category)}`)
  }
  await text('],\n"images":[')
  const names = new FileNames(findings)
  const turn = turnTaker()
  for (const image of source.images()) {
    const wait = turn()
    if (wait !== undefined) await wait
    const id = imageIds.take(image.importedId).id
    const entry = { id, file_name: names.nameOf(image), ...sizeOf(image), ...without(image.carried, 'width', 'height', CAPTIONS_KEY) }
    await text(`${written.length === 0 ? '' : ','}\n${JSON.stringify(entry)}`)
    written.push({ image, id })
  }
  await text('],\n"annotations":[')
  for (const [i, { image, id: imageId }] of written.entries()) {
    for (const caption of captionsOf(image)) {
      const { id } = annotationIds.take(idOfCaption(caption))
      await text(`${count++ === 0 ? '' : ','}\n${JSON.stringify({ ...caption, id, image_id: imageId })}`)
    }
    for (const annotation of source.annotationsOf(image.id)) {
      if (leftOut(outlineOf(annotation), image, states, findings)) continue
      const { id, kept } = annotationIds.take(annotation.importedId)
      if (!kept) findings.add('annotation-id-twice', 'mended', 'the second has a new id', `${image.path}: ${annotation.importedId} is now ${id}`)
      await writeAnnotation(text, count++ === 0, annotation, { id, imageId, categoryId: categoryOf.get(annotation.classId ?? 0) ?? 0, ...sizeOf(image) }, options)
    }
    onImage?.(i + 1, written.length)
    const wait = turn()
    if (wait !== undefined) await wait
  }
  await text(']}\n')
  return { format: FORMAT, images: written.length, annotations: count, classes: classes.length, findings: findings.list(), verdict: findings.verdict() }
}

function writeAnnotation(text: WriteText, first: boolean, annotation: Annotation, at: { id: number; imageId: number; categoryId: number; width: number; height: number }, options: CocoOptions): Promise<void> | undefined {
  const { boxOnly } = annotation
  const shape = boxOnly === null ? shapeOf(annotation, at, options) : { bbox: boxOnly, area: boxOnly[2] * boxOnly[3] }
  const own = options.strict ? {} : { [OWN_KEY]: { state: annotation.state, ...(annotation.score === null ? {} : { score: annotation.score }), ...annotation.provenance } }
  // Carried keys are unknown ones, and of a box-only annotation also its own area and segmentation as they stood.
  const carried = boxOnly === null ? without(annotation.carried, 'area', 'segmentation') : annotation.carried
  const record = { id: at.id, image_id: at.imageId, category_id: at.categoryId, iscrowd: annotation.crowd ? 1 : 0, ...shape, ...carried, ...own }
  return text(`${first ? '' : ','}\n${JSON.stringify(record)}`)
}

/** Area and box are those of what is written: of a simplified polygon its own. */
function shapeOf({ mask, crowd }: Annotation, { width, height }: { readonly width: number; readonly height: number }, options: CocoOptions): Record<string, unknown> {
  const masks = crowd ? 'rle' : (options.masks ?? 'rle')
  let segmentation = segmentationOf(mask, width, height, masks, options.tolerancePx ?? 1)
  let written = mask
  if (masks === 'simplified' && Array.isArray(segmentation)) {
    written = rasterisePolygon(segmentation as readonly (readonly number[])[], width, height)
    // corners left out may leave nothing between the others
    if (written.width === 0) {
      written = mask
      segmentation = segmentationOf(mask, width, height, 'keyhole', 0)
    }
  }
  return { bbox: [written.x, written.y, written.width, written.height], area: areaOf(written), segmentation }
}

/** A copy of the carried keys but these. */
export function without(object: Readonly<Record<string, unknown>> | null, ...keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object ?? {}).filter(([key]) => !keys.includes(key)))
}
