import { parse, stringify } from 'yaml'
import { traceEdges } from '../masks/edge-tracing.ts'
import { oneLine, simplifiedOutlines } from '../masks/simplify.ts'
import { placePictures } from './coco-instances.ts'
import { readSegmentation } from './coco-segmentation.ts'
import { isObject } from './coco-values.ts'
import { FileNames, keptOf, sizeOf, turn, TURN_IMAGES, withMasks } from './export-items.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { Format, ImageEntry, SplitName } from './format.ts'
import { categoriesNamed, eachImage, imageNamed, LEFT_OUT, readAnnotationOf, targetSize } from './import-items.ts'
import { linesOf } from './label-maps.ts'
import { KEEPS_MASKS } from './losses.ts'
import { isPicture, type Place, stemOf } from './place.ts'

/** Digits after the point: exact to the pixel up to 16,384 px. */
const DIGITS = 7

/** YOLO segmentation: `labels/<set>/<picture>.txt` with `class x y x y …` in shares of width and height, and data.yaml. */
export const yolo: Format = {
  name: 'yolo',
  title: 'YOLO segmentation',
  splitsItself: true,
  keeps: KEEPS_MASKS,
  recognise: (place) => {
    if (!place.isFolder) return 0
    const labels = place.files.some((file) => /(^|\/)labels\/.*\.txt$/.test(file))
    return labels ? (yamlOf(place) === null ? 0.5 : 0.95) : 0
  },
  read(place, { findings }) {
    const names = namesOf(place, findings)
    // labels/… and images/… run in parallel, with the sets above or below them
    const pictures = new Map(place.files.filter(isPicture).map((file) => [stemOf(file), file]))
    const labels = place.files.filter((file) => /(^|\/)labels\/.*\.txt$/.test(file))
    const labelled = labels.map((file) => {
      const picture = pictures.get(stemOf(file.replace(/(^|\/)labels\//, '$1images/')))
      const inside = /(?:^|\/)(?:images|labels)\/(.*)$/.exec(picture ?? stemOf(file))?.[1] ?? file
      return { file, picture: picture ?? null, path: picture ?? file.replace(/(^|\/)labels\//, '$1images/').replace(/\.txt$/, ''), name: inside }
    })
    const seen = new Set(labelled.flatMap(({ picture }) => picture ?? []))
    const bare = [...pictures.values()].filter((file) => /(^|\/)images\//.test(file) && !seen.has(file)).map((file) => ({ file: null, picture: file, path: file, name: /(?:^|\/)images\/(.*)$/.exec(file)?.[1] ?? file }))
    const all = withoutSets([...labelled, ...bare])
    if (all.length === 0) throw new RefusedFile('no-images', `${place.name} has no labels/*.txt`, 'nothing is read')
    const byKey = new Map(all.map((one) => [one.file ?? one.picture ?? '', one]))
    const images: ImageEntry[] = [...byKey].map(([key, { name }]) => ({ ...imageNamed(name), key }))
    const highest = names.length
    return {
      images, categories: categoriesNamed(names, findings), topLevel: {},
      pictureOf: ({ key }) => { const picture = byKey.get(key)?.picture; return picture === null || picture === undefined ? null : place.absolute(picture) },
      records: (targets, found, onDone) => eachImage(images, targets, found, onDone, function* (image) {
        const file = byKey.get(image.entry.key)?.file
        if (file === null || file === undefined) return
        const { width, height } = targetSize(image)
        let z = 0
        for (const [i, line] of place.text(file).split(/\r?\n/).entries()) {
          if (line.trim() === '') continue
          const what = `${file}:${i + 1}`
          const [label, ...numbers] = line.trim().split(/\s+/).map(Number)
          const refuse = (rule: string, example: string): void => found.add(rule, 'refused', LEFT_OUT, `${what}: ${example}`)
          const classId = Number.isInteger(label) && label >= 0 && label < highest ? targets.classes.get(String(label)) : undefined
          if (classId === undefined) refuse('dangling-category', `class ${line.trim().split(/\s+/)[0]} is none of the ${highest} of data.yaml`)
          else if (!numbers.every(Number.isFinite)) refuse('not-a-number', 'holds something that is no number')
          else if (numbers.length === 4 || numbers.length === 5) {
            const [cx, cy, w, h, score] = numbers
            if (w <= 0 || h <= 0) refuse('bad-box', 'has no size')
            else yield readAnnotationOf(targets, image, classId, ++z, [(cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height], scored(score))
          } else {
            // predictions end in a confidence
            const odd = numbers.length % 2 === 1
            const points = (odd ? numbers.slice(0, -1) : numbers).map((value, at) => value * (at % 2 === 0 ? width : height))
            if (points.some((value) => Math.abs(value) > 1e7)) refuse('bad-polygon', 'shares of the width and height are expected, these are far outside')
            else {
              const mask = readSegmentation([points], width, height, what, found)
              if (mask !== 'none' && mask !== 'refused') yield readAnnotationOf(targets, image, classId, ++z, mask, scored(odd ? numbers[numbers.length - 1] : undefined))
            }
          }
        }
      }),
    }
  },
  async write(out, source, context) {
    const { options, findings, splitOf, onDone } = context
    const classes = source.classes()
    const place = new Map(classes.map(({ id }, i) => [id, i]))
    const sets: readonly SplitName[] = splitOf === null ? ['train'] : (['train', 'val', 'test'] as const)
    const names = new FileNames(findings)
    const images = [...source.images()].map((image) => ({ image, set: splitOf?.(image.id) ?? 'train' as const, ...names.filesOf(image) }))
    const used = sets.filter((set) => images.some((image) => image.set === set))
    const content = { path: '.', train: 'images/train', val: used.includes('val') ? 'images/val' : 'images/train', ...(used.includes('test') ? { test: 'images/test' } : {}), names: Object.fromEntries(classes.map(({ name }, i) => [i, name])) }
    await out.file('data.yaml', () => stringify(content))
    let annotations = 0
    for (const [i, { image, set, stem }] of images.entries()) {
      const { width, height } = sizeOf(image)
      const lines: string[] = []
      for (const { mask, classId, crowd } of withMasks(keptOf(source, image, options, findings), image, findings)) {
        if (crowd) {
          findings.add('crowd', 'note', 'left out: this format knows no crowds', image.path)
          continue
        }
        const outlines = traceEdges(mask)
        const polygon = oneLine(options.masks === 'simplified' ? simplifiedOutlines(outlines, options.tolerancePx) : outlines.keyholes())
        lines.push(`${place.get(classId ?? 0)} ${polygon.map((value, at) => String(Number((value / (at % 2 === 0 ? width : height)).toFixed(DIGITS)))).join(' ')}\n`)
      }
      annotations += lines.length
      await out.file(`labels/${set}/${stem}.txt`, () => lines.join(''))
      onDone?.(i + 1, images.length)
      if (i % TURN_IMAGES === 0) await turn()
    }
    const nameOf = new Map(images.map(({ image, name }) => [image.id, name]))
    for (const set of used) await placePictures(out, { ...source, images: () => images.filter((one) => one.set === set).map(({ image }) => image) }, context, `images/${set}/`, nameOf)
    return { images: images.length, annotations, classes: classes.length }
  },
}

const scored = (score: number | undefined): { score: number; state: 'pending' } | Record<string, never> => (score === undefined || score < 0 || score > 1 ? {} : { score, state: 'pending' })

/** Names without the set they are in (`images/train/a.jpg` is `a.jpg`), as far as two do not get the same. */
function withoutSets<T extends { readonly name: string; readonly path: string }>(all: readonly T[]): readonly T[] {
  const ways: readonly ((one: T) => string)[] = [({ name }) => name.replace(/^(train|val|valid|test)\//, ''), ({ name }) => name]
  const way = ways.find((one) => new Set(all.map(one)).size === all.length) ?? (({ path }: T) => path)
  return all.map((one) => ({ ...one, name: way(one) }))
}

const yamlOf = (place: Place): string | null => place.files.find((file) => /(^|\/)(data|dataset)\.ya?ml$/.test(file)) ?? place.files.find((file) => /^[^/]+\.ya?ml$/.test(file)) ?? null

function namesOf(place: Place, findings: Findings): string[] {
  const file = yamlOf(place)
  if (file === null) {
    if (place.has('classes.txt')) return linesOf(place.text('classes.txt'))
    throw new RefusedFile('no-classes', `${place.name} has no data.yaml and no classes.txt that name the classes`, 'add data.yaml with names')
  }
  let content: unknown
  try {
    content = parse(place.text(file), { maxAliasCount: 10, logLevel: 'error' })
  } catch (error) {
    throw new RefusedFile('bad-classes', `${file}: ${(error as Error).message.split('\n')[0]}`, 'nothing is read')
  }
  const names = isObject(content) ? content['names'] : undefined
  if (Array.isArray(names)) return names.map(String)
  if (!isObject(names)) throw new RefusedFile('bad-classes', `${file} has no “names”`, 'nothing is read')
  const list: string[] = []
  for (const [key, name] of Object.entries(names)) {
    if (/^\d{1,4}$/.test(key)) list[Number(key)] = String(name)
    else findings.add('bad-class', 'refused', LEFT_OUT, `${file}: “${key}” is no class number`)
  }
  return Array.from(list, (name) => name ?? '')
}
