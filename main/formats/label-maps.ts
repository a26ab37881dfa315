import { parse } from 'yaml'
import type { LabelClass } from '../contract/records.ts'
import { CocoIds } from './coco-ids.ts'
import { placePictures } from './coco-instances.ts'
import { isObject } from './coco-values.ts'
import { FileNames, keptOf, sizeOf, turn, TURN_IMAGES, withMasks } from './export-items.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { CategoryEntry, DataSet, Format, Source, WriteContext, WriteCounts } from './format.ts'
import { categoriesNamed, eachImage, imageNamed, labelPngFor, LEFT_OUT, readAnnotationOf } from './import-items.ts'
import { vocPalette } from './label-png.ts'
import { paintInOrder, regionsOf, sayJoined } from './label-regions.ts'
import { KEEPS_MASKS } from './losses.ts'
import type { Out } from './out.ts'
import { isPicture, picturesBelow, type Place, stemOf } from './place.ts'
import { encodePng, pngSize } from './png.ts'

/** Plain label maps: `masks/` with one PNG a picture (value = place in classes.txt, 255 or 65535 none) and `classes.txt`. */
export const labelPng: Format = {
  name: 'label-png',
  title: 'Label PNG',
  keeps: KEEPS_MASKS,
  recognise: (place) => (place.isFolder && place.files.some((file) => file.startsWith('masks/') && file.endsWith('.png')) && (place.has('classes.txt') || place.has('classes.yaml')) ? 0.9 : 0),
  read(place, context) {
    if (place.has('classes.txt')) {
      const names = linesOf(place.text('classes.txt'))
      return readMaps(place, 'masks', categoriesNamed(names, context.findings), (value, depth) => (value === (depth === 16 ? 65535 : 255) ? null : String(value)))
    }
    if (!place.has('classes.yaml')) throw new RefusedFile('no-classes', `${place.name} has no classes.txt that says which value is which class`, 'add classes.txt, one name a line, or classes.yaml with id: name')
    // truth coded otherwise (DESIGN.md): ids with names; a value that is not listed is no label
    const { ids, categories } = namesByValue(place.text('classes.yaml'), 'classes.yaml', context.findings)
    return readMaps(place, 'masks', categories, (value) => ids.get(value) ?? null)
  },
  write(out, source, context) {
    const classes = source.classes()
    const wide = classes.length > 255
    const valueOf = new Map(classes.map(({ id }, i) => [id, i]))
    return writeMaps(out, source, context, { folder: 'masks', none: wide ? 65535 : 255, wide, valueOf, list: { name: 'classes.txt', text: classes.map(({ name }) => `${name}\n`).join('') } })
  },
}

/** COCO stuff pixel maps: a folder of indexed PNGs, value = category id, 0 unlabelled, with labels.txt (`id: name`). */
export const cocoStuffMaps: Format = {
  name: 'coco-stuff-maps',
  title: 'COCO stuff pixel maps',
  keeps: { ...KEEPS_MASKS, ids: ['class'] },
  recognise: (place) => (place.isFolder && place.has('labels.txt') && /^\s*\d+\s*:/.test(place.head('labels.txt')) && place.files.some((file) => file.endsWith('.png')) ? 0.8 : 0),
  read(place, { findings }) {
    if (!place.has('labels.txt')) throw new RefusedFile('no-classes', `${place.name} has no labels.txt that says which id is which category`, 'add labels.txt with lines like “1: person”')
    const { ids, categories } = namesByValue(place.text('labels.txt').replaceAll(/^(\d+)\s*:\s*(.*)$/gm, (_, id: string, name: string) => `${id}: ${JSON.stringify(name.trim())}`), 'labels.txt', findings)
    const folder = place.files.some((file) => file.startsWith('maps/')) ? 'maps' : ''
    return readMaps(place, folder, categories.filter(({ key }) => key !== '0'), (value) => (value === 0 ? null : (ids.get(value) ?? null)))
  },
  write(out, source, context) {
    const classes = source.classes()
    const ids = new CocoIds(new Set(classes.flatMap(({ importedId }) => usableId(importedId) ?? [])))
    const valueOf = new Map(classes.map(({ id, importedId }) => [id, ids.take(usableId(importedId)).id]))
    const wide = [...valueOf.values()].some((value) => value > 255)
    const lines = classes.map(({ id, name }) => `${valueOf.get(id)}: ${name}\n`).join('')
    return writeMaps(out, source, context, { folder: 'maps', none: 0, wide, valueOf, list: { name: 'labels.txt', text: `0: unlabeled\n${lines}` } })
  },
}

const usableId = (id: number | null): number | null => (id !== null && id >= 1 && id <= 65534 ? id : null)
export const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line, i, all) => line.trim() !== '' || i < all.length - 1)

function namesByValue(text: string, name: string, findings: Findings): { ids: Map<number, string>; categories: CategoryEntry[] } {
  let content: unknown
  try {
    content = parse(text, { maxAliasCount: 10, logLevel: 'error' })
  } catch (error) {
    throw new RefusedFile('bad-classes', `${name}: ${(error as Error).message.split('\n')[0]}`, 'nothing is read')
  }
  const entries = Object.entries(isObject(content) ? content : {}).flatMap(([key, value]) => (/^\d{1,5}$/.test(key) && (typeof value === 'string' || typeof value === 'number') ? [[Number(key), String(value)] as const] : []))
  if (entries.length === 0) throw new RefusedFile('bad-classes', `${name} holds no line “id: name”`, 'nothing is read')
  const categories = categoriesNamed(entries.map(([, label]) => label), findings, entries.map(([id]) => (id >= 1 ? id : null))).map((entry, i) => ({ ...entry, key: String(entries[i][0]) }))
  return { ids: new Map(entries.map(([id]) => [id, String(id)])), categories }
}

/** @param keyOf key of the category of a pixel value, or null for none */
function readMaps(place: Place, folder: string, categories: readonly CategoryEntry[], keyOf: (value: number, depth: number) => string | null): DataSet {
  const start = folder === '' ? '' : `${folder}/`
  const pictures = new Map([...picturesBelow(place, 'images')].filter(([, file]) => isPicture(file)))
  const images = place.files.filter((file) => file.startsWith(start) && /\.png$/i.test(file) && !file.startsWith('images/')).map((file) => {
    const stem = stemOf(file.slice(start.length))
    const picture = pictures.get(stem)
    return { ...imageNamed(picture === undefined ? stem : picture.slice('images/'.length), pngSize(place.headBytes(file)) ?? undefined), key: file }
  })
  if (images.length === 0) throw new RefusedFile('no-images', `${place.name} has no PNG in ${start === '' ? 'it' : start}`, 'nothing is read')
  return {
    images, categories, topLevel: {},
    pictureOf: ({ key }) => { const picture = pictures.get(stemOf(key.slice(start.length))); return picture === undefined ? null : place.absolute(picture) },
    records: (targets, findings, onDone) => eachImage(images, targets, findings, onDone, function* (image) {
      const file = image.entry.key
      const { values, depth, width, height } = labelPngFor(image, place.bytes(file), file, findings)
      let z = 0
      for (const [value, mask] of regionsOf(values, width, height, -1)) {
        const key = keyOf(value, depth)
        if (key === null) continue
        const classId = targets.classes.get(key)
        if (classId === undefined) findings.add('unknown-value', 'refused', LEFT_OUT, `${file}: the value ${value} is no class of the list`)
        else yield readAnnotationOf(targets, image, classId, ++z, mask)
      }
    }),
  }
}

async function writeMaps(out: Out, source: Source, context: WriteContext, { folder, none, wide, valueOf, list }: { folder: string; none: number; wide: boolean; valueOf: ReadonlyMap<number, number>; list: { name: string; text: string } }): Promise<WriteCounts> {
  const { options, findings, onDone } = context
  const classes = source.classes()
  const nameOf = new Map<number | null, string>(classes.map(({ id, name }: LabelClass) => [id, name]))
  const names = new FileNames(findings)
  const images = [...source.images()]
  let annotations = 0
  let written = 0
  await out.file(list.name, () => list.text)
  for (const [i, image] of images.entries()) {
    const { stem } = names.filesOf(image)
    const { width, height } = sizeOf(image)
    const kept = withMasks(keptOf(source, image, options, findings), image, findings)
    if (width === 0 || height === 0) {
      findings.add('size-unknown', 'refused', 'left out: its size is unknown', image.path)
      continue
    }
    const { plane, order, shown } = paintInOrder(kept, width, height, options.overlap, findings, image.path, (id) => nameOf.get(id) ?? '')
    annotations += shown.length
    written++
    sayJoined(shown, (id) => nameOf.get(id) ?? '', image.path, findings)
    await out.file(`${folder}/${stem}.png`, () => {
      const table = Uint16Array.from([none, ...order.map(({ classId }) => valueOf.get(classId ?? 0) ?? none)])
      const values = wide ? new Uint16Array(plane.length) : new Uint8Array(plane.length)
      for (let p = 0; p < plane.length; p++) values[p] = table[plane[p]]
      return encodePng({ width, height, channels: 1, values, palette: wide ? null : vocPalette(256) })
    })
    onDone?.(i + 1, images.length)
    if (i % TURN_IMAGES === 0) await turn()
  }
  await placePictures(out, source, context, 'images/')
  return { images: written, annotations, classes: classes.length }
}
