import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FormatName } from '../../main/contract/transfer.ts'
import { checkDataSet } from '../../main/engine/convert-data-set.ts'
import { encodePng } from '../../main/formats/png.ts'

// Each rule of a dry run has a file of our own here, or in the test of its reader: what is mended, what is refused, and why.

let home: string
beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'maskwright-rules-')) })
afterEach(() => rm(home, { recursive: true }))

type Files = Readonly<Record<string, string | Uint8Array>>
/** Severity and action by rule of a dry run over `files`; of the only file, or of the folder. */
async function rulesOf(files: Files, format: FormatName | null = null): Promise<Record<string, string>> {
  const root = join(home, 'set')
  await rm(root, { recursive: true, force: true })
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), content)
  }
  const names = Object.keys(files)
  const { findings } = await checkDataSet({ path: names.length === 1 && /^[^/]+\.(json|xml)$/.test(names[0]) ? join(root, names[0]) : root, options: { format }, images: undefined, reference: undefined })
  for (const { count, examples } of findings) {
    expect(examples.length).toBeGreaterThan(0)
    expect(examples.length).toBeLessThanOrEqual(Math.min(count, 5))
  }
  return Object.fromEntries(findings.map(({ rule, severity, action }) => [rule, `${severity}: ${action}`]))
}

const IMAGE = { id: 1, file_name: 'x.jpg', width: 20, height: 10 }
const ANNOTATION = { id: 1, image_id: 1, category_id: 1, segmentation: [[1, 1, 4, 1, 4, 4, 1, 4]], area: 9, bbox: [1, 1, 3, 3], iscrowd: 0 }
const CATEGORY = { id: 1, name: 'cat' }
const coco = (more: Record<string, unknown> = {}): string => JSON.stringify({ images: [IMAGE], annotations: [ANNOTATION], categories: [CATEGORY], ...more })
const annotation = (more: Record<string, unknown>): string => coco({ annotations: [{ ...ANNOTATION, ...more }] })
const ofJson = (text: string): Promise<Record<string, string>> => rulesOf({ 'c.json': text })

describe('COCO: what is mended', () => {
  test.each<[string, string, string, string]>([
    ['a flat polygon list', annotation({ segmentation: [1, 1, 4, 1, 4, 4, 1, 4] }), 'flat-polygon', 'read as one polygon'],
    ['ids as text', annotation({ id: '7', image_id: '1', category_id: '1' }), 'string-id', 'read as a number'],
    ['a missing box', annotation({ bbox: undefined }), 'bbox-missing', 'computed from the mask'],
    ['a missing area', annotation({ area: undefined }), 'area-missing', 'computed from the mask'],
    ['a missing iscrowd', annotation({ iscrowd: undefined }), 'iscrowd-missing', 'read as 0'],
    ['iscrowd as true or false', annotation({ iscrowd: false }), 'iscrowd-boolean', 'written as 0 or 1'],
    ['iscrowd as something else', annotation({ iscrowd: 'yes' }), 'iscrowd-other', 'read as 1 when it says so, else as 0'],
    ['a polygon past the border', annotation({ segmentation: [[1, 1, 24, 1, 24, 4, 1, 4]], bbox: [1, 1, 19, 3], area: 57 }), 'past-border', 'cut at the border of the picture'],
    ['two classes of one name', coco({ categories: [CATEGORY, { id: 2, name: 'cat' }] }), 'category-name-twice', 'renamed, so that names stay apart'],
    ['a class listed twice', coco({ categories: [CATEGORY, CATEGORY] }), 'category-repeated', 'read once'],
    ['a class name with blanks', coco({ categories: [{ id: 1, name: ' cat ' }] }), 'category-name', 'renamed, so that names stay apart'],
    ['a box that is not the mask’s', annotation({ bbox: [9, 9, 3, 3] }), 'bbox-contradicts', 'computed from the mask'],
    ['an area that is not the mask’s', annotation({ area: 900 }), 'area-contradicts', 'computed from the mask'],
    ['a part of two points', annotation({ segmentation: [[1, 1, 4, 1, 4, 4, 1, 4], [5, 5, 6, 6]] }), 'short-polygon', 'the part is left out: a polygon needs 3 points'],
    ['an annotation without an id', annotation({ id: undefined }), 'annotation-id-missing', 'a new id is given on export'],
    ['an annotation id twice', coco({ annotations: [ANNOTATION, ANNOTATION] }), 'annotation-id-twice', 'the second gets a new id on export'],
    ['our own key in a state that is none', annotation({ maskwright: { state: 'perhaps', source: 'person' } }), 'own-key', 'what can’t be read of “maskwright” is dropped'],
  ])('%s', async (_, text, rule, action) => expect(await ofJson(text)).toEqual({ [rule]: `mended: ${action}` }))
})

describe('COCO: what is refused, and the rest read', () => {
  const LEFT_OUT = 'the annotation is left out'
  test.each<[string, string, string, string]>([
    ['an annotation of an image that is not listed', annotation({ image_id: 9 }), 'dangling-image', LEFT_OUT],
    ['an annotation of a class that is not listed', annotation({ category_id: 9 }), 'dangling-category', LEFT_OUT],
    ['an absolute file name', coco({ images: [IMAGE, { ...IMAGE, id: 2, file_name: '/etc/x.jpg' }] }), 'path-escapes', 'left out with its annotations: file names have to be relative to the image folder'],
    ['a file name with a drive', coco({ images: [IMAGE, { ...IMAGE, id: 2, file_name: 'C:\\x.jpg' }] }), 'path-escapes', 'left out with its annotations: file names have to be relative to the image folder'],
    ['a file name that leads out of the folder', coco({ images: [IMAGE, { ...IMAGE, id: 2, file_name: 'a/../../x.jpg' }] }), 'path-escapes', 'left out with its annotations: file names have to be relative to the image folder'],
    ['two entries of one file', coco({ images: [IMAGE, { ...IMAGE, id: 2, file_name: './x.jpg' }] }), 'file-twice', 'the second is left out with its annotations: two entries name the same file'],
    ['two images of one id', coco({ images: [IMAGE, { ...IMAGE, file_name: 'y.jpg' }] }), 'image-id-twice', 'left out with its annotations'],
    ['a picture no camera takes', coco({ images: [IMAGE, { ...IMAGE, id: 2, file_name: 'y.jpg', width: 4294967296 }] }), 'size-too-large', 'left out with its annotations'],
    ['an image without a file name', coco({ images: [IMAGE, { id: 2 }] }), 'bad-image', 'left out with its annotations'],
    ['a class without a name', coco({ categories: [CATEGORY, { id: 2 }] }), 'bad-category', 'left out with its annotations'],
    ['two classes of one id', coco({ categories: [CATEGORY, { id: 1, name: 'dog' }] }), 'category-id-twice', 'left out with its annotations'],
    ['NaN', coco().replace('[1,1,3,3]', '[1,NaN,3,3]'), 'not-a-number', 'left out'],
    ['run lengths that do not sum to the size', annotation({ segmentation: { size: [10, 20], counts: [3, 4] } }), 'bad-rle', LEFT_OUT],
    ['run lengths of another size', annotation({ segmentation: { size: [20, 10], counts: [200] } }), 'rle-size', LEFT_OUT],
    ['a segmentation of no kind', annotation({ segmentation: 'x' }), 'bad-segmentation', LEFT_OUT],
    ['coordinates that are no pairs', annotation({ segmentation: [[1, 1, 4, 1, 4, 4, 1]] }), 'odd-polygon', LEFT_OUT],
    ['coordinates that are text', annotation({ segmentation: [[1, 1, 4, 1, 4, '4']] }), 'bad-polygon', LEFT_OUT],
    ['neither a mask nor a box', annotation({ segmentation: undefined, bbox: [1, 1, 0, 0] }), 'no-shape', LEFT_OUT],
    ['an entry that is none', coco({ annotations: [ANNOTATION, 3] }), 'bad-annotation', LEFT_OUT],
  ])('%s', async (_, text, rule, action) => expect(await ofJson(text)).toEqual({ [rule]: `refused: ${action}` }))

  test('annotations of an image that is left out are counted beside it', async () => {
    expect(Object.keys(await ofJson(coco({ images: [{ ...IMAGE, file_name: '../x.jpg' }, { ...IMAGE, id: 2 }] })))).toEqual(['path-escapes', 'image-left-out'])
  })

  test('a polygon that runs to and fro without end is refused and not worked on', async () => {
    const zigzag = Array.from({ length: 1200 }, (_, i) => [i % 2 === 0 ? 0 : 131_072, i % 7]).flat()
    expect(await ofJson(coco({ images: [{ ...IMAGE, width: 131_072 }], annotations: [{ ...ANNOTATION, segmentation: [zigzag] }] }))).toEqual({ 'bad-polygon': `refused: ${LEFT_OUT}` })
  })
})

describe('COCO: files of which nothing is read', () => {
  const LISTS = 'give a COCO instances file with the lists "images", "annotations" and "categories"'
  test.each<[string, string, string, string]>([
    ['no images', coco({ images: undefined }), 'no-images', LISTS],
    ['an empty list of images', coco({ images: [] }), 'no-images', 'give a file with images'],
    ['no annotations', coco({ annotations: undefined }), 'no-annotations', LISTS],
    ['no categories', coco({ categories: undefined }), 'no-categories', LISTS],
    ['JSON that is not', '{"images": [}', 'not-json', 'nothing is read'],
    ['JSON that breaks off', coco().slice(0, -30), 'not-json', 'nothing is read'],
  ])('%s', async (_, text, rule, action) => expect(await ofJson(text)).toEqual({ [rule]: `refused: ${action}` }))

  test('a size that no picture and no file gives', async () => {
    expect(await ofJson(coco({ images: [{ id: 1, file_name: 'x.jpg' }] }))).toEqual({
      'image-size-missing': 'mended: taken from the picture', 'image-size-unknown': 'refused: left out with its annotations: give the folder of the pictures', 'no-image-matches': 'refused: give the folder of the pictures with --images',
    })
  })
})

const rgb = (width: number, height: number, colour: (x: number, y: number) => readonly [number, number, number]): Uint8Array =>
  encodePng({ width, height, channels: 3, palette: null, values: Uint8Array.from({ length: width * height }, (_, p) => p).reduce((all, _, p) => { all.set(colour(p % width, Math.floor(p / width)), p * 3); return all }, new Uint8Array(width * height * 3)) })
const id = (value: number): readonly [number, number, number] => [value & 255, (value >> 8) & 255, value >> 16]

describe('panoptic', () => {
  const segment = (more: Record<string, unknown> = {}) => ({ id: 7, category_id: 1, area: 50, bbox: [0, 0, 5, 10], iscrowd: 0, ...more })
  const set = (segments: unknown, more: Record<string, unknown> = {}): Files => ({
    'p.json': coco({ annotations: [{ image_id: 1, file_name: 'x.png', segments_info: segments }], ...more }), 'p/x.png': rgb(20, 10, (x) => id(x < 5 ? 7 : x < 10 ? 70_000 : 0)),
  })
  const both = [segment(), segment({ id: 70_000 })]
  test.each<[string, Files, Record<string, string>]>([
    ['all is well', set(both), {}],
    ['a segment listed twice', set([...both, segment()]), { 'segment-twice': 'refused: left out' }],
    ['a segment without a pixel', set([...both, segment({ id: 9 })]), { 'segment-without-pixels': 'refused: left out' }],
    ['pixels that are not listed', set([segment()]), { 'segment-unlisted': 'refused: left out' }],
    ['an id of none', set([...both, segment({ id: 0 })]), { 'bad-segment-id': 'refused: left out' }],
    ['an unknown category', set([segment(), segment({ id: 70_000, category_id: 5 })]), { 'dangling-category': 'refused: left out' }],
    ['an area that is not the PNG’s', set([segment({ area: 3 }), both[1]]), { 'area-contradicts': 'mended: computed from the PNG' }],
    ['no list of segments', set('x'), { 'no-segments': 'refused: left out' }],
    ['an image twice', set(both, { annotations: [1, 2].map(() => ({ image_id: 1, file_name: 'x.png', segments_info: both })) }), { 'image-twice': 'refused: left out' }],
    ['a PNG that is none', { ...set(both), 'p/x.png': 'no PNG' }, { 'bad-png': 'refused: left out' }],
    ['a PNG of another size', { ...set(both), 'p/x.png': rgb(9, 10, () => id(7)) }, { 'size-contradicts': 'refused: left out' }],
    ['no PNGs at all', { 'p.json': set(both)['p.json'] }, { 'no-pngs': 'refused: unpack the PNGs into a folder beside the JSON file' }],
  ])('%s', async (_, files, rules) => expect(await rulesOf(files)).toEqual(rules))
})

describe('folders', () => {
  const grey = (value: number): Uint8Array => encodePng({ width: 4, height: 4, channels: 1, palette: null, values: new Uint8Array(16).fill(value) })
  const xml = (inside: string): string => `<?xml version="1.0"?><annotations><meta><job><labels><label><name>cat</name></label></labels></job></meta>${inside}</annotations>`
  const image = (shapes: string): string => xml(`<image id="0" name="x.jpg" width="20" height="10">${shapes}</image>`)
  test.each<[string, Files, FormatName | null, Record<string, string>]>([
    ['YOLO without names', { 'data.yaml': 'nc: 2', 'labels/x.txt': '' }, null, { 'bad-classes': 'refused: nothing is read' }],
    ['YOLO with a name of no number', { 'data.yaml': 'names: {a: cat, 0: dog}', 'labels/x.txt': '', 'images/x.png': grey(1) }, null, { 'bad-class': 'refused: left out' }],
    ['YOLO without a class list', { 'labels/x.txt': '' }, null, { 'no-classes': 'refused: add data.yaml with names' }],
    ['a class without a name', { 'classes.txt': 'cat\n\ndog', 'masks/x.png': grey(2) }, null, { 'category-name': 'mended: named by its place' }],
    ['labels without shapes', { 'x.json': '{"shapes": 3}' }, 'labelme', { 'no-shapes': 'refused: left out', 'no-images': 'refused: nothing is read' }],
    ['CVAT: a track', { 'a.xml': image('<polygon label="cat" points="1,1;4,1;4,4"/>').replace('</annotations>', '<track id="3" label="cat"/></annotations>') }, null, { track: 'refused: left out: tracks are of videos; export “CVAT for images”' }],
    ['CVAT: a turned box', { 'a.xml': image('<box label="cat" xtl="1" ytl="1" xbr="5" ybr="4" rotation="30"/>') }, null, { 'rotated-box': 'mended: read as it lies before its rotation' }],
    ['XML of another root', { 'a.xml': '<data/>' }, 'cvat', { 'not-cvat': 'refused: nothing is read' }],
    ['a folder without a file of the format', { 'readme.md': 'x' }, 'coco-instances', { 'no-file': 'refused: give the file itself' }],
  ])('%s', async (_, files, format, rules) => expect(await rulesOf(files, format)).toMatchObject(rules))

  test('a score that is no number is read as none', async () => {
    await writeFile(join(home, 'truth.json'), coco())
    await writeFile(join(home, 'r.json'), JSON.stringify([{ image_id: 1, category_id: 1, bbox: [1, 1, 3, 3], score: 'high' }]))
    const { findings } = await checkDataSet({ path: join(home, 'r.json'), options: { format: null }, images: undefined, reference: join(home, 'truth.json') })
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['bad-score', 'mended']])
  })
})
