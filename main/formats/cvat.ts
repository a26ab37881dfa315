import { dirname, join } from 'node:path'
import { existsSync, statSync } from 'node:fs'
import type { Mask } from '../masks/mask.ts'
import { encodeSpans } from '../masks/rle.ts'
import { readSegmentation } from './coco-segmentation.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { Format, ImageEntry, OnDone, ReadRecord, Targets } from './format.ts'
import { annotationsOfShapes, type Shape } from './grouped-shapes.ts'
import { categoriesNamed, LEFT_OUT, targetSize } from './import-items.ts'
import { normalPath } from './match-images.ts'
import type { Place } from './place.ts'
import { childNamed, textOf, type XmlElement, xmlElements } from './xml.ts'

const ELLIPSE_CORNERS = 64

/** CVAT XML 1.1 for images; read only. */
export const cvat: Format = {
  name: 'cvat',
  title: 'CVAT XML 1.1',
  recognise: (place) => (xmlOf(place) === null ? 0 : 0.95),
  read(place, { findings, onDone }) {
    const file = place.isFolder ? xmlOf(place) : place.files[0]
    if (file === null) throw new RefusedFile('no-file', `${place.name} holds no CVAT XML file`, 'give the file itself')
    const path = place.absolute(file)
    const { size } = statSync(path)
    const images: ImageEntry[] = []
    const keys = new Set<string>()
    let names: string[] = []
    let root = ''
    for (const element of xmlElements(path, file, (done) => onDone?.(done, size * 2))) {
      if (root === '') {
        root = element.name
        if (root !== 'annotations') throw new RefusedFile('not-cvat', `${file}: the root is <${root}>, <annotations> is expected`, 'nothing is read')
      } else if (element.name === 'meta') names = labelsOf(element)
      else if (element.name === 'track') findings.add('track', 'refused', `${LEFT_OUT}: tracks are of videos; export “CVAT for images”`, `<track id="${element.attributes['id'] ?? ''}">`)
      else if (element.name === 'image') {
        const name = element.attributes['name'] ?? ''
        const what = `<image id="${element.attributes['id'] ?? ''}">`
        const side = (key: string): number => { const value = Number(element.attributes[key]); return Number.isInteger(value) && value >= 1 ? value : 0 }
        if (name === '') findings.add('bad-image', 'refused', LEFT_OUT, `${what} has no name`)
        else if (keys.has(name)) findings.add('file-twice', 'refused', `the second is ${LEFT_OUT}`, `${what}: ${JSON.stringify(name)}`)
        else {
          keys.add(name)
          images.push({ key: name, id: null, fileName: name, width: side('width'), height: side('height'), carried: null })
        }
        for (const { attributes } of element.children) if (attributes['label'] !== undefined && !names.includes(attributes['label'])) names.push(attributes['label'])
      }
    }
    if (images.length === 0) throw new RefusedFile('no-images', `${file} has no <image>`, 'nothing is read')
    return {
      images, categories: categoriesNamed(names, findings), topLevel: {},
      pictureOf: ({ fileName }) => {
        const name = normalPath(fileName)
        return name === null ? null : ([dirname(path), join(dirname(path), 'images')].map((folder) => join(folder, name)).find((one) => existsSync(one)) ?? null)
      },
      records: (targets, found, onBytes) => records(path, file, names, targets, found, (done) => onBytes?.(size + done, size * 2)),
    }
  },
}

function xmlOf(place: Place): string | null {
  const files = place.files.filter((file) => /\.xml$/i.test(file) && !file.includes('Annotations/')).slice(0, 20)
  return files.find((file) => /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?<annotations>/.test(place.head(file).replace(/^\uFEFF/, ''))) ?? null
}

function labelsOf(meta: XmlElement): string[] {
  for (const owner of [meta, ...meta.children]) {
    const labels = childNamed(owner, 'labels')
    if (labels !== undefined) return labels.children.filter(({ name }) => name === 'label').map((label) => textOf(label, 'name')).filter((name) => name !== '')
  }
  return []
}

function* records(path: string, file: string, names: readonly string[], targets: Targets, findings: Findings, onBytes: (done: number) => void): Generator<ReadRecord, void, void> {
  const seen = new Set<string>()
  const done: OnDone = (bytes) => onBytes(bytes)
  for (const element of xmlElements(path, file, (bytes) => done(bytes, 0))) {
    const name = element.attributes['name'] ?? ''
    const image = element.name === 'image' && !seen.has(name) ? targets.images.get(name) : undefined
    if (image === undefined) continue
    seen.add(name)
    const { width, height } = targetSize(image)
    const shapes: Shape[] = []
    for (const [i, child] of element.children.entries()) {
      const what = `${name}: <${child.name}> ${i}`
      if (child.name === 'tag') {
        findings.add('tag', 'note', `${LEFT_OUT}: a tag is of the whole image`, what)
        continue
      }
      const classId = targets.classes.get(String(names.indexOf(child.attributes['label'] ?? '')))
      if (classId === undefined) {
        findings.add('dangling-category', 'refused', LEFT_OUT, `${what} has no label`)
        continue
      }
      const shape = shapeOf(child, width, height, what, findings)
      if (shape === null) continue
      const group = Number(child.attributes['group_id'] ?? 0)
      const attributes = Object.fromEntries(child.children.filter((one) => one.name === 'attribute').map((one) => [one.attributes['name'] ?? '', one.text]))
      const occluded = child.attributes['occluded'] === '1'
      const carried = Object.keys(attributes).length === 0 && !occluded ? null : { attributes: { ...attributes, ...(occluded ? { occluded: true } : {}) } }
      shapes.push({ classId, group: Number.isInteger(group) ? group : null, shape, z: Number(child.attributes['z_order'] ?? 0) || 0, more: { carried } })
    }
    yield* annotationsOfShapes(shapes, targets, image)
  }
}

function shapeOf({ name, attributes }: XmlElement, width: number, height: number, what: string, findings: Findings): Mask | [number, number, number, number] | null {
  const refuse = (rule: string, example: string): null => {
    findings.add(rule, 'refused', LEFT_OUT, `${what} ${example}`)
    return null
  }
  const number = (key: string): number => Number.parseFloat(attributes[key] ?? '')
  const polygon = (points: number[]): Mask | null => {
    const mask = readSegmentation([points], width, height, what, findings)
    return mask === 'none' || mask === 'refused' ? null : mask
  }
  if (name === 'polygon') return polygon((attributes['points'] ?? '').split(';').flatMap((pair) => pair.split(',').map(Number)))
  if (name === 'box') {
    const [x0, y0, x1, y1] = ['xtl', 'ytl', 'xbr', 'ybr'].map(number)
    if (![x0, y0, x1, y1].every(Number.isFinite) || x1 <= x0 || y1 <= y0) return refuse('bad-box', 'has no size')
    if (number('rotation')) findings.add('rotated-box', 'mended', 'read as it lies before its rotation', what)
    return [x0, y0, x1 - x0, y1 - y0]
  }
  if (name === 'ellipse') {
    const [cx, cy, rx, ry] = ['cx', 'cy', 'rx', 'ry'].map(number)
    if (![cx, cy, rx, ry].every(Number.isFinite)) return refuse('not-a-number', 'has a measure that is no number')
    const turn = ((number('rotation') || 0) * Math.PI) / 180
    findings.add('ellipse', 'mended', `read as a polygon of ${ELLIPSE_CORNERS} corners`, what)
    return polygon(Array.from({ length: ELLIPSE_CORNERS }, (_, i) => (i * 2 * Math.PI) / ELLIPSE_CORNERS).flatMap((a) => {
      const [u, v] = [rx * Math.cos(a), ry * Math.sin(a)]
      return [cx + u * Math.cos(turn) - v * Math.sin(turn), cy + u * Math.sin(turn) + v * Math.cos(turn)]
    }))
  }
  if (name === 'mask') return maskOf((attributes['rle'] ?? '').split(',').map(Number), ['left', 'top', 'width', 'height'].map(number), width, height, refuse)
  return refuse('shape-type', 'has no area')
}

/** Run lengths in a box, row by row, zeros first. */
function maskOf(runs: readonly number[], [left, top, w, h]: readonly number[], width: number, height: number, refuse: (rule: string, example: string) => null): Mask | null {
  if (![left, top, w, h].every(Number.isInteger) || left < 0 || top < 0 || w < 1 || h < 1 || left + w > width || top + h > height) return refuse('bad-mask', `has a box ${left}, ${top}, ${w}×${h} that does not fit the picture of ${width}×${height} px`)
  if (!runs.every((run) => Number.isInteger(run) && run >= 0)) return refuse('bad-rle', 'has runs that are no whole numbers')
  const total = runs.reduce((sum, run) => sum + run, 0)
  if (total !== w * h) return refuse('bad-rle', `has runs of ${total} px in a box of ${w * h}`)
  const spans: number[] = []
  let position = 0
  for (const [i, run] of runs.entries()) {
    const end = position + run
    if (i % 2 === 0) position = end
    while (position < end) {
      const y = Math.floor(position / w)
      const to = Math.min(end, (y + 1) * w)
      spans.push(top + y, left + position - y * w, left + to - y * w)
      position = to
    }
  }
  return encodeSpans(Int32Array.from(spans))
}
