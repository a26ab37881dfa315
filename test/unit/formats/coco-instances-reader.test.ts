import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { readCocoHeader } from '../../../main/formats/coco-header.ts'
import { readCocoAnnotations, type ReadAnnotation } from '../../../main/formats/coco-instances-reader.ts'
import { Findings, RefusedFile } from '../../../main/formats/findings.ts'
import { matchImages, type TargetImage } from '../../../main/formats/match-images.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-reader-'))
afterAll(() => rmSync(home, { recursive: true }))

const TARGETS: readonly TargetImage[] = [{ id: 1, path: 'a.jpg', width: 10, height: 8 }, { id: 2, path: 'deep/b.jpg', width: 10, height: 8 }]
const IMAGE = { id: 7, file_name: 'a.jpg', width: 10, height: 8 }
const CATEGORY = { id: 5, name: 'cat' }
const SQUARE = [[1, 1, 4, 1, 4, 4, 1, 4]]
const GOOD = { id: 1, image_id: 7, category_id: 5, segmentation: SQUARE, area: 9, bbox: [1, 1, 3, 3], iscrowd: 0 }

/** Reads a file of this content; every category becomes the class of its place + 100. */
function read(content: string | Record<string, unknown>, targets = TARGETS): { annotations: ReadAnnotation[]; rules: Record<string, [string, number]>; findings: Findings } {
  const path = join(home, 'coco.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  const findings = new Findings()
  const header = readCocoHeader(path, findings)
  const matched = matchImages(header.images, targets, findings)
  const annotations = [...readCocoAnnotations(path, {
    images: new Map(matched.map((image) => [image.entry.key, image])),
    imageKeys: new Set(header.images.map(({ key }) => key)),
    classes: new Map(header.categories.map(({ key }, i) => [key, 100 + i])),
    from: 'coco.json',
  }, findings)]
  return { annotations, findings, rules: Object.fromEntries(findings.list().map(({ rule, severity, count }) => [rule, [severity, count]])) }
}
const file = (...annotations: readonly unknown[]) => ({ images: [IMAGE], categories: [CATEGORY], annotations })
const withImages = (...images: readonly unknown[]) => ({ images, categories: [CATEGORY], annotations: [GOOD] })

test('a good file has no findings', () => {
  const { annotations, rules } = read(file(GOOD))
  expect(rules).toEqual({})
  expect(annotations).toEqual([{
    imageId: 1, classId: 100, state: 'accepted', score: null, z: 1, crowd: false, locked: false, importedId: 1, boxOnly: null, areaPx2: 9, carried: null,
    mask: { x: 1, y: 1, width: 3, height: 3, runs: Uint8Array.of(0, 9) }, provenance: { source: 'import', by: 'coco.json' },
  }])
})

// what the annotation says, the findings it must give, and whether it is still read
const { iscrowd: _1, ...noCrowd } = GOOD
const { bbox: _2, ...noBox } = GOOD
const { area: _3, ...noArea } = GOOD
const { id: _4, ...noId } = GOOD
for (const [title, annotation, rules, kept] of [
  ['a flat polygon list is one part', { ...GOOD, segmentation: SQUARE[0] }, { 'flat-polygon': ['mended', 1] }, true],
  ['a text id of digits is a number', { ...GOOD, id: '12' }, { 'string-id': ['mended', 1] }, true],
  ['a missing iscrowd is 0', noCrowd, { 'iscrowd-missing': ['mended', 1] }, true],
  ['a boolean iscrowd is 0 or 1', { ...GOOD, iscrowd: true }, { 'iscrowd-boolean': ['mended', 1] }, true],
  ['a missing bbox is computed', noBox, { 'bbox-missing': ['mended', 1] }, true],
  ['a missing area is computed', noArea, { 'area-missing': ['mended', 1] }, true],
  ['a missing id is replaced', noId, { 'annotation-id-missing': ['mended', 1] }, true],
  ['a contradicting bbox is computed', { ...GOOD, bbox: [1, 1, 9, 3] }, { 'bbox-contradicts': ['mended', 1] }, true],
  ['a contradicting area is computed', { ...GOOD, area: 500 }, { 'area-contradicts': ['mended', 1] }, true],
  ['a polygon past the border is cut', { ...GOOD, segmentation: [[-3, -3, 4, -3, 4, 4, -3, 4]], area: 16, bbox: [0, 0, 4, 4] }, { 'past-border': ['mended', 1] }, true],
  ['a part of two points is left out', { ...GOOD, segmentation: [...SQUARE, [1, 2, 3, 4]] }, { 'short-polygon': ['mended', 1] }, true],
  ['an empty polygon is kept empty', { ...GOOD, segmentation: [[1, 1, 1, 1, 1, 1]], area: 0 }, { 'empty-mask': ['note', 1] }, true],
  ['a box alone is kept', { ...GOOD, segmentation: undefined }, { 'box-only': ['note', 1] }, true],
  ['id 0 is kept and said', { ...GOOD, id: 0 }, { 'annotation-id-0': ['note', 1] }, true],
  ['neither mask nor box', { ...GOOD, segmentation: [], bbox: undefined }, { 'bbox-missing': ['mended', 1], 'no-shape': ['refused', 1] }, false],
  ['an odd number of coordinates', { ...GOOD, segmentation: [[1, 1, 4, 1, 4, 4, 1]] }, { 'odd-polygon': ['refused', 1] }, false],
  ['null among coordinates', { ...GOOD, segmentation: [[1, 1, 4, null, 4, 4]] }, { 'bad-polygon': ['refused', 1] }, false],
  ['a segmentation that is text', { ...GOOD, segmentation: 'abc' }, { 'bad-segmentation': ['refused', 1] }, false],
  ['RLE of another size', { ...GOOD, segmentation: { size: [10, 8], counts: [80] } }, { 'rle-size': ['refused', 1] }, false],
  ['RLE that does not sum', { ...GOOD, segmentation: { size: [8, 10], counts: [3, 4] } }, { 'bad-rle': ['refused', 1] }, false],
  ['RLE without counts', { ...GOOD, segmentation: { size: [8, 10] } }, { 'bad-rle': ['refused', 1] }, false],
  ['an image that is not listed', { ...GOOD, image_id: 8 }, { 'dangling-image': ['refused', 1] }, false],
  ['a category that is not listed', { ...GOOD, category_id: 6 }, { 'dangling-category': ['refused', 1] }, false],
  ['an annotation that is a list', [], { 'bad-annotation': ['refused', 1] }, false],
] as const) {
  test(title, () => {
    const result = read(file(annotation))
    expect(result.rules).toEqual(rules)
    expect(result.annotations.length).toBe(kept ? 1 : 0)
    expect(result.findings.verdict()).toBe(Object.values(rules).some(([severity]) => severity !== 'note') ? 'mended' : 'clean')
  })
}

test('NaN refuses its annotation and not the file', () => {
  const text = JSON.stringify(file(GOOD, { ...GOOD, id: 2, area: 12345 })).replace('12345', 'NaN')
  const { annotations, rules } = read(text)
  expect(annotations.map(({ importedId }) => importedId)).toEqual([1])
  expect(rules).toEqual({ 'not-a-number': ['refused', 1] })
})

test('an id given twice is kept once', () => {
  const { annotations, rules } = read(file(GOOD, { ...GOOD, segmentation: [[5, 5, 8, 5, 8, 8, 5, 8]], bbox: [5, 5, 3, 3] }))
  expect(annotations.map(({ importedId }) => importedId)).toEqual([1, null])
  expect(rules).toEqual({ 'annotation-id-twice': ['mended', 1] })
})

test('unknown keys of an annotation are carried, our own are read', () => {
  const { annotations: [read1] } = read(file({ ...GOOD, attributes: { hard: true }, maskwright: { state: 'pending', score: 0.25, source: 'method', method: 'regions', pack: 'classic' } }))
  expect(read1).toMatchObject({ carried: { attributes: { hard: true } }, state: 'pending', score: 0.25, provenance: { source: 'method', method: 'regions', pack: 'classic' } })
})

test('annotations may come before images and categories', () => {
  expect(read({ annotations: [GOOD], categories: [CATEGORY], images: [IMAGE] }).annotations.length).toBe(1)
})

for (const [title, image, rule] of [
  ['an absolute file name', { ...IMAGE, file_name: '/etc/a.jpg' }, 'path-escapes'],
  ['a drive letter', { ...IMAGE, file_name: 'C:\\a.jpg' }, 'path-escapes'],
  ['an address', { ...IMAGE, file_name: 'file:///a.jpg' }, 'path-escapes'],
  ['a file name that leads out of the folder', { ...IMAGE, file_name: 'x/../../a.jpg' }, 'path-escapes'],
  ['sizes that contradict the picture', { ...IMAGE, width: 11 }, 'size-contradicts'],
  ['a picture that is not there', { ...IMAGE, file_name: 'z.jpg' }, 'file-missing'],
  ['an image without id', { file_name: 'a.jpg' }, 'bad-image'],
  ['an image without a name', { id: 7 }, 'bad-image'],
] as const) {
  test(`${title} is refused, and its annotations with it`, () => {
    const other = { id: 9, file_name: 'deep/b.jpg', width: 10, height: 8 }
    const { rules, annotations } = read(withImages(image, other))
    expect(rules[rule]).toEqual(['refused', 1])
    expect(annotations).toEqual([])
  })
}

test('images are found by path, by back-slashed path, and by a base name that is unique', () => {
  for (const file_name of ['deep/b.jpg', 'deep\\b.jpg', './deep/b.jpg', 'elsewhere/b.jpg', 'b.jpg']) {
    expect(read(withImages({ ...IMAGE, file_name })).annotations.map(({ imageId }) => imageId)).toEqual([2])
  }
})

test('of equal base names the folders before them decide, and never for a picture of another kind', () => {
  const target = (id: number, path: string): TargetImage => ({ id, path, width: 10, height: 8 })
  const entries = withImages({ ...IMAGE, file_name: 'images/a/x.jpg' }, { ...IMAGE, id: 8, file_name: 'images/b/x.jpg' })
  const found = (...targets: readonly TargetImage[]) => { const { annotations, rules } = read(entries, targets); return [annotations.map(({ imageId }) => imageId), rules] }
  expect(found(target(1, 'b/x.jpg'), target(2, 'a/x.jpg'))).toEqual([[2], { 'file-by-name': ['note', 2] }])
  expect(found(target(1, 'b/x.jpg'), target(2, 'c/x.jpg'), target(3, 'a/x.png'))).toEqual([[], { 'file-by-name': ['note', 1], 'file-ambiguous': ['refused', 1], 'image-left-out': ['refused', 1] }])
  // an entry without an extension means any kind
  const bare = read(withImages({ ...IMAGE, file_name: 'images/a/x' }, { ...IMAGE, id: 8, file_name: 'images/b/x' }), [target(1, 'b/x.jpg'), target(2, 'a/x.png')])
  expect([bare.annotations.map(({ imageId }) => imageId), bare.rules]).toEqual([[2], { 'file-by-name': ['note', 2] }])
})

test('a base name that two pictures or two entries share is ambiguous', () => {
  const twice: TargetImage[] = [...TARGETS, { id: 3, path: 'other/b.jpg', width: 10, height: 8 }]
  expect(read(withImages({ ...IMAGE, file_name: 'b.jpg' }), twice).rules['file-ambiguous']).toEqual(['refused', 1])
  expect(read(withImages({ ...IMAGE, file_name: 'x/b.jpg' }, { ...IMAGE, id: 8, file_name: 'y/b.jpg' })).rules['file-ambiguous']).toEqual(['refused', 2])
})

test('two entries that name one file: the second is refused', () => {
  const { rules, findings } = read(withImages(IMAGE, { ...IMAGE, id: 8, file_name: './a.jpg' }))
  expect(rules).toEqual({ 'file-twice': ['refused', 1] })
  expect(findings.list()[0].examples).toEqual(['images 7 and 8: "./a.jpg"'])
})

test('a category repeated is read once, a name twice is told apart', () => {
  const { rules } = read({ ...file(GOOD), categories: [CATEGORY, CATEGORY, { id: 6, name: 'cat' }, { id: 5, name: 'dog' }, { id: 8 }] })
  expect(rules).toEqual({ 'category-repeated': ['mended', 1], 'category-name-twice': ['mended', 1], 'category-id-twice': ['refused', 1], 'bad-category': ['refused', 1] })
})

test('at most five examples of a rule are kept, and all are counted', () => {
  const { findings } = read(file(...Array.from({ length: 9 }, (_, i) => ({ ...noCrowd, id: i + 1 }))))
  expect(findings.list().map(({ count, examples }) => [count, examples.length])).toEqual([[9, 5]])
})

for (const [title, content, message] of [
  ['no annotations', { images: [IMAGE], categories: [CATEGORY], annotation: [] }, 'there is no list "annotations"; besides the usual there is "annotation"'],
  ['images that are no list', { ...file(GOOD), images: IMAGE }, '"images" is not a list'],
  ['no image', { ...file(GOOD), images: [] }, 'holds no entry'],
  ['text that is no JSON', 'id,name\n1,cat', "line 1, column 1"],
  ['an element that is no JSON', '{"images": [{"id" 7}], "annotations": [], "categories": []}', 'line 1, column'],
  ['a list at the top', '[]', "one JSON object"],
] as const) {
  test(`a file with ${title} is refused whole`, () => {
    expect(() => read(content as string | Record<string, unknown>)).toThrow(RefusedFile)
    expect(() => read(content as string | Record<string, unknown>)).toThrow(message)
  })
}

test('any JSON in any place is read or refused, and never crashes', () => {
  const wild = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(7, 5, '7', -1, 1e300, [], {}, null, '', SQUARE, 'a.jpg', { size: [8, 10], counts: '0' }))
  const annotation = fc.record({ id: wild, image_id: fc.oneof(fc.constant(7), wild), category_id: fc.oneof(fc.constant(5), wild), segmentation: wild, bbox: wild, area: wild, iscrowd: wild, maskwright: wild }, { requiredKeys: [] })
  const image = fc.record({ id: wild, file_name: wild, width: wild, height: wild }, { requiredKeys: [] })
  fc.assert(fc.property(fc.array(annotation, { maxLength: 4 }), fc.array(image, { maxLength: 2 }), fc.array(fc.record({ id: wild, name: wild }, { requiredKeys: [] }), { maxLength: 2 }), (annotations, images, categories) => {
    const { annotations: kept, findings } = read({ images: [IMAGE, ...images], categories: [CATEGORY, ...categories], annotations })
    expect(kept.length).toBeLessThanOrEqual(annotations.length)
    for (const { examples } of findings.list()) expect(examples.length).toBeLessThanOrEqual(5)
  }), { numRuns: 400 })
})
