import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { whole } from './coco-header.ts'
import { fileOfKind, hasKind, jsonKind } from './coco-place.ts'
import { readSegmentation } from './coco-segmentation.ts'
import { isFiniteNumber, isFlatNumbers, isObject } from './coco-values.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { Format, ImageEntry, OnDone, ReadRecord, Targets } from './format.ts'
import { annotationsOfShapes, type Shape } from './grouped-shapes.ts'
import { categoriesNamed, LEFT_OUT, targetSize } from './import-items.ts'
import { jsonEntries, parseOr } from './json-entries.ts'
import { listElements } from './list-elements.ts'
import { normalPath } from './match-images.ts'

const ITEMS: ReadonlySet<string> = new Set(['items'])

/** Datumaro JSON: `items` with their annotations; read only. */
export const datumaro: Format = {
  name: 'datumaro',
  title: 'Datumaro JSON',
  recognise: (place) => (place.isFolder ? (hasKind(place, 'datumaro') ? 0.9 : 0) : jsonKind(place, place.files[0]) === 'datumaro' ? 0.95 : 0),
  read(place, { findings, onDone }) {
    const file = fileOfKind(place, 'datumaro')
    const path = place.absolute(file)
    const images: ImageEntry[] = []
    const keys = new Set<string>()
    let names: string[] | null = null
    whole(path, () => {
      for (const { key, index, text, offset } of jsonEntries(path, ITEMS, new Set(), (done, total) => onDone?.(done, total * 2))) {
        if (key === 'categories') names = labelNames(parseOr(text, offset))
        if (key !== 'items' || index < 0) continue
        const item = parseOr(text, offset)
        const entry = isObject(item) ? entryOf(item) : null
        if (entry === null) findings.add('bad-image', 'refused', LEFT_OUT, `items[${index}] has no id`)
        else if (keys.has(entry.key)) findings.add('file-twice', 'refused', `the second is ${LEFT_OUT}`, `items[${index}]: ${JSON.stringify(entry.fileName)}`)
        else {
          keys.add(entry.key)
          images.push(entry)
        }
      }
    })
    if (names === null) throw new RefusedFile('no-classes', `${file} has no categories.label.labels`, 'nothing is read')
    if (images.length === 0) throw new RefusedFile('no-images', `${file} has no items`, 'nothing is read')
    return {
      images, categories: categoriesNamed(names, findings), topLevel: {},
      pictureOf: ({ fileName }) => {
        const name = normalPath(fileName)
        const home = dirname(path)
        return name === null ? null : ([join(home, '..', 'images'), join(home, 'images'), join(home, '..', 'images', file.replace(/^.*\/|\.json$/g, '')), home].map((folder) => join(folder, name)).find((one) => existsSync(one)) ?? null)
      },
      records: (targets, found, onBytes) => records(path, targets, found, onBytes),
    }
  },
}

function labelNames(categories: unknown): string[] | null {
  const label = isObject(categories) ? categories['label'] : undefined
  const labels = isObject(label) ? label['labels'] : undefined
  return Array.isArray(labels) ? labels.map((one) => (isObject(one) && typeof one['name'] === 'string' ? one['name'] : '')) : null
}

function entryOf(item: Readonly<Record<string, unknown>>): ImageEntry | null {
  const id = item['id']
  if (typeof id !== 'string' && typeof id !== 'number') return null
  const media = isObject(item['image']) ? item['image'] : isObject(item['media']) ? item['media'] : {}
  const path = typeof media['path'] === 'string' && media['path'] !== '' ? media['path'] : String(id)
  const size: unknown = media['size']
  const [height, width] = Array.isArray(size) && size.length >= 2 && size.slice(0, 2).every((side) => isFiniteNumber(side) && Number.isInteger(side) && side >= 1) ? (size as number[]) : [0, 0]
  return String(id) === '' ? null : { key: String(id), id: null, fileName: path, width, height, carried: null }
}

function* records(path: string, targets: Targets, findings: Findings, onBytes?: OnDone): Generator<ReadRecord, void, void> {
  const seen = new Set<string>()
  for (const { value: item } of listElements(path, { list: 'items', skip: new Set(), what: (index) => `items[${index}]` }, findings, (done, total) => onBytes?.(total + done, total * 2))) {
    const entry = isObject(item) ? entryOf(item) : null
    const image = entry === null || seen.has(entry.key) ? undefined : targets.images.get(entry.key)
    if (image === undefined || entry === null || !isObject(item)) continue
    seen.add(entry.key)
    const { width, height } = targetSize(image)
    const shapes: Shape[] = []
    for (const [i, one] of (Array.isArray(item['annotations']) ? (item['annotations'] as unknown[]) : []).entries()) {
      const what = `item ${JSON.stringify(entry.key)}, annotation ${i}`
      const refuse = (rule: string, example: string): void => findings.add(rule, 'refused', LEFT_OUT, `${what} ${example}`)
      if (!isObject(one)) {
        refuse('bad-annotation', 'is not an object')
        continue
      }
      const type = one['type']
      if (type === 'label' || type === 'caption') {
        findings.add('tag', 'note', `${LEFT_OUT}: it is of the whole image`, `${what} is a ${type}`)
        continue
      }
      const classId = targets.classes.get(String(one['label_id']))
      if (classId === undefined) {
        refuse('dangling-category', `has the label ${JSON.stringify(one['label_id'])}`)
        continue
      }
      const rle = isObject(one['rle']) ? one['rle'] : null
      let shape: Shape['shape'] | null = null
      const box = one['bbox']
      if (type === 'polygon' || type === 'mask') {
        const mask = readSegmentation(type === 'mask' ? rle : [one['points']], width, height, what, findings)
        shape = mask === 'none' || mask === 'refused' ? null : mask
        if (mask === 'none') refuse('no-shape', 'has neither points nor runs')
      } else if (type === 'bbox' && Array.isArray(box) && box.length === 4 && isFlatNumbers(box) && box[2] > 0 && box[3] > 0) shape = [box[0], box[1], box[2], box[3]]
      else refuse(type === 'bbox' ? 'bad-box' : 'shape-type', `is a ${JSON.stringify(type)} without an area`)
      if (shape === null) continue
      const attributes = isObject(one['attributes']) ? one['attributes'] : {}
      const { is_crowd: crowd, ...rest } = attributes
      const id = one['id']
      shapes.push({
        classId, shape, group: isFiniteNumber(one['group']) ? one['group'] : null, z: isFiniteNumber(one['z_order']) ? one['z_order'] : 0,
        more: { crowd: crowd === true, importedId: isFiniteNumber(id) && Number.isSafeInteger(id) && id > 0 ? id : null, carried: Object.keys(rest).length === 0 ? null : { attributes: rest } },
      })
    }
    yield* annotationsOfShapes(shapes, targets, image)
  }
}
