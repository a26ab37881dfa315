import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FormatName } from '../../main/contract/transfer.ts'
import { ExportOptions } from '../../main/contract/transfer.ts'
import { checkDataSet, convertDataSet } from '../../main/engine/convert-data-set.ts'
import { encodePng } from '../../main/formats/png.ts'

let home: string
beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'maskwright-readers-')) })
afterEach(() => rm(home, { recursive: true }))

type Files = Readonly<Record<string, string | Uint8Array>>
async function put(files: Files): Promise<string> {
  const root = join(home, 'set')
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), content)
  }
  return root
}
const place = (path: string, format: FormatName | null = null) => ({ path, options: { format }, images: undefined, reference: undefined })

interface Read { readonly rules: Record<string, string>; readonly verdict: string; readonly masks: Record<string, [string, number, number[]][]> }
/** Findings by rule, and per image [class, area or −1 for a box, box]. */
async function read(files: Files, single?: string): Promise<Read> {
  const root = await put(files)
  const path = single === undefined ? root : join(root, single)
  const report = await checkDataSet(place(path))
  const rules = Object.fromEntries(report.findings.map(({ rule, severity }) => [rule, severity]))
  if (report.verdict === 'refused') return { rules, verdict: report.verdict, masks: {} }
  await convertDataSet(place(path), join(home, 'out.json'), ExportOptions.parse({ strict: true }))
  const coco = JSON.parse(await readFile(join(home, 'out.json'), 'utf8')) as { images: { id: number; file_name: string }[]; categories: { id: number; name: string }[]; annotations: { image_id: number; category_id: number; area: number; bbox: number[]; segmentation?: unknown }[] }
  const names = new Map(coco.categories.map(({ id, name }) => [id, name]))
  const masks = Object.fromEntries(coco.images.map((image) => [image.file_name, coco.annotations.filter((one) => one.image_id === image.id)
    .map((one): [string, number, number[]] => [names.get(one.category_id) ?? '?', one.segmentation === undefined ? -1 : one.area, one.bbox])]))
  return { rules, verdict: report.verdict, masks }
}
const grey = (width: number, height: number, value: (x: number, y: number) => number) => encodePng({ width, height, channels: 1, palette: null, values: Uint8Array.from({ length: width * height }, (_, p) => value(p % width, Math.floor(p / width))) })

describe('CVAT XML', () => {
  const xml = (images: string, labels = '<label><name>cat</name></label><label><name>dog &amp; co</name></label>') =>
    `<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version><meta><job><labels>${labels}</labels></job></meta>${images}</annotations>`
  const image = (shapes: string) => xml(`<image id="0" name="a/one.jpg" width="20" height="10">${shapes}</image>`)

  test('polygons, masks, boxes and ellipses; groups are one object', async () => {
    const { masks, rules } = await read({ 'a.xml': image(`
      <polygon label="cat" points="1,1;4,1;4,4;1,4" z_order="1"/>
      <polygon label="cat" group_id="2" points="10,1;12,1;12,3;10,3"/><polygon label="cat" group_id="2" points="14,1;16,1;16,3;14,3"/>
      <mask label="dog &amp; co" rle="1, 2, 1, 2" left="5" top="6" width="3" height="2"/>
      <box label="cat" xtl="1.5" ytl="2" xbr="3.5" ybr="5"/>
      <ellipse label="cat" cx="15" cy="6" rx="2" ry="2"/>`) }, 'a.xml')
    expect(masks['a/one.jpg'].map(([name, area]) => `${name} ${area}`).toSorted()).toEqual(['cat -1', 'cat 12', 'cat 8', 'cat 9', 'dog & co 4'])
    expect(rules).toMatchObject({ ellipse: 'mended' })
  })
  for (const [title, shapes, rule] of [
    ['runs that do not fill the box', '<mask label="cat" rle="1,2" left="5" top="6" width="3" height="2"/>', 'bad-rle'],
    ['a mask outside of the picture', '<mask label="cat" rle="0,6" left="18" top="6" width="3" height="2"/>', 'bad-mask'],
    ['a label that is not', '<polygon points="1,1;4,1;4,4"/>', 'dangling-category'],
    ['a line', '<polyline label="cat" points="1,1;4,1;4,4"/>', 'shape-type'],
    ['points that are no numbers', '<polygon label="cat" points="1,1;x,1;4,4"/>', 'bad-polygon'],
  ] as const) test(`${title} is left out and said`, async () => expect((await read({ 'a.xml': image(shapes) }, 'a.xml')).rules).toMatchObject({ [rule]: 'refused' }))
  test('a document type is refused, so nothing can be expanded', async () => {
    expect((await read({ 'a.xml': `<!DOCTYPE x [<!ENTITY a "aaaa">]>${image('')}` }, 'a.xml')).verdict).toBe('refused')
    const report = await checkDataSet(place((await put({ 'b.xml': `<?xml version="1.0"?><!DOCTYPE annotations [<!ENTITY a "aaaa">]>${image('').slice(40)}` })) + '/b.xml', 'cvat'))
    expect(report.verdict).toBe('refused')
  })
  test('XML that breaks off is refused', async () => expect((await read({ 'a.xml': image('').slice(0, -20) }, 'a.xml'))).toMatchObject({ verdict: 'refused', rules: { 'not-xml': 'refused' } }))
})

describe('Datumaro JSON', () => {
  const set = (annotations: unknown[], more: Record<string, unknown> = {}) => JSON.stringify({ dm_format_version: '1.0', info: {}, categories: { label: { labels: [{ name: 'cat' }, { name: 'dog' }] } }, items: [{ id: 'a/one', annotations, image: { path: 'a/one.jpg', size: [10, 20] } }], ...more })
  test('polygons, masks and boxes; groups are one object', async () => {
    const { masks } = await read({ 'd.json': set([
      { id: 4, type: 'polygon', label_id: 0, points: [1, 1, 4, 1, 4, 4, 1, 4], group: 0 }, { type: 'bbox', label_id: 1, bbox: [1, 2, 3, 4] },
      { type: 'polygon', label_id: 1, group: 3, points: [6, 1, 8, 1, 8, 3, 6, 3] }, { type: 'mask', label_id: 1, group: 3, rle: { size: [10, 20], counts: [100, 5, 95] } },
    ]) }, 'd.json')
    expect(masks['a/one.jpg'].map(([name, area]) => [name, area])).toEqual([['cat', 9], ['dog', -1], ['dog', 9]])
  })
  test('unknown labels, other sizes and shapes without an area are left out and said', async () => {
    const { rules } = await read({ 'd.json': set([{ type: 'polygon', label_id: 7, points: [1, 1, 4, 1, 4, 4] }, { type: 'mask', label_id: 0, rle: { size: [9, 20], counts: [180] } }, { type: 'points', label_id: 0, points: [1, 1] }, 3, { type: 'label', label_id: 0 }]) }, 'd.json')
    expect(rules).toEqual({ 'dangling-category': 'refused', 'rle-size': 'refused', 'shape-type': 'refused', 'bad-annotation': 'refused', tag: 'note' })
  })
  test('without items or labels it is refused', async () => {
    expect(await read({ 'd.json': set([], { items: [] }) }, 'd.json')).toMatchObject({ verdict: 'refused', rules: { 'no-images': 'refused' } })
    expect(await read({ 'd.json': set([], { categories: {} }) }, 'd.json')).toMatchObject({ verdict: 'refused', rules: { 'no-classes': 'refused' } })
  })
})

describe('PASCAL VOC', () => {
  const object = (name: string, box: readonly number[]) => `<object><name>${name}</name><bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin><xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox></object>`
  test('boxes alone come as boxes; VOC counts from 1 and both ends belong to it', async () => {
    const { masks, rules } = await read({ 'Annotations/x.xml': `<annotation><filename>x.jpg</filename><size><width>20</width><height>10</height><depth>3</depth></size>${object('cat', [1, 1, 4, 5])}${object('own thing', [2, 2, 2, 2])}</annotation>` })
    expect(rules).toEqual({})
    expect(masks['x.jpg']).toEqual([['cat', -1, [0, 0, 4, 5]], ['own thing', -1, [1, 1, 1, 1]]])
  })
  test('ignored pixels (255) are said, classes are of the standard list', async () => {
    const { masks, rules } = await read({ 'VOC2012/SegmentationClass/x.png': grey(20, 10, (x, y) => (y > 5 ? 255 : x < 3 ? 8 : 0)) })
    expect(rules).toEqual({ 'ignored-pixels': 'note' })
    expect(masks['x.jpg']).toEqual([['cat', 18, [0, 0, 3, 6]]])
  })
  test('a value that is no class, and a PNG that is none, are left out and said', async () => {
    expect((await read({ 'SegmentationClass/x.png': grey(4, 4, () => 99), 'SegmentationClass/y.png': grey(4, 4, () => 1).subarray(0, 50) })).rules).toEqual({ 'unknown-value': 'refused', 'bad-label-file': 'refused' })
  })
})

describe('YOLO, labelme, Cityscapes and label maps', () => {
  const picture = grey(20, 10, () => 7)
  const yoloSet = (labels: string, names = 'names: [cat, dog]') => ({ 'data.yaml': names, 'images/train/x.png': picture, 'labels/train/x.txt': labels })
  test('YOLO: polygons, boxes and scored predictions', async () => {
    const { masks, rules } = await read(yoloSet('0 0.05 0.1 0.2 0.1 0.2 0.4 0.05 0.4\n1 0.5 0.5 0.1 0.2\n'))
    expect([masks['x.png'], rules]).toEqual([[['cat', 9, [1, 1, 3, 3]], ['dog', -1, [9, 4, 2, 2]]], {}])
  })
  test('YOLO: unknown classes, words and far coordinates are left out and said', async () => {
    expect((await read(yoloSet('7 0.1 0.1 0.2 0.1 0.2 0.4\n0 a b c d e f\n0 1e9 0 1 1 0 1\n0 0.5 0.5 0 0\n'))).rules).toEqual({ 'dangling-category': 'refused', 'not-a-number': 'refused', 'bad-polygon': 'refused', 'bad-box': 'refused' })
    expect(await read(yoloSet('', '[')).then(({ verdict }) => verdict)).toBe('refused')
  })
  const shape = (more: object) => ({ label: 'cat', points: [[1, 1], [4, 1], [4, 4], [1, 4]], group_id: null, shape_type: 'polygon', ...more })
  const labelmeSet = (...shapes: unknown[]) => ({ 'x.json': JSON.stringify({ version: '5.0.1', shapes, imagePath: 'x.jpg', imageData: null, imageHeight: 10, imageWidth: 20 }) })
  test('labelme: groups, rectangles and circles', async () => {
    const { masks, rules } = await read(labelmeSet(shape({}), shape({ group_id: 1 }), shape({ group_id: 1, points: [[6, 1], [8, 1], [8, 3], [6, 3]] }), shape({ shape_type: 'rectangle', points: [[5, 5], [2, 3]] }), shape({ shape_type: 'circle', points: [[10, 5], [13, 5]] })))
    expect(masks['x.jpg'].map(([, area, box]) => [area, box])).toEqual([[9, [1, 1, 3, 3]], [13, [1, 1, 7, 3]], [expect.closeTo(28, -1), [7, 2, 6, 6]], [-1, [2, 3, 3, 2]]])
    expect(rules).toEqual({ circle: 'mended' })
  })
  test('labelme: what has no label or area, or is damaged, is left out and said', async () => {
    expect((await read({ ...labelmeSet(shape({ label: 3 }), shape({ shape_type: 'point', points: [[1, 1]] }), shape({ points: [[1, 'x']] }), shape({ shape_type: 'mask', points: [[1, 1], [2, 2]], mask: 'AAAA' })), 'y.json': '{"shapes": 3' })).rules)
      .toEqual({ 'not-json': 'refused', 'no-label': 'refused', 'shape-type': 'refused', 'bad-polygon': 'refused', 'bad-mask': 'refused' })
  })
  test('labelme: a picture outside of the folder is not followed', async () => {
    const { masks, rules } = await read({ 'x.json': JSON.stringify({ shapes: [shape({})], imagePath: '/etc/passwd', imageHeight: 10, imageWidth: 20 }) })
    expect([Object.keys(masks), rules]).toEqual([['x.jpg'], { 'path-escapes': 'mended' }])
  })
  test('Cityscapes: polygons when there is no PNG, groups as crowds', async () => {
    const { masks } = await read({ 'gtFine/val/ulm/ulm_000000_000019_gtFine_polygons.json': JSON.stringify({ imgHeight: 10, imgWidth: 20, objects: [{ label: 'road', polygon: [[0, 5], [20, 5], [20, 10], [0, 10]] }, { label: 'persongroup', polygon: [[1, 1], [3, 1], [3, 3], [1, 3]] }] }) })
    expect(masks).toEqual({ 'ulm/ulm_000000_000019.jpg': [['road', 100, [0, 5, 20, 5]], ['person', 4, [1, 1, 2, 2]]] })
  })
  test('label maps with a class list, and with ids of their own', async () => {
    expect((await read({ 'masks/x.png': grey(20, 10, (x) => (x < 2 ? 1 : 255)), 'classes.txt': 'cat\ndog\n' })).masks).toEqual({ 'x.jpg': [['dog', 20, [0, 0, 2, 10]]] })
    await rm(join(home, 'set'), { recursive: true })
    expect((await read({ 'masks/x.png': grey(20, 10, (x) => (x < 2 ? 41 : 0)), 'classes.yaml': '41: cat\n52: dog\n' })).masks).toEqual({ 'x.jpg': [['cat', 20, [0, 0, 2, 10]]] })
  })
})

test('what looks like nothing is refused with the formats there are', async () => {
  expect(await read({ 'readme.md': 'hello' })).toMatchObject({ verdict: 'refused', rules: { 'unknown-format': 'refused' } })
})

describe('data sets as people have them', () => {
  const rgb = (colour: (x: number, y: number) => number): Uint8Array => {
    const values = new Uint8Array(20 * 10 * 3)
    for (let p = 0; p < 200; p++) {
      const value = colour(p % 20, Math.floor(p / 20))
      values.set([value >> 16, (value >> 8) & 255, value & 255], p * 3)
    }
    return encodePng({ width: 20, height: 10, channels: 3, palette: null, values })
  }
  // grey with alpha, as image editors save it: colour type 4
  const greyAlpha = (value: (x: number, y: number) => number) => sharp(Buffer.from(Uint8Array.from({ length: 400 }, (_, i) => (i % 2 === 1 ? 255 : value((i >> 1) % 20, Math.floor((i >> 1) / 20))))), { raw: { width: 20, height: 10, channels: 2 } }).toColourspace('b-w').png().toBuffer()

  test('VOC of CVAT and Datumaro: colours of labelmap.txt instead of places in a palette, also in folders and names with blanks', async () => {
    const { masks, rules } = await read({
      'labelmap.txt': '# label:color_rgb:parts:actions\nbackground:0,0,0::\nred car:250,50,83::\nroad:128,64,128::\n',
      'SegmentationClass/my set/a photo.png': rgb((x, y) => (x < 3 ? 0xfa3253 : x < 6 ? 0xfa3253 : y > 7 ? 0x804080 : x === 19 ? 0xe0e0c0 : 0)),
      'SegmentationObject/my set/a photo.png': rgb((x, y) => (x < 3 ? 0x800000 : x < 6 ? 0x008000 : y > 7 ? 0x808000 : x === 19 ? 0xe0e0c0 : 0)),
    })
    expect(rules).toEqual({ 'label-colours': 'mended', 'ignored-pixels': 'note' })
    expect(masks['my set/a photo.jpg']).toEqual([['red car', 30, [0, 0, 3, 10]], ['red car', 30, [3, 0, 3, 10]], ['road', 28, [6, 8, 14, 2]]])
    await rm(join(home, 'set'), { recursive: true })
    expect((await read({ 'labelmap.txt': 'background:0,0,0::\ncat:1,2,3::\n', 'SegmentationClass/x.png': rgb((x) => (x < 2 ? 0x010203 : x < 4 ? 0x0a0b0c : 0)) })).rules).toEqual({ 'label-colours': 'mended', 'unknown-value': 'refused' })
  })
  test('VOC: black is the background of a labelmap.txt that does not list it, and numbers of objects in grey are no colours', async () => {
    const { masks, rules } = await read({
      'labelmap.txt': 'cat:250,50,83::\n',
      'SegmentationClass/x.png': rgb((x) => (x < 6 ? 0xfa3253 : 0)),
      // 64 is a grey of VOC's palette, place 56
      'SegmentationObject/x.png': rgb((x) => (x < 3 ? 56 * 0x10101 : x < 6 ? 64 * 0x10101 : 0)),
    })
    expect(rules).toEqual({ 'label-colours': 'mended', 'label-channels': 'mended' })
    expect(masks['x.jpg']).toEqual([['cat', 30, [0, 0, 3, 10]], ['cat', 30, [3, 0, 3, 10]]])
  })
  test('VOC: a palette in another order than labelmap.txt means its colours', async () => {
    const png = encodePng({ width: 4, height: 1, channels: 1, values: Uint8Array.of(0, 1, 2, 2), palette: [[0, 0, 0], [0, 0, 200], [200, 0, 0]] })
    const { masks } = await read({ 'labelmap.txt': 'background:0,0,0::\ncat:200,0,0::\ndog:0,0,200::\n', 'SegmentationClass/x.png': png })
    expect(masks['x.jpg']).toEqual([['dog', 1, [1, 0, 1, 1]], ['cat', 2, [2, 0, 2, 1]]])
  })
  test('VOC: classes called background, ignored, or with a colon or # in their names are those when read again', async () => {
    const names = ['background', 'ignored', 'a:b', '#1', 'cat']
    const root = await put({ 'c.json': JSON.stringify({
      images: [{ id: 1, file_name: 'x.jpg', width: 20, height: 10 }], categories: names.map((name, i) => ({ id: i + 1, name })),
      annotations: names.map((_, i) => ({ id: i + 1, image_id: 1, category_id: i + 1, segmentation: [[i * 3, 1, i * 3 + 2, 1, i * 3 + 2, 3, i * 3, 3]], area: 4, bbox: [i * 3, 1, 2, 2], iscrowd: 0 })),
    }) })
    await convertDataSet({ ...place(root), path: join(root, 'c.json') }, join(home, 'voc'), ExportOptions.parse({ format: 'voc' }))
    await convertDataSet(place(join(home, 'voc')), join(home, 'names.json'), ExportOptions.parse({}))
    const { annotations, categories } = JSON.parse(await readFile(join(home, 'names.json'), 'utf8')) as { annotations: { category_id: number; bbox: number[] }[]; categories: { id: number; name: string }[] }
    expect(annotations.map(({ category_id: of, bbox }) => [bbox[0] / 3, categories.find(({ id }) => id === of)?.name])).toEqual([...names.entries()])
  })
  test('VOC: flags of objects go there and back', async () => {
    const root = await put({ 'VOC/Annotations/x.xml': '<annotation><filename>x.jpg</filename><size><width>20</width><height>10</height></size><object><name>cat</name><pose>Left</pose><truncated>1</truncated><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></object></annotation>' })
    await convertDataSet(place(root), join(home, 'voc'), ExportOptions.parse({ format: 'voc' }))
    expect(await readFile(join(home, 'voc', 'Annotations', 'x.xml'), 'utf8')).toMatch(/<pose>Left<\/pose>\s*<truncated>1<\/truncated>\s*<difficult>1<\/difficult>/)
  })
  test('label maps in grey with alpha, and in grey written as RGB, are read; colours without a list of them are not', async () => {
    const value = (x: number): number => (x < 2 ? 1 : 255)
    for (const png of [await greyAlpha(value), rgb((x) => value(x) * 0x10101)]) {
      const { masks, rules } = await read({ 'masks/x.png': png, 'classes.txt': 'cat\ndog\n' })
      expect([masks, rules]).toEqual([{ 'x.jpg': [['dog', 20, [0, 0, 2, 10]]] }, { 'label-channels': 'mended' }])
    }
    expect((await read({ 'masks/x.png': rgb((x) => x), 'classes.txt': 'cat\ndog\n' })).rules).toEqual({ 'bad-label-file': 'refused' })
  })
  test('YOLO of Roboflow: sets above images, relative paths in data.yaml, one base name in two sets', async () => {
    const picture = grey(20, 10, () => 7)
    const { masks, rules } = await read({
      'data.yaml': 'train: ../train/images\nval: ../valid/images\nnc: 2\nnames: [\'cat\', \'two words\']\nroboflow: {license: CC BY 4.0}\n', 'README.roboflow.txt': 'x',
      'train/images/x_jpg.rf.0.png': picture, 'train/labels/x_jpg.rf.0.txt': '0 0.05 0.1 0.2 0.1 0.2 0.4 0.05 0.4\n', 'valid/images/x_jpg.rf.0.png': picture, 'valid/labels/x_jpg.rf.0.txt': '1 0.5 0.5 0.1 0.2\n', 'valid/images/y.png': picture,
    })
    expect(rules).toEqual({})
    expect(masks).toEqual({ 'train/images/x_jpg.rf.0.png': [['cat', 9, [1, 1, 3, 3]]], 'valid/images/x_jpg.rf.0.png': [['two words', -1, [9, 4, 2, 2]]], 'valid/images/y.png': [] })
  })
  test('labelme of others: pictures in another folder, absolute paths of Windows, rectangles with four corners, flags of the image', async () => {
    const content = (imagePath: string, ...shapes: unknown[]) => JSON.stringify({ version: '5.0.1', flags: { night: true }, shapes, imagePath, imageData: null, imageHeight: 10, imageWidth: 20 })
    const shape = (shape_type: string, points: number[][]) => ({ label: 'cat', points, group_id: null, shape_type })
    const { masks, rules } = await read({
      'json/x.json': content('..\\pictures\\x.jpg', shape('rectangle', [[1, 2], [4, 2], [4, 6], [1, 6]]), shape('rotation', [[10, 1], [14, 5], [10, 9], [6, 5]])),
      'json/y.json': content('C:\\Users\\Ada\\y.jpg', shape('polygon', [[1, 1], [4, 1], [4, 4], [1, 4]])),
    })
    expect(rules).toEqual({ 'path-escapes': 'mended' })
    expect(Object.keys(masks)).toEqual(['pictures/x.jpg', 'json/y.jpg'])
    expect(masks['pictures/x.jpg'].map(([, area, box]) => [area, box])).toEqual([[32, [6, 1, 8, 7]], [-1, [1, 2, 3, 4]]])
    await convertDataSet(place(join(home, 'set')), join(home, 'labelme'), ExportOptions.parse({ format: 'labelme' }))
    expect(JSON.parse(await readFile(join(home, 'labelme', 'json', 'y.json'), 'utf8'))).toMatchObject({ flags: { night: true }, imagePath: 'y.jpg' })
  })
  test('Cityscapes: license plates are in polygons only, and read', async () => {
    const { masks, rules } = await read({ 'gtFine/val/ulm/ulm_000000_000019_gtFine_polygons.json': JSON.stringify({ imgHeight: 10, imgWidth: 20, objects: [{ label: 'license plate', polygon: [[0, 5], [4, 5], [4, 7], [0, 7]] }, { label: 'out of roi', polygon: [[0, 0], [20, 0], [20, 1], [0, 1]] }] }) })
    expect([rules, masks]).toEqual([{}, { 'ulm/ulm_000000_000019.jpg': [['license plate', 8, [0, 5, 4, 2]], ['out of roi', 20, [0, 0, 20, 1]]] }])
    // written by us it has an id, and is the same class when read again
    await convertDataSet(place(join(home, 'set')), join(home, 'cityscapes'), ExportOptions.parse({ format: 'cityscapes' }))
    await convertDataSet(place(join(home, 'cityscapes')), join(home, 'plate.json'), ExportOptions.parse({}))
    const { annotations, categories } = JSON.parse(await readFile(join(home, 'plate.json'), 'utf8')) as { annotations: { category_id: number }[]; categories: { id: number; name: string }[] }
    expect(annotations.map(({ category_id: of }) => categories.find(({ id }) => id === of)?.name ?? '').sort()).toEqual(['license plate', 'out of roi'])
  })
  test('COCO of CVAT and Label Studio: images in folders that the picture folder lacks, backslashes, equal base names', async () => {
    await put({ 'pictures/a/x.png': grey(20, 10, () => 1), 'pictures/b/x.png': grey(20, 10, () => 2), 'pictures/y.png': grey(20, 10, () => 3) })
    const root = await put({ 'c.json': JSON.stringify({
      images: [['images\\a\\x.png', 1], ['images/b/x.png', 2], ['upload/3/y.png', 3]].map(([file_name, id]) => ({ id, file_name, width: 20, height: 10 })),
      categories: [{ id: 0, name: 'cat' }], annotations: [1, 2, 3].map((id) => ({ id: id - 1, image_id: id, category_id: 0, segmentation: [[id, 1, id + 1, 1, id + 1, 2, id, 2]], area: 1, bbox: [id, 1, 1, 1], iscrowd: 0, ignore: 0 })),
    }) })
    const from = { path: join(root, 'c.json'), options: { format: null }, images: join(root, 'pictures'), reference: undefined }
    const report = await checkDataSet(from)
    expect([report.images, report.findings.map(({ rule, count }) => [rule, count])]).toEqual([3, [['file-by-name', 3], ['annotation-id-0', 1]]])
    await convertDataSet(from, join(home, 'back.json'), ExportOptions.parse({ images: 'copy' }))
    expect((JSON.parse(await readFile(join(home, 'back.json'), 'utf8')) as { images: { file_name: string }[] }).images.map(({ file_name: name }) => name)).toEqual(['images\\a\\x.png', 'images/b/x.png', 'upload/3/y.png'])
    expect(await readFile(join(home, 'images', 'images', 'b', 'x.png'))).toEqual(Buffer.from(grey(20, 10, () => 2)))
  })
})
