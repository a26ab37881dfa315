import { dirname, join } from 'node:path'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { areaOf, forEachSpan } from '../masks/rle.ts'
import { COCO_LISTS, cocoHeaderSteps } from './coco-header.ts'
import { CocoIds } from './coco-ids.ts'
import { placePictures } from './coco-instances.ts'
import { OWN_KEY } from './coco-instances-reader.ts'
import { CAPTIONS_KEY } from './coco-instances-writer.ts'
import { fileOfKind, hasKind, jsonKind, pictureNear } from './coco-place.ts'
import { byClass } from './coco-stuff.ts'
import { carriedOf, idOf, isFiniteNumber, isObject, type JsonObject } from './coco-values.ts'
import { FileNames, keptOf, sizeOf, turn, TURN_IMAGES, withMasks } from './export-items.ts'
import { Findings, RefusedFile } from './findings.ts'
import { EngineError } from '../contract/errors.ts'
import { inTurns } from './in-turns.ts'
import type { Format, OnDone, ReadRecord, Source, SplitName, Targets, WriteContext, WriteCounts } from './format.ts'
import { colourPngFor, LEFT_OUT, readAnnotationOf } from './import-items.ts'
import { paintInOrder, regionsOf, sayJoined } from './label-regions.ts'
import { listElements } from './list-elements.ts'
import { type MatchedImage, normalPath } from './match-images.ts'
import type { Out } from './out.ts'
import { encodePng } from './png.ts'

/** 24 bits of colour, 0 is void. */
const SEGMENT_ID_MAX = (1 << 24) - 1
const LISTS_BESIDE: ReadonlySet<string> = new Set(['images', 'categories'])
const SEGMENT_KEYS: ReadonlySet<string> = new Set(['id', 'category_id', 'area', 'bbox', 'iscrowd', OWN_KEY])

/** COCO panoptic: one JSON file and a folder of RGB PNGs, id = R + 256·G + 65536·B. */
export const cocoPanoptic: Format = {
  name: 'coco-panoptic',
  title: 'COCO panoptic',
  splitsItself: true,
  keeps: { ids: ['class', 'image', 'annotation'], keys: ['file', 'class', 'image', 'annotation'], captions: false, states: true },
  recognise: (place) => (place.isFolder ? (hasKind(place, 'panoptic') ? 0.9 : 0) : jsonKind(place, place.files[0]) === 'panoptic' ? 0.95 : 0),
  async read(place, { findings, onDone }) {
    const path = place.absolute(fileOfKind(place, 'panoptic'))
    const header = await inTurns(cocoHeaderSteps(path, findings, onDone))
    return { ...header, pictureOf: pictureNear(path), records: (targets, found, onBytes) => records(path, targets, found, onBytes) }
  },
  write,
}

/** The folder of the PNGs: named like the JSON file, or the only one beside it that holds the first picture. */
function pngFolder(jsonPath: string, firstFile: string): string {
  const home = dirname(jsonPath)
  const like = jsonPath.replace(/\.json$/i, '')
  const folders = [like, home, ...readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join(home, name))]
  const found = folders.find((folder) => existsSync(join(folder, firstFile)))
  if (found === undefined) throw new RefusedFile('no-pngs', `no folder beside the file holds “${firstFile}”`, 'unpack the PNGs into a folder beside the JSON file')
  return found
}

function* records(path: string, targets: Targets, findings: Findings, onBytes?: OnDone): Generator<ReadRecord, void, void> {
  let folder: string | null = null
  const done = new Set<number>()
  const nameOf = (index: number): string => `annotations[${index}]`
  for (const { index, value } of listElements(path, { list: 'annotations', skip: LISTS_BESIDE, what: nameOf }, findings, onBytes)) {
    const what = nameOf(index)
    const refuse = (rule: string, example: string): void => findings.add(rule, 'refused', LEFT_OUT, `${what} ${example}`)
    if (!isObject(value)) {
      refuse('bad-annotation', 'is not an object')
      continue
    }
    const imageId = idOf(value['image_id'], `${what}, image_id`, findings)
    if (imageId === null || !targets.imageKeys.has(imageId.key)) {
      refuse('dangling-image', `is of image ${JSON.stringify(value['image_id'])}, which the file does not list`)
      continue
    }
    const image = targets.images.get(imageId.key)
    const fileName = typeof value['file_name'] === 'string' ? normalPath(value['file_name']) : null
    if (image === undefined) refuse('image-left-out', `is of image ${imageId.key}, which is left out`)
    else if (fileName === null) refuse('path-escapes', `names the PNG ${JSON.stringify(value['file_name'])}; a name relative to the folder is expected`)
    else if (done.has(image.id)) refuse('image-twice', `is the second of image ${imageId.key}`)
    else if (!Array.isArray(value['segments_info'])) refuse('no-segments', 'has no list segments_info')
    else {
      done.add(image.id)
      folder ??= pngFolder(path, fileName)
      yield* segmentsOf(join(folder, fileName), fileName, value['segments_info'], image, targets, findings)
    }
  }
}

function* segmentsOf(path: string, name: string, infos: readonly unknown[], image: MatchedImage, targets: Targets, findings: Findings): Generator<ReadRecord, void, void> {
  let regions
  try {
    if (!existsSync(path)) throw new EngineError('bad-file', `${name}: there is no such PNG`)
    const { values, channels, width, height } = colourPngFor(image, readFileSync(path), name)
    const ids = new Uint32Array(width * height)
    for (let p = 0, i = 0; p < ids.length; p++, i += channels) ids[p] = values[i] + values[i + 1] * 256 + values[i + 2] * 65536
    regions = regionsOf(ids, width, height, 0)
  } catch (error) {
    if (error instanceof RefusedFile) findings.add(error.rule, 'refused', LEFT_OUT, error.message)
    else if (error instanceof EngineError && error.code === 'bad-file') findings.add('bad-png', 'refused', LEFT_OUT, error.message)
    else throw error
    return
  }
  const seen = new Set<number>()
  let z = 0
  for (const info of infos) {
    const segment: JsonObject = isObject(info) ? info : {}
    const id = segment['id']
    const what = `${name}: segment ${JSON.stringify(id)}`
    const refuse = (rule: string, example: string): void => findings.add(rule, 'refused', LEFT_OUT, `${what} ${example}`)
    if (!isFiniteNumber(id) || !Number.isInteger(id) || id < 1 || id > SEGMENT_ID_MAX) {
      refuse('bad-segment-id', 'has no id from 1 to 2²⁴−1')
      continue
    }
    if (seen.has(id)) {
      refuse('segment-twice', 'is listed twice')
      continue
    }
    seen.add(id)
    const categoryId = idOf(segment['category_id'], what, findings)
    const classId = categoryId === null ? undefined : targets.classes.get(categoryId.key)
    const mask = regions.get(id)
    if (classId === undefined) refuse('dangling-category', `is of category ${JSON.stringify(segment['category_id'])}, which the file does not list`)
    else if (mask === undefined) refuse('segment-without-pixels', 'has no pixel in the PNG')
    else {
      const px2 = areaOf(mask)
      if (segment['area'] !== undefined && segment['area'] !== px2) findings.add('area-contradicts', 'mended', 'computed from the PNG', `${what}: ${JSON.stringify(segment['area'])}, the PNG has ${px2} px`)
      yield readAnnotationOf(targets, image, classId, ++z, mask, { importedId: id, crowd: segment['iscrowd'] === 1 || segment['iscrowd'] === true, carried: carriedOf(segment, SEGMENT_KEYS) })
    }
  }
  for (const [id, mask] of regions) if (!seen.has(id)) findings.add('segment-unlisted', 'refused', LEFT_OUT, `${name}: ${areaOf(mask)} px have the id ${id}, which segments_info does not list`)
}

async function write(out: Out, source: Source, context: WriteContext): Promise<WriteCounts> {
  const { splitOf } = context
  if (splitOf === null) return writeSet(out, source, context, 'panoptic', () => true)
  const sets: SplitName[] = ['train', 'val', 'test']
  const all = { images: 0, annotations: 0, classes: 0 }
  for (const set of sets) {
    const { images, annotations, classes } = await writeSet(out, source, context, `panoptic_${set}`, (imageId) => splitOf(imageId) === set)
    all.images += images
    all.annotations += annotations
    all.classes = classes
  }
  return all
}

async function writeSet(out: Out, source: Source, context: WriteContext, name: string, belongs: (imageId: number) => boolean): Promise<WriteCounts> {
  const { options, findings, onDone } = context
  const classes = source.classes()
  const byId = new Map(classes.map((label) => [label.id, label]))
  const nameOf = (id: number | null): string => byId.get(id ?? 0)?.name ?? ''
  // what it finds has been said when the image was painted
  const stuffMerged = byClass(source, { ...context, findings: new Findings() })
  const categoryIds = new CocoIds(new Set(classes.flatMap(({ importedId }) => importedId ?? [])))
  const categoryOf = new Map(classes.map((label) => [label.id, categoryIds.take(label.importedId).id]))
  const images = [...source.images()].filter(({ id }) => belongs(id))
  if (images.length === 0 && context.splitOf !== null) return { images: 0, annotations: 0, classes: classes.length }
  const imageIds = new CocoIds(new Set(images.flatMap(({ importedId }) => importedId ?? [])))
  const names = new FileNames(findings)
  let annotations = 0
  const entries = images.map((image) => ({ image, id: imageIds.take(image.importedId).id, ...names.filesOf(image) }))
  await out.text(`${name}.json`, async (text) => {
    await text('{')
    for (const [key, value] of Object.entries({ info: { description: source.name }, licenses: [], ...source.topLevel })) if (!COCO_LISTS.has(key)) await text(`${JSON.stringify(key)}:${JSON.stringify(value)},\n`)
    await text('"categories":[')
    await text(classes.map((label) => `\n${JSON.stringify({ ...label.carried, id: categoryOf.get(label.id), name: label.name, isthing: label.extent === 'thing' ? 1 : 0 })}`).join(','))
    await text('],\n"images":[')
    for (const [i, { image, id, name: fileName }] of entries.entries()) {
      const { width: _w, height: _h, [CAPTIONS_KEY]: _c, ...carried } = image.carried ?? {}
      await text(`${i === 0 ? '' : ','}\n${JSON.stringify({ id, file_name: fileName, ...sizeOf(image), ...carried })}`)
    }
    await text('],\n"annotations":[')
    for (const [i, { image, id, stem }] of entries.entries()) {
      const { width, height } = sizeOf(image)
      const kept = withMasks(keptOf(source, image, options, findings), image, findings)
      const { plane, order, shown } = paintInOrder(kept, width, height, options.overlap, findings, image.path, nameOf)
      // one segment a stuff category and image
      const things = order.filter(({ classId }) => byId.get(classId ?? 0)?.extent === 'thing')
      const stuff = things.length === order.length ? [] : stuffMerged.annotationsOf(image.id).filter(({ classId }) => byId.get(classId ?? 0)?.extent === 'stuff')
      const regions = regionsOf(plane, width, height, 0)
      const place = new Map(order.map((annotation, at) => [annotation, at + 1]))
      const segments = [...things.flatMap((annotation) => {
        const mask = regions.get(place.get(annotation) ?? 0)
        return mask === undefined ? [] : [{ annotation, mask }]
      }), ...stuff.map((annotation) => ({ annotation, mask: annotation.mask }))].toSorted((a, b) => a.annotation.z - b.annotation.z || a.annotation.id - b.annotation.id)
      const usable = (importedId: number | null): number | null => (importedId !== null && importedId >= 1 && importedId <= SEGMENT_ID_MAX ? importedId : null)
      sayJoined(shown.filter(({ classId }) => byId.get(classId ?? 0)?.extent === 'stuff'), nameOf, image.path, findings)
      for (const { annotation: { importedId } } of segments) if (importedId !== null && usable(importedId) === null) findings.add('segment-id-new', 'mended', 'a new id is given: segments have 24 bits', `${image.path}: ${importedId}`)
      const ids = new CocoIds(new Set(segments.flatMap(({ annotation }) => usable(annotation.importedId) ?? [])))
      const written = segments.map(({ annotation, mask }) => ({ annotation, mask, id: ids.take(usable(annotation.importedId)).id }))
      const own = ({ state, score, provenance }: (typeof written)[number]['annotation']) => (options.strict ? {} : { [OWN_KEY]: { state, ...(score === null ? {} : { score }), ...provenance } })
      const segments_info = written.map(({ annotation, mask, id: segment }) => ({
        ...annotation.carried, id: segment, category_id: categoryOf.get(annotation.classId ?? 0), area: areaOf(mask), bbox: [mask.x, mask.y, mask.width, mask.height], iscrowd: annotation.crowd ? 1 : 0, ...own(annotation),
      }))
      annotations += shown.length
      await text(`${i === 0 ? '' : ','}\n${JSON.stringify({ image_id: id, file_name: `${stem}.png`, segments_info })}`)
      await out.file(`${name}/${stem}.png`, () => panopticPng(written, width, height))
      onDone?.(i + 1, entries.length)
      if (i % TURN_IMAGES === 0) await turn()
    }
    await text(']}\n')
  })
  await placePictures(out, { ...source, images: () => images }, context, 'images/')
  return { images: images.length, annotations, classes: classes.length }
}

function panopticPng(segments: readonly { readonly id: number; readonly mask: Parameters<typeof forEachSpan>[0] }[], width: number, height: number): Uint8Array {
  const values = new Uint8Array(width * height * 3)
  for (const { id, mask } of segments) {
    const [r, g, b] = [id & 255, (id >> 8) & 255, id >> 16]
    forEachSpan(mask, (y, x0, x1) => {
      for (let i = (y * width + x0) * 3, end = (y * width + x1) * 3; i < end; i += 3) {
        values[i] = r
        values[i + 1] = g
        values[i + 2] = b
      }
    })
  }
  return encodePng({ width, height, channels: 3, values, palette: null })
}
