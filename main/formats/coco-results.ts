import { toCocoCounts } from '../masks/coco-rle.ts'
import { CocoIds } from './coco-ids.ts'
import { placePictures } from './coco-instances.ts'
import { fileOfKind, hasKind, jsonKind } from './coco-place.ts'
import { readSegmentation } from './coco-segmentation.ts'
import { carriedOf, idOf, isFiniteNumber, isFlatNumbers, isObject } from './coco-values.ts'
import { keptOf, sizeOf, turn, TURN_IMAGES } from './export-items.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { Format, ReadRecord, Targets } from './format.ts'
import { LEFT_OUT, readAnnotationOf, targetSize } from './import-items.ts'
import { listElements } from './list-elements.ts'
import { KEEPS_MASKS } from './losses.ts'

const KEYS: ReadonlySet<string> = new Set(['id', 'image_id', 'category_id', 'segmentation', 'bbox', 'score', 'area', 'iscrowd'])

/** COCO results: a list of `{image_id, category_id, segmentation | bbox, score}` as models write it. Scored ones become proposals. */
export const cocoResults: Format = {
  name: 'coco-results',
  title: 'COCO results',
  keeps: { ...KEEPS_MASKS, ids: ['class', 'image'], states: true },
  recognise: (place) => (place.isFolder ? (hasKind(place, 'results') && !hasKind(place, 'instances') ? 0.4 : 0) : jsonKind(place, place.files[0]) === 'results' ? 0.95 : 0),
  read(place, { reference: referenceOf }) {
    const path = place.absolute(fileOfKind(place, 'results'))
    const reference = referenceOf()
    if (reference === null || reference.images.length === 0 || reference.categories.length === 0) {
      throw new RefusedFile('no-reference', 'results name images and categories only by number, and nothing here says which they are', 'import the instances file they belong to first')
    }
    return { ...reference, topLevel: {}, bare: true, records: (targets, findings, onBytes) => records(path, targets, findings, onBytes) }
  },
  async write(out, source, context) {
    const { options, findings, onDone } = context
    const images = [...source.images()]
    const imageIds = new CocoIds(new Set(images.flatMap(({ importedId }) => importedId ?? [])))
    const classes = source.classes()
    const categoryIds = new CocoIds(new Set(classes.flatMap(({ importedId }) => importedId ?? [])))
    const categoryOf = new Map(classes.map((label) => [label.id, categoryIds.take(label.importedId).id]))
    let annotations = 0
    await placePictures(out, source, context)
    await out.text('', async (text) => {
      await text('[')
      for (const [i, image] of images.entries()) {
        const imageId = imageIds.take(image.importedId).id
        const { width, height } = sizeOf(image)
        for (const { mask, boxOnly, classId, score, crowd } of keptOf(source, image, options, findings)) {
          if (crowd) {
            findings.add('crowd', 'note', 'left out: results are of single objects', image.path)
            continue
          }
          const shape = boxOnly === null ? { segmentation: { size: [height, width], counts: toCocoCounts(mask, width, height) }, bbox: [mask.x, mask.y, mask.width, mask.height] } : { bbox: boxOnly }
          await text(`${annotations++ === 0 ? '' : ','}\n${JSON.stringify({ image_id: imageId, category_id: categoryOf.get(classId ?? 0), ...shape, score: score ?? 1 })}`)
        }
        onDone?.(i + 1, images.length)
        if (i % TURN_IMAGES === 0) await turn()
      }
      await text(']\n')
    })
    return { images: images.length, annotations, classes: classes.length }
  },
}

function* records(path: string, targets: Targets, findings: Findings, onBytes?: (done: number, total: number) => void): Generator<ReadRecord, void, void> {
  let z = 0
  const what = (index: number): string => `result ${index}`
  for (const { index, value } of listElements(path, { list: '', skip: new Set(), what }, findings, onBytes)) {
    const record = readResult(value, what(index), z + 1, targets, findings)
    if (record === undefined) continue
    z++
    yield record
  }
}

function readResult(value: unknown, what: string, z: number, targets: Targets, findings: Findings): ReadRecord | undefined {
  const refuse = (rule: string, example: string): undefined => {
    findings.add(rule, 'refused', LEFT_OUT, `${what} ${example}`)
    return undefined
  }
  if (!isObject(value)) return refuse('bad-annotation', 'is not an object')
  const imageId = idOf(value['image_id'], `${what}, image_id`, findings)
  if (imageId === null || !targets.imageKeys.has(imageId.key)) return refuse('dangling-image', `is of image ${JSON.stringify(value['image_id'])}, which nothing here lists`)
  const image = targets.images.get(imageId.key)
  if (image === undefined) return refuse('image-left-out', `is of image ${imageId.key}, which is left out`)
  const categoryId = idOf(value['category_id'], `${what}, category_id`, findings)
  const classId = categoryId === null ? undefined : targets.classes.get(categoryId.key)
  if (classId === undefined) return refuse('dangling-category', `is of category ${JSON.stringify(value['category_id'])}, which nothing here lists`)
  const given = value['score']
  let score: number | null = null
  if (isFiniteNumber(given)) {
    score = Math.min(1, Math.max(0, given))
    if (score !== given) findings.add('score-range', 'mended', 'cut to 0…1', `${what}: ${given}`)
  } else if (given !== undefined) findings.add('bad-score', 'mended', 'read as without a score', `${what}: ${JSON.stringify(given).slice(0, 40)}`)
  const { width, height } = targetSize(image)
  const mask = readSegmentation(value['segmentation'], width, height, what, findings)
  if (mask === 'refused') return undefined
  const more = { score, state: score === null ? 'accepted' as const : 'pending' as const, carried: carriedOf(value, KEYS) }
  if (mask !== 'none') return readAnnotationOf(targets, image, classId, z, mask, more)
  const box = value['bbox']
  if (!Array.isArray(box) || box.length !== 4 || !isFlatNumbers(box) || box[2] <= 0 || box[3] <= 0) return refuse('no-shape', 'has neither a mask nor a box')
  return readAnnotationOf(targets, image, classId, z, [box[0], box[1], box[2], box[3]], more)
}
