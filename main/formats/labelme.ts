import type { Mask } from '../masks/mask.ts'
import { traceEdges } from '../masks/edge-tracing.ts'
import { forEachSpan } from '../masks/rle.ts'
import { unionAll } from '../masks/set-operations.ts'
import { simplifiedOutlines } from '../masks/simplify.ts'
import { jsonKind } from './coco-place.ts'
import { CAPTIONS_KEY, without } from './coco-instances-writer.ts'
import { readSegmentation } from './coco-segmentation.ts'
import { carriedOf, isFiniteNumber, isObject, type JsonObject } from './coco-values.ts'
import { FileNames, keptOf, sizeOf, turn, TURN_IMAGES, withMasks } from './export-items.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { Format, ImageEntry } from './format.ts'
import { categoriesNamed, eachImage, LEFT_OUT, readAnnotationOf, targetSize } from './import-items.ts'
import { KEEPS_MASKS } from './losses.ts'
import { normalPath } from './match-images.ts'
import { type Place, stemOf } from './place.ts'
import { decodePng, encodePng } from './png.ts'
import { regionsOf } from './label-regions.ts'

const IMAGE_KEYS: ReadonlySet<string> = new Set(['version', 'shapes', 'imagePath', 'imageData', 'imageHeight', 'imageWidth'])
const SHAPE_KEYS: ReadonlySet<string> = new Set(['label', 'points', 'group_id', 'shape_type', 'mask'])
const CIRCLE_CORNERS = 64
const VERSION = '5.5.0'

/** labelme: one JSON a picture, parts of an object by group_id. */
export const labelme: Format = {
  name: 'labelme',
  title: 'labelme JSON',
  keeps: { ...KEEPS_MASKS, keys: ['image', 'annotation'] },
  recognise: (place) => {
    const first = place.files.find((file) => /\.json$/i.test(file))
    return first !== undefined && jsonKind(place, first) === 'labelme' ? 0.9 : 0
  },
  read(place, { findings }) {
    const names = new Set<string>()
    const files: { file: string; entry: ImageEntry }[] = []
    for (const file of place.files) {
      if (!/\.json$/i.test(file)) continue
      let content: JsonObject
      try {
        content = contentOf(place, file)
      } catch (error) {
        if (!(error instanceof RefusedFile)) throw error
        findings.add(error.rule, 'refused', LEFT_OUT, `${file}: ${error.message}`)
        continue
      }
      for (const shape of shapesOf(content)) if (typeof shape['label'] === 'string') names.add(shape['label'])
      const side = (key: string): number => { const value = content[key]; return isFiniteNumber(value) && Number.isInteger(value) && value >= 1 ? value : 0 }
      // imagePath is relative to the JSON file
      const imagePath = typeof content['imagePath'] === 'string' ? content['imagePath'].replaceAll('\\', '/') : ''
      const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : ''
      const near = imagePath.startsWith('../') ? imagePath.replace(/^(\.\.\/)+/, '') : imagePath
      if (normalPath(near) === null && near !== '') findings.add('path-escapes', 'mended', 'named like the JSON file', `${file}: ${JSON.stringify(imagePath)}`)
      const name = near === '' || normalPath(near) === null ? stemOf(file) : `${imagePath.startsWith('../') ? '' : folder}${near}`
      files.push({ file, entry: { key: file, id: null, fileName: name, width: side('imageWidth'), height: side('imageHeight'), carried: carriedOf(filled(content), IMAGE_KEYS) } })
    }
    if (files.length === 0) throw new RefusedFile('no-images', `${place.name} has no labelme JSON file`, 'nothing is read')
    const list = [...names].toSorted()
    const categories = categoriesNamed(list, findings)
    return {
      images: files.map(({ entry }) => entry), categories, topLevel: {},
      pictureOf: ({ fileName }) => { const name = normalPath(fileName); return name !== null && place.has(name) ? place.absolute(name) : null },
      records: (targets, found, onDone) => eachImage(files.map(({ entry }) => entry), targets, found, onDone, function* (image) {
        const file = image.entry.key
        const { width, height } = targetSize(image)
        const groups = new Map<string, { label: string; masks: Mask[]; carried: Record<string, unknown> | null }>()
        let z = 0
        const boxes: { classId: number; box: [number, number, number, number]; carried: Record<string, unknown> | null }[] = []
        for (const [i, shape] of shapesOf(contentOf(place, file)).entries()) {
          const what = `${file}: shape ${i}`
          const label = shape['label']
          const classId = typeof label === 'string' ? targets.classes.get(String(list.indexOf(label))) : undefined
          if (typeof label !== 'string' || classId === undefined) {
            found.add('no-label', 'refused', LEFT_OUT, `${what} has no label`)
            continue
          }
          const mask = shapeMask(shape, width, height, what, found)
          if (mask === null) continue
          const carried = carriedOf(filled(shape), SHAPE_KEYS)
          if (Array.isArray(mask)) {
            boxes.push({ classId, box: mask, carried })
            continue
          }
          const group = shape['group_id']
          const key = group === null || group === undefined ? `alone ${i}` : `${JSON.stringify(group)} ${label}`
          const known = groups.get(key)
          if (known === undefined) groups.set(key, { label, masks: [mask], carried })
          else known.masks.push(mask)
        }
        for (const { label, masks, carried } of groups.values()) yield readAnnotationOf(targets, image, targets.classes.get(String(list.indexOf(label))) ?? 0, ++z, unionAll(masks), { carried })
        for (const { classId, box, carried } of boxes) yield readAnnotationOf(targets, image, classId, ++z, box, { carried })
      }),
    }
  },
  async write(out, source, context) {
    const { options, findings, onDone } = context
    const classes = new Map(source.classes().map((label) => [label.id, label.name]))
    const names = new FileNames(findings)
    const images = [...source.images()]
    let annotations = 0
    for (const [i, image] of images.entries()) {
      const { name, stem } = names.filesOf(image)
      const { width, height } = sizeOf(image)
      const kept = keptOf(source, image, options, findings)
      const shown = kept.filter((annotation) => annotation.boxOnly !== null || withMasks([annotation], image, findings).length > 0)
      annotations += shown.length
      for (const { crowd } of shown) if (crowd) findings.add('crowd', 'note', 'written like an object: this format knows no crowds', image.path)
      let group = 0
      await out.file(`${stem}.json`, () => {
        const shapes = shown.flatMap(({ mask, boxOnly, classId, carried }): Record<string, unknown>[] => {
          const base = { label: classes.get(classId ?? 0) ?? '', description: '', flags: {}, ...carried }
          if (boxOnly !== null) return [{ ...base, points: [[boxOnly[0], boxOnly[1]], [boxOnly[0] + boxOnly[2], boxOnly[1] + boxOnly[3]]], group_id: null, shape_type: 'rectangle', mask: null }]
          const outlines = traceEdges(mask)
          if (outlines.holes.length > 0 && (options.masks === 'rle' || options.masks === 'polygons')) {
            return [{ ...base, points: [[mask.x, mask.y], [mask.x + mask.width - 1, mask.y + mask.height - 1]], group_id: null, shape_type: 'mask', mask: boxPng(mask) }]
          }
          const lines = options.masks === 'simplified' ? simplifiedOutlines(outlines, options.tolerancePx) : outlines.keyholes()
          const id = lines.length > 1 ? ++group : null
          return lines.map((line) => ({ ...base, points: Array.from({ length: line.length / 2 }, (_, at) => [line[at * 2], line[at * 2 + 1]]), group_id: id, shape_type: 'polygon', mask: null }))
        })
        // the picture lies, or would lie, beside the JSON file
        return `${JSON.stringify({ version: VERSION, flags: {}, ...without(image.carried, 'width', 'height', CAPTIONS_KEY), shapes, imagePath: name.slice(name.lastIndexOf('/') + 1), imageData: null, imageHeight: height, imageWidth: width }, null, 2)}\n`
      })
      if (options.images !== 'none') {
        const from = source.picturePath(image)
        if (from === null) findings.add('picture-missing', 'note', 'its labels are written without it', image.path)
        else await out.picture(name, from)
      }
      onDone?.(i + 1, images.length)
      if (i % TURN_IMAGES === 0) await turn()
    }
    return { images: images.length, annotations, classes: classes.size }
  },
}

function contentOf(place: Place, file: string): JsonObject {
  let content: unknown
  try {
    content = JSON.parse(place.text(file)) as unknown
  } catch (error) {
    throw new RefusedFile('not-json', `not JSON (${(error as Error).message})`, LEFT_OUT)
  }
  if (!isObject(content) || !Array.isArray(content['shapes'])) throw new RefusedFile('no-shapes', 'it has no list “shapes”', LEFT_OUT)
  return content
}
/** Without what labelme writes of everything: empty flags and descriptions. */
const filled = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== '' && !(isObject(value) && Object.keys(value).length === 0)))
const shapesOf = (content: JsonObject): JsonObject[] => (content['shapes'] as unknown[]).map((shape) => (isObject(shape) ? shape : {}))

/** The mask of a shape, a box, or null (said why). */
function shapeMask(shape: JsonObject, width: number, height: number, what: string, findings: Findings): Mask | [number, number, number, number] | null {
  const refuse = (rule: string, example: string): null => {
    findings.add(rule, 'refused', LEFT_OUT, `${what} ${example}`)
    return null
  }
  const points = shape['points']
  if (!Array.isArray(points) || !points.every((point): point is [number, number] => Array.isArray(point) && point.length === 2 && point.every(isFiniteNumber))) return refuse('bad-polygon', 'has points that are no pairs of numbers')
  let type = shape['shape_type'] ?? 'polygon'
  // X-AnyLabeling writes all four corners, also of turned ones
  if ((type === 'rectangle' || type === 'rotation') && points.length === 4) {
    const upright = type === 'rectangle' && new Set(points.map(([x]) => x)).size === 2 && new Set(points.map(([, y]) => y)).size === 2
    if (upright) return boxOf(points)
    type = 'polygon'
  }
  if (type === 'rectangle' && points.length === 2) {
    return boxOf(points)
  }
  if (type === 'mask') return maskShape(shape['mask'], points, width, height, refuse)
  if (type === 'circle' && points.length === 2) {
    const [[cx, cy], [ex, ey]] = points
    const radius = Math.hypot(ex - cx, ey - cy)
    findings.add('circle', 'mended', `read as a polygon of ${CIRCLE_CORNERS} corners`, what)
    return polygon([Array.from({ length: CIRCLE_CORNERS * 2 }, (_, i) => (i % 2 === 0 ? cx + radius * Math.cos((i * Math.PI) / CIRCLE_CORNERS) : cy + radius * Math.sin(((i - 1) * Math.PI) / CIRCLE_CORNERS)))])
  }
  if (type !== 'polygon') return refuse('shape-type', `is a ${JSON.stringify(type)}, which has no area`)
  return polygon([points.flat()])

  function boxOf(corners: readonly [number, number][]): [number, number, number, number] | null {
    const [x0, y0, x1, y1] = [Math.min(...corners.map(([x]) => x)), Math.min(...corners.map(([, y]) => y)), Math.max(...corners.map(([x]) => x)), Math.max(...corners.map(([, y]) => y))]
    return x1 > x0 && y1 > y0 ? [x0, y0, x1 - x0, y1 - y0] : refuse('bad-box', 'is a rectangle without a size')
  }

  function polygon(parts: number[][]): Mask | null {
    const mask = readSegmentation(parts, width, height, what, findings)
    return mask === 'refused' || mask === 'none' ? null : mask
  }
}

function maskShape(data: unknown, points: readonly [number, number][], width: number, height: number, refuse: (rule: string, example: string) => null): Mask | null {
  if (typeof data !== 'string' || points.length !== 2) return refuse('bad-mask', 'is a mask without data or without two corners')
  const [x, y] = [Math.round(points[0][0]), Math.round(points[0][1])]
  try {
    const png = decodePng(Buffer.from(data, 'base64'), 'mask')
    if (png.channels !== 1 || x < 0 || y < 0 || x + png.width > width || y + png.height > height) return refuse('bad-mask', `has a mask of ${png.width}×${png.height} px at ${x}, ${y}, which does not fit the picture`)
    const set = regionsOf(Uint8Array.from(png.values, (value) => (value === 0 ? 0 : 1)), png.width, png.height, 0).get(1)
    if (set === undefined) return refuse('empty-mask', 'has a mask without a pixel')
    return { ...set, x: set.x + x, y: set.y + y }
  } catch (error) {
    return refuse('bad-mask', error instanceof Error ? error.message : 'has a mask that can’t be read')
  }
}

/** The mask inside its box as a base64 PNG, 255 = set. */
function boxPng(mask: Mask): string {
  const values = new Uint8Array(mask.width * mask.height)
  forEachSpan(mask, (y, x0, x1) => values.fill(255, (y - mask.y) * mask.width + x0 - mask.x, (y - mask.y) * mask.width + x1 - mask.x))
  return Buffer.from(encodePng({ width: mask.width, height: mask.height, channels: 1, values, palette: null })).toString('base64')
}
