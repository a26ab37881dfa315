import { EngineError } from '../contract/errors.ts'
import { traceEdges } from '../masks/edge-tracing.ts'
import { simplifiedOutlines } from '../masks/simplify.ts'
import { placePictures } from './coco-instances.ts'
import { readSegmentation } from './coco-segmentation.ts'
import { isFiniteNumber, isObject } from './coco-values.ts'
import { FileNames, keptOf, sizeOf, turn, TURN_IMAGES, withMasks } from './export-items.ts'
import { RefusedFile } from './findings.ts'
import type { Format, ImageEntry } from './format.ts'
import { categoriesNamed, colourPngFor, eachImage, imageNamed, labelPngFor, LEFT_OUT, readAnnotationOf, targetSize } from './import-items.ts'
import { CITYSCAPES_LABELS, LICENSE_PLATE } from './cityscapes-labels.ts'
import { KEEPS_MASKS } from './losses.ts'
import { paintInOrder, regionsOf } from './label-regions.ts'
import { encodePng, type Png, pngSize } from './png.ts'

const KINDS = ['_gtFine_instanceIds.png', '_gtFine_labelIds.png', '_gtFine_polygons.json', '_gtFine_color.png', '_gtCoarse_instanceIds.png', '_gtCoarse_labelIds.png', '_gtCoarse_polygons.json'] as const
/** Our own list for classes that Cityscapes does not have. */
const LABELS_FILE = 'labels.json'
const FIRST_FREE_ID = 34
const IDS_MAX = 255
/** instanceIds are 16 bit, label·1000 + number */
const INSTANCE_LABELS_MAX = 65

/** Cityscapes: labelIds, instanceIds, color and polygons of each picture under gtFine/<set>/<city>/. */
export const cityscapes: Format = {
  name: 'cityscapes',
  title: 'Cityscapes',
  splitsItself: true,
  keeps: KEEPS_MASKS,
  recognise: (place) => (place.isFolder && place.files.some((file) => /_gt(Fine|Coarse)_(labelIds|instanceIds|color)\.png$|_gt(Fine|Coarse)_polygons\.json$/.test(file)) ? 0.98 : 0),
  read(place, { findings }) {
    const labels = CITYSCAPES_LABELS.map(({ id, name, colour }) => ({ id, name, colour }))
    const own = place.files.find((file) => file === LABELS_FILE || file.endsWith(`/${LABELS_FILE}`))
    if (own !== undefined) {
      const content = parsed(place.text(own), own)
      for (const entry of Array.isArray(content) ? content : []) {
        if (!isObject(entry) || !Number.isInteger(entry['id']) || typeof entry['name'] !== 'string') findings.add('bad-class', 'refused', LEFT_OUT, `${own}: ${JSON.stringify(entry).slice(0, 60)}`)
        else if (!labels.some(({ id }) => id === entry['id'])) labels.push({ id: Number(entry['id']), name: entry['name'], colour: typeof entry['colour'] === 'string' ? entry['colour'] : '' })
      }
    }
    // a list of our own may have given it an id
    if (!labels.some(({ name }) => name === LICENSE_PLATE.name)) labels.push(LICENSE_PLATE)
    const byImage = new Map<string, Map<string, string>>()
    for (const file of place.files) {
      const kind = KINDS.find((end) => file.endsWith(end))
      if (kind === undefined) continue
      const stem = file.slice(0, -kind.length).replace(/^(?:.*\/)?gt(?:Fine|Coarse)\//, '').replace(/^(train|val|test|train_extra)\//, '')
      const known = byImage.get(stem)
      if (known === undefined) byImage.set(stem, new Map([[kind, file]]))
      else known.set(kind, file)
    }
    const pictures = new Map(place.files.flatMap((file) => { const found = /(?:^|\/)leftImg8bit\/(?:(?:train|val|test|train_extra)\/)?(.*)_leftImg8bit\.\w+$/.exec(file); return found === null ? [] : [[found[1], file] as const] }))
    const images: ImageEntry[] = [...byImage].map(([stem, files]) => {
      const png = [...files.values()].find((file) => file.endsWith('.png'))
      const size = png === undefined ? sizeInJson(place.head([...files.values()][0])) : (pngSize(place.headBytes(png)) ?? undefined)
      const picture = pictures.get(stem)
      // without the picture: Cityscapes calls it …_leftImg8bit; files of our own carry the plain name
      const name = picture === undefined ? stem : picture.replace(/^(?:.*\/)?leftImg8bit\/(?:(?:train|val|test|train_extra)\/)?/, '')
      return { ...imageNamed(name, size), key: stem }
    })
    if (images.length === 0) throw new RefusedFile('no-images', `${place.name} has no …_gtFine_labelIds.png or …_polygons.json`, 'nothing is read')
    const used = labels.filter(({ name }) => name !== 'unlabeled')
    const categories = categoriesNamed(used.map(({ name }) => name), findings)
    const keyOfId = new Map(used.map(({ id }, i) => [id, String(i)]))
    const keyOfName = new Map(used.map(({ name }, i) => [name, String(i)]))
    const keyOfColour = new Map<number, string>()
    used.forEach(({ colour }, i) => {
      const value = /^#[0-9a-f]{6}$/.test(colour) ? Number.parseInt(colour.slice(1), 16) : 0
      if (value !== 0 && !keyOfColour.has(value)) keyOfColour.set(value, String(i))
    })
    return {
      images, categories, topLevel: {},
      pictureOf: ({ key }) => { const picture = pictures.get(key); return picture === undefined ? null : place.absolute(picture) },
      records: (targets, found, onDone) => eachImage(images, targets, found, onDone, function* (image) {
        const files = byImage.get(image.entry.key)
        const kind = KINDS.find((one) => files?.has(one) === true)
        const file = files?.get(kind ?? '')
        if (kind === undefined || file === undefined) return
        let z = 0
        const classOf = (key: string | undefined, what: string): number | undefined => {
          const id = key === undefined ? undefined : targets.classes.get(key)
          if (id === undefined) found.add('unknown-value', 'refused', LEFT_OUT, `${file}: ${what} is no label of the list`)
          return id
        }
        if (kind.endsWith('polygons.json')) {
          const content = parsed(place.text(file), file)
          const { width, height } = targetSize(image)
          for (const [i, object] of (isObject(content) && Array.isArray(content['objects']) ? content['objects'] : []).entries()) {
            if (!isObject(object) || object['deleted'] === 1) continue
            const polygon = object['polygon']
            const given = String(object['label'])
            const crowd = !keyOfName.has(given) && given.endsWith('group') && keyOfName.has(given.slice(0, -5))
            if (given === 'unlabeled') continue
            const classId = classOf(keyOfName.get(crowd ? given.slice(0, -5) : given), `“${given}”`)
            if (classId === undefined) continue
            const mask = readSegmentation([Array.isArray(polygon) ? polygon.flat().map((value) => (isFiniteNumber(value) ? value : Number.NaN)) : []], width, height, `${file}: object ${i}`, found)
            if (mask !== 'refused' && mask !== 'none') yield readAnnotationOf(targets, image, classId, ++z, mask, { crowd })
          }
          return
        }
        const colour = kind.endsWith('color.png')
        const { width, height } = targetSize(image)
        const plane = colour ? packedColours(colourPngFor(image, place.bytes(file), file)) : labelPngFor(image, place.bytes(file), file, found).values
        const instances = kind.endsWith('instanceIds.png')
        for (const [value, mask] of regionsOf(plane, width, height, 0)) {
          const label = instances && value >= 1000 ? Math.floor(value / 1000) : value
          if (!colour && CITYSCAPES_LABELS.find(({ id }) => id === label)?.name === 'unlabeled') continue
          const classId = classOf(colour ? keyOfColour.get(value) : keyOfId.get(label), `the value ${value}`)
          const things = instances && value < 1000 && CITYSCAPES_LABELS.find(({ id }) => id === label)?.instances === true
          if (classId !== undefined) yield readAnnotationOf(targets, image, classId, ++z, mask, { crowd: things })
        }
      }),
    }
  },
  async write(out, source, context) {
    const { options, findings, splitOf, onDone } = context
    const classes = source.classes()
    let free = FIRST_FREE_ID
    const labelOf = new Map(classes.map((label) => {
      const known = CITYSCAPES_LABELS.find(({ name, id }) => name === label.name && id > 0)
      return [label.id, { id: known?.id ?? free++, name: label.name, colour: known?.colour ?? label.colour, instances: known?.instances ?? label.extent === 'thing', own: known === undefined }] as const
    }))
    if (free > IDS_MAX + 1) throw new EngineError('bad-input', `Cityscapes holds ${IDS_MAX - FIRST_FREE_ID + 1} classes of one’s own, the project has ${free - FIRST_FREE_ID}; choose label PNG or COCO`)
    const own = [...labelOf.values()].filter((label) => label.own)
    if (own.length > 0) await out.file(LABELS_FILE, () => `${JSON.stringify(own.map(({ id, name, colour }) => ({ id, name, colour })), null, 2)}\n`)
    const names = new FileNames(findings)
    const nameOf = new Map<number, string>()
    const images = [...source.images()]
    let annotations = 0
    for (const [i, image] of images.entries()) {
      const files = names.filesOf(image)
      nameOf.set(image.id, files.name)
      const stem = files.stem.replace(/_leftImg8bit$/, '')
      const { width, height } = sizeOf(image)
      const base = `gtFine/${splitOf?.(image.id) ?? 'train'}/${stem}_gtFine`
      const { plane, order, shown } = paintInOrder(withMasks(keptOf(source, image, options, findings), image, findings), width, height, options.overlap, findings, image.path, (id) => labelOf.get(id ?? 0)?.name ?? '')
      annotations += shown.length
      const labels = order.map(({ classId }) => labelOf.get(classId ?? 0) ?? { id: 0, name: 'unlabeled', colour: '#000000', instances: false, own: false })
      const paint = (values: readonly number[]): Uint8Array => { const table = Uint8Array.from([0, ...values]); return Uint8Array.from(plane, (place) => table[place]) }
      await out.file(`${base}_labelIds.png`, () => encodePng({ width, height, channels: 1, values: paint(labels.map(({ id }) => id)), palette: null }))
      const numbers = new Map<number, number>()
      const instanceIds = order.map(({ crowd }, at) => {
        const { id, instances } = labels[at]
        if (!instances || crowd) return id
        if (id > INSTANCE_LABELS_MAX) {
          findings.add('no-instance-number', 'mended', 'its objects have no number of their own: 16 bits hold labels up to 65', `“${labels[at].name}” is label ${id}`)
          return id
        }
        const number = numbers.get(id) ?? 0
        numbers.set(id, number + 1)
        if (number > (id === INSTANCE_LABELS_MAX ? 535 : 999)) {
          findings.add('no-instance-number', 'mended', 'its objects have no number of their own: 16 bits hold 1000 of one label', image.path)
          return id
        }
        return id * 1000 + number
      })
      await out.file(`${base}_instanceIds.png`, () => { const table = Uint16Array.from([0, ...instanceIds]); return encodePng({ width, height, channels: 1, values: Uint16Array.from(plane, (place) => table[place]), palette: null }) })
      await out.file(`${base}_color.png`, () => {
        const values = new Uint8Array(plane.length * 3)
        const colours = [0, ...labels.map(({ colour }) => Number.parseInt(colour.slice(1), 16))]
        for (let p = 0; p < plane.length; p++) {
          const colour = colours[plane[p]]
          values[p * 3] = colour >> 16
          values[p * 3 + 1] = (colour >> 8) & 255
          values[p * 3 + 2] = colour & 255
        }
        return encodePng({ width, height, channels: 3, values, palette: null })
      })
      await out.file(`${base}_polygons.json`, () => {
        // in order from back to front, as they are painted; one polygon a region
        const objects = order.flatMap(({ mask, crowd }, at) => {
          const outlines = traceEdges(mask)
          const lines = options.masks === 'simplified' ? simplifiedOutlines(outlines, options.tolerancePx) : outlines.keyholes()
          return lines.map((line) => ({ label: `${labels[at].name}${crowd && labels[at].instances ? 'group' : ''}`, polygon: Array.from({ length: line.length / 2 }, (_, k) => [line[k * 2], line[k * 2 + 1]]) }))
        })
        return `${JSON.stringify({ imgHeight: height, imgWidth: width, objects })}\n`
      })
      onDone?.(i + 1, images.length)
      if (i % TURN_IMAGES === 0) await turn()
    }
    for (const set of ['train', 'val', 'test'] as const) {
      const of = images.filter(({ id }) => (splitOf?.(id) ?? 'train') === set)
      if (of.length > 0) await placePictures(out, { ...source, images: () => of }, context, `leftImg8bit/${set}/`, nameOf)
    }
    return { images: images.length, annotations, classes: classes.length }
  },
}

/** 0xrrggbb of each pixel. */
function packedColours({ values, channels, width, height }: Png): Uint32Array {
  const packed = new Uint32Array(width * height)
  for (let p = 0, i = 0; p < packed.length; p++, i += channels) packed[p] = values[i] * 65536 + values[i + 1] * 256 + values[i + 2]
  return packed
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new RefusedFile('not-json', `${file}: not JSON (${(error as Error).message})`, LEFT_OUT)
  }
}
const sizeInJson = (head: string): { width: number; height: number } => {
  const side = (key: string): number => Number(new RegExp(String.raw`"${key}"\s*:\s*(\d{1,6})`).exec(head)?.[1] ?? 0)
  return { width: side('imgWidth'), height: side('imgHeight') }
}
