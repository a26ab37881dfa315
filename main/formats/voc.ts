import { EngineError } from '../contract/errors.ts'
import type { Annotation } from '../contract/records.ts'
import { intersectionArea } from '../masks/set-operations.ts'
import { placePictures } from './coco-instances.ts'
import { isObject, type JsonObject } from './coco-values.ts'
import { FileNames, keptOf, sizeOf, turn, TURN_IMAGES, withMasks } from './export-items.ts'
import { RefusedFile } from './findings.ts'
import type { Format, ImageEntry, SplitName } from './format.ts'
import { categoriesNamed, eachImage, imageNamed, labelPngFor, labelValueText, LEFT_OUT, readAnnotationOf, targetSize } from './import-items.ts'
import { KEEPS_MASKS } from './losses.ts'
import { vocPalette } from './label-png.ts'
import { paintInOrder, regionsOf } from './label-regions.ts'
import { baseOf, picturesBelow, type Place, stemOf } from './place.ts'
import { encodePng, pngSize } from './png.ts'
import { IGNORE, placeOfVocColour, VOC_CLASSES, vocLabels } from './voc-labels.ts'
import { escapeXml, textOf, type XmlElement, xmlElements } from './xml.ts'

/** Key among an annotation's carried ones for its flags in VOC: pose, truncated, occluded, difficult. */
const FLAGS_KEY = 'voc'
const FLAGS: readonly string[] = ['pose', 'truncated', 'occluded', 'difficult']
const CLASSES_MAX = 254
const CLASS_FOLDER = 'SegmentationClass'
const OBJECT_FOLDER = 'SegmentationObject'

/** PASCAL VOC: SegmentationClass and SegmentationObject as indexed PNGs, boxes as XML, sets as lists. */
export const voc: Format = {
  name: 'voc',
  title: 'PASCAL VOC',
  splitsItself: true,
  keeps: { ...KEEPS_MASKS, key: FLAGS_KEY },
  recognise: (place) => (place.isFolder && place.files.some((file) => /(^|\/)(SegmentationClass|Annotations)\/.*\.(png|xml)$/.test(file)) ? (place.files.some((file) => file.includes('SegmentationClass/')) ? 0.95 : 0.7) : 0),
  read(place, { findings }) {
    const root = rootOf(place)
    const below = (folder: string, extension: string): Map<string, string> =>
      new Map(place.files.filter((file) => file.startsWith(`${root}${folder}/`) && file.endsWith(extension)).map((file) => [stemOf(file.slice(root.length + folder.length + 1)), file]))
    const classMaps = below(CLASS_FOLDER, '.png')
    const objectMaps = below(OBJECT_FOLDER, '.png')
    const boxes = below('Annotations', '.xml')
    const pictures = picturesBelow(place, `${root}JPEGImages`)
    const stems = [...new Set([...classMaps.keys(), ...boxes.keys(), ...pictures.keys()])].toSorted()
    const images: ImageEntry[] = stems.map((stem) => {
      const picture = pictures.get(stem)
      const map = classMaps.get(stem)
      const xml = boxes.get(stem)
      const size = (map === undefined ? null : pngSize(place.headBytes(map))) ?? (xml === undefined ? undefined : xmlSize(place.head(xml)))
      return { ...imageNamed(picture === undefined ? stem : picture.slice(`${root}JPEGImages/`.length), size), key: stem }
    })
    if (images.length === 0) throw new RefusedFile('no-images', `${place.name} has no SegmentationClass, Annotations or JPEGImages`, 'nothing is read')
    const labelmap = place.has(`${root}labelmap.txt`) ? place.text(`${root}labelmap.txt`) : null
    const { names, valueOfColour } = vocLabels(labelmap)
    const known = new Set<string>(names)
    // classes that only the XML files name
    if (labelmap === null) for (const file of boxes.values()) for (const [, name] of place.head(file).matchAll(/<object>\s*(?:<\w+>[^<]*<\/\w+>\s*)*?<name>([^<]+)<\/name>/g)) if (!known.has(unescapeXml(name.trim()))) known.add(unescapeXml(name.trim()))
    const categories = categoriesNamed([...known], findings)
    const keyOf = new Map(categories.map(({ name, key }) => [name, key]))
    return {
      images, categories, topLevel: {},
      pictureOf: ({ key }) => { const picture = pictures.get(key); return picture === undefined ? null : place.absolute(picture) },
      records: (targets, found, onDone) => eachImage(images, targets, found, onDone, function* (image) {
        const stem = image.entry.key
        const xml = boxes.get(stem)
        const objects = xml === undefined ? [] : objectsOf(place.absolute(xml), xml)
        const map = classMaps.get(stem)
        let z = 0
        const done = new Set<number>()
        const classOf = (key: string | undefined, what: string): number | undefined => {
          const id = key === undefined ? undefined : targets.classes.get(key)
          if (id === undefined) found.add('unknown-value', 'refused', LEFT_OUT, `${stem}: ${what} is no class of the list`)
          return id
        }
        if (map !== undefined) {
          const { values, width, height } = labelPngFor(image, place.bytes(map), map, found, valueOfColour)
          const classes = regionsOf(values, width, height, 0)
          if (classes.delete(IGNORE)) found.add('ignored-pixels', 'note', 'the pixels marked 255 (“ignore”) belong to no annotation', stem)
          const objectMap = objectMaps.get(stem)
          if (objectMap === undefined) {
            for (const [value, mask] of classes) {
              const classId = classOf(String(value - 1), labelValueText(value))
              if (classId !== undefined) yield readAnnotationOf(targets, image, classId, ++z, mask)
            }
          } else {
            const png = labelPngFor(image, place.bytes(objectMap), objectMap, found, placeOfVocColour)
            const regions = [...regionsOf(png.values, width, height, 0)].filter(([value]) => value !== (png.depth === 16 ? 65535 : IGNORE)).toSorted(([a], [b]) => a - b)
            for (const [value, mask] of regions) {
              // the class most of its pixels have
              const [best] = [...classes].map(([label, region]) => [label, intersectionArea(mask, region)] as const).toSorted((a, b) => b[1] - a[1])
              const object = objects.at(value - 1)
              const classId = classOf(best === undefined || best[1] === 0 ? undefined : String(best[0] - 1), `object ${value}`)
              done.add(value)
              if (classId !== undefined) yield readAnnotationOf(targets, image, classId, ++z, mask, object === undefined ? {} : { carried: object.carried })
            }
          }
        }
        for (const [i, { name, box, carried }] of objects.entries()) {
          if (done.has(i + 1) || (map !== undefined && objectMaps.get(stem) === undefined)) continue
          const classId = classOf(keyOf.get(name), `“${name}”`)
          if (classId === undefined) continue
          const { width, height } = targetSize(image)
          if (box === null || box[2] <= 0 || box[3] <= 0 || box[0] >= width || box[1] >= height) found.add('bad-box', 'refused', LEFT_OUT, `${xml}: the box of object ${i + 1}`)
          else yield readAnnotationOf(targets, image, classId, ++z, box, { carried })
        }
      }),
    }
  },
  async write(out, source, context) {
    const { options, findings, splitOf, onDone } = context
    const classes = source.classes()
    const standard = classes.every(({ name }) => (VOC_CLASSES as readonly string[]).includes(name))
    if (!standard && classes.length > CLASSES_MAX) throw new EngineError('bad-input', `PASCAL VOC holds at most ${CLASSES_MAX} classes, the project has ${classes.length}; choose label PNG or COCO`)
    const names: readonly string[] = standard ? VOC_CLASSES : classes.map(({ name }) => name)
    const valueOf = new Map(classes.map(({ id, name }) => [id, names.indexOf(name) + 1]))
    const nameOf = (id: number | null): string => names[(valueOf.get(id ?? 0) ?? 0) - 1] ?? ''
    const palette = vocPalette(256)
    await out.file('labelmap.txt', () => `# label:color_rgb:parts:actions\n${['background', ...names].map((name, i) => `${name}:${palette[i].join(',')}::\n`).join('')}`)
    const files = new FileNames(findings)
    const images = [...source.images()]
    const sets = new Map<SplitName | 'all', string[]>()
    let annotations = 0
    for (const [i, image] of images.entries()) {
      const { name, stem } = files.filesOf(image)
      const { width, height } = sizeOf(image)
      const kept = keptOf(source, image, options, findings)
      for (const { crowd } of kept) if (crowd) findings.add('crowd', 'note', 'written like an object: this format knows no crowds', image.path)
      const boxed = kept.filter(({ boxOnly }) => boxOnly !== null)
      const masked = withMasks(kept.filter(({ boxOnly }) => boxOnly === null), image, findings)
      const { plane, order } = paintInOrder(masked, width, height, options.overlap, findings, image.path, nameOf)
      const regions = regionsOf(plane, width, height, 0)
      const objects = order.flatMap((annotation, place) => { const mask = regions.get(place + 1); return mask === undefined ? [] : [{ annotation, mask, place: place + 1 }] })
        .toSorted((a, b) => a.annotation.z - b.annotation.z || a.annotation.id - b.annotation.id)
      annotations += objects.length + boxed.length
      const wide = objects.length > CLASSES_MAX
      if (wide) findings.add('many-objects', 'note', 'its SegmentationObject has 16 bits', `${image.path}: ${objects.length} objects`)
      if (objects.length > 0) {
        await out.file(`${CLASS_FOLDER}/${stem}.png`, () => {
          const table = Uint8Array.from([0, ...order.map(({ classId }) => valueOf.get(classId ?? 0) ?? 0)])
          return encodePng({ width, height, channels: 1, values: Uint8Array.from(plane, (place) => table[place]), palette })
        })
        await out.file(`${OBJECT_FOLDER}/${stem}.png`, () => {
          const table = new Uint16Array(order.length + 1)
          objects.forEach(({ place }, at) => { table[place] = at + 1 })
          return encodePng({ width, height, channels: 1, values: wide ? Uint16Array.from(plane, (place) => table[place]) : Uint8Array.from(plane, (place) => table[place]), palette: wide ? null : palette })
        })
      }
      const boxesOf: { annotation: Annotation; box: readonly [number, number, number, number] }[] = [
        ...objects.map(({ annotation, mask }) => ({ annotation, box: [mask.x, mask.y, mask.width, mask.height] as const })),
        ...boxed.flatMap((annotation) => (annotation.boxOnly === null ? [] : [{ annotation, box: annotation.boxOnly }])),
      ]
      await out.file(`Annotations/${stem}.xml`, () => xmlOf(name, width, height, objects.length > 0, boxesOf.map(({ annotation, box }) => ({ name: nameOf(annotation.classId), box, flags: annotation.carried?.[FLAGS_KEY] }))))
      const set = splitOf?.(image.id) ?? 'all'
      const list = sets.get(set) ?? []
      list.push(stem)
      sets.set(set, list)
      onDone?.(i + 1, images.length)
      if (i % TURN_IMAGES === 0) await turn()
    }
    for (const [set, stems] of sets) await out.file(`ImageSets/Segmentation/${set === 'all' ? 'default' : set}.txt`, () => stems.map((stem) => `${stem}\n`).join(''))
    await placePictures(out, source, context, 'JPEGImages/')
    return { images: images.length, annotations, classes: classes.length }
  },
}

/** VOC often lies in VOCdevkit/VOC2012. */
function rootOf(place: Place): string {
  const roots = new Set(place.files.flatMap((file) => /^(.*?)(?:SegmentationClass|Annotations|JPEGImages)\//.exec(file)?.[1] ?? []))
  if (roots.size > 1) throw new RefusedFile('several-files', `${place.name} holds several data sets: ${[...roots].slice(0, 4).join(', ')}`, 'give one of them')
  return [...roots][0] ?? ''
}

const xmlSize = (head: string): { width: number; height: number } => {
  const side = (name: string): number => Number(new RegExp(String.raw`<size>[\s\S]*?<${name}>\s*(\d{1,6})\s*</${name}>`).exec(head)?.[1] ?? 0)
  return { width: side('width'), height: side('height') }
}
const unescapeXml = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&')

/** Objects in the file's order. VOC counts pixels from 1, and both ends belong to the box. */
function objectsOf(path: string, name: string): { name: string; box: [number, number, number, number] | null; carried: Record<string, unknown> | null }[] {
  return [...xmlElements(path, baseOf(name))].filter((element) => element.name === 'object').map((element: XmlElement) => {
    const bndbox = element.children.find((child) => child.name === 'bndbox')
    const [x0, y0, x1, y1] = ['xmin', 'ymin', 'xmax', 'ymax'].map((key) => Number.parseFloat(textOf(bndbox, key)))
    const box: [number, number, number, number] | null = [x0, y0, x1, y1].every(Number.isFinite) ? [x0 - 1, y0 - 1, x1 - x0 + 1, y1 - y0 + 1] : null
    const flags = Object.fromEntries(FLAGS.flatMap((key) => (textOf(element, key) === '' || textOf(element, key) === '0' || textOf(element, key) === 'Unspecified' ? [] : [[key, textOf(element, key)]])))
    return { name: textOf(element, 'name'), box, carried: Object.keys(flags).length === 0 ? null : { [FLAGS_KEY]: flags } }
  })
}

/** The flags that were read; `difficult` always, as readers of VOC want it. */
function flagLines(flags: unknown): string {
  const carried: JsonObject = isObject(flags) ? flags : {}
  return FLAGS.map((key) => {
    const value = carried[key] ?? (key === 'difficult' ? '0' : null)
    return typeof value === 'string' ? `    <${key}>${escapeXml(value)}</${key}>\n` : ''
  }).join('')
}

function xmlOf(fileName: string, width: number, height: number, segmented: boolean, objects: readonly { readonly name: string; readonly box: readonly [number, number, number, number]; readonly flags: unknown }[]): string {
  const lines = objects.map(({ name, box: [x, y, w, h], flags }) => `  <object>
    <name>${escapeXml(name)}</name>
${flagLines(flags)}    <bndbox><xmin>${x + 1}</xmin><ymin>${y + 1}</ymin><xmax>${x + w}</xmax><ymax>${y + h}</ymax></bndbox>
  </object>\n`)
  return `<annotation>
  <filename>${escapeXml(fileName)}</filename>
  <size><width>${width}</width><height>${height}</height><depth>3</depth></size>
  <segmented>${segmented ? 1 : 0}</segmented>
${lines.join('')}</annotation>\n`
}
