import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExportOptions, type FormatName } from '../../main/contract/transfer.ts'
import { checkDataSet, convertDataSet } from '../../main/engine/convert-data-set.ts'
import { toCocoCounts } from '../../main/masks/coco-rle.ts'
import { encodePlane } from '../../main/masks/rle.ts'
import { decodeCounts } from './round-trip-fixture.ts'

interface Coco {
  readonly images: { id: number; file_name: string; width: number; height: number }[]
  readonly categories: { id: number; name: string }[]
  readonly annotations: { id: number; image_id: number; category_id: number; segmentation?: { size: [number, number]; counts: string }; bbox: number[]; iscrowd: number; score?: number }[]
}

const WIDTH = 37
const HEIGHT = 23
/** Objects that share no pixel: a donut, one of two parts, one pixel, one that touches a corner and the border, a line one pixel wide. */
const SHAPES: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => x >= 2 && x < 10 && y >= 2 && y < 9 && !(x >= 4 && x < 7 && y >= 4 && y < 6),
  (x, y) => (x >= 12 && x < 16 && y >= 3 && y < 8) || (x >= 20 && x < 24 && y >= 3 && y < 8) || (x === 16 && y === 8),
  (x, y) => x === 5 && y === 5,
  (x, y) => x >= 30 && y < 10,
  (_, y) => y === 20,
]
const CATEGORIES = [{ id: 3, name: 'cat' }, { id: 17, name: 'dining table' }, { id: 90, name: 'Zebra & “co”' }]
const maskCounts = (inside: (x: number, y: number) => boolean) => toCocoCounts(encodePlane(Uint8Array.from({ length: WIDTH * HEIGHT }, (_, p) => (inside(p % WIDTH, Math.floor(p / WIDTH)) ? 1 : 0)), WIDTH, HEIGHT), WIDTH, HEIGHT)

let home: string
let truth: string
let coco: Coco
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'maskwright-formats-'))
  truth = join(home, 'truth.json')
  coco = {
    images: [{ id: 7, file_name: 'one.jpg' }, { id: 9, file_name: 'b/same.jpg' }, { id: 11, file_name: 'c/same.jpg' }, { id: 12, file_name: 'Grüße 🐎.jpg' }].map((image) => ({ ...image, width: WIDTH, height: HEIGHT })),
    categories: CATEGORIES,
    annotations: [7, 9, 11].flatMap((image, at) => SHAPES.slice(at).map((inside, i) => ({
      id: image * 10 + i, image_id: image, category_id: CATEGORIES[(i + at) % 3].id, segmentation: { size: [HEIGHT, WIDTH] as [number, number], counts: maskCounts(inside) }, bbox: [0, 0, 1, 1], area: 1, iscrowd: 0,
    }))),
  }
  await writeFile(truth, JSON.stringify(coco))
  for (const { file_name: name } of coco.images) {
    const path = join(home, 'pictures', name)
    await mkdir(dirname(path), { recursive: true })
    await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#888' } }).jpeg().toFile(path)
  }
})
afterAll(() => rm(home, { recursive: true }))

const place = (path: string) => ({ path, options: { format: null }, images: undefined, reference: undefined })
const options = (format: FormatName, more: Partial<ExportOptions> = {}): ExportOptions => ExportOptions.parse({ format, strict: true, ...more })

/** Per image (by its name) and class name the masks, sorted: what has to survive. With `merged` one mask a class. */
function contentOf({ images, categories, annotations }: Coco, merged: boolean): Record<string, string[]> {
  const names = new Map(categories.map(({ id, name }) => [id, name]))
  return Object.fromEntries(images.map(({ id, file_name: name }) => {
    const planes = annotations.filter((one) => one.image_id === id && one.segmentation !== undefined)
      .map((one) => [names.get(one.category_id) ?? '?', decodeCounts(one.segmentation?.counts ?? '', WIDTH, HEIGHT)] as const)
    const joined = new Map<string, Uint8Array>()
    for (const [label, plane] of planes) joined.set(label, (joined.get(label) ?? new Uint8Array(WIDTH * HEIGHT)).map((value, p) => value | plane[p]))
    const list = merged ? [...joined] : planes
    return [name.replace(/\.\w+$/, ''), list.map(([label, plane]) => `${label}: ${[...plane.keys()].filter((p) => plane[p] === 1).join(' ')}`).toSorted()]
  }))
}
const filled = (content: Record<string, string[]>) => Object.fromEntries(Object.entries(content).filter(([, list]) => list.length > 0))

async function there(format: FormatName, more: Partial<ExportOptions> = {}): Promise<{ out: string; back: Coco }> {
  const name = `${format}-${Math.random().toString(36).slice(2)}`
  const out = join(home, format.startsWith('coco-instances') || format === 'coco-stuff' || format === 'coco-results' ? `${name}.json` : name)
  await convertDataSet(place(truth), out, options(format, more))
  const again = join(home, `${name}-back.json`)
  // shares of width and height need the pictures
  const { read } = await convertDataSet({ ...place(out), images: format === 'yolo' ? join(home, 'pictures') : undefined, reference: format === 'coco-results' ? truth : undefined }, again, options('coco-instances', { states: ['accepted', 'pending'] }))
  expect(read.format).toBe(format === 'coco-stuff' ? 'coco-instances' : format)
  return { out, back: JSON.parse(await readFile(again, 'utf8')) as Coco }
}

describe('every format there and back', () => {
  for (const masks of ['rle', 'polygons', 'keyhole'] as const) {
    test(`COCO instances with ${masks}: no pixel and no id changes`, async () => {
      const { back } = await there('coco-instances', { masks })
      expect(contentOf(back, false)).toEqual(contentOf(coco, false))
      expect(back.images.map(({ id }) => id)).toEqual([7, 9, 11, 12])
      expect(back.categories.map(({ id, name }) => [id, name])).toEqual(CATEGORIES.map(({ id, name }) => [id, name]))
      expect(back.annotations.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(coco.annotations.map(({ id }) => id).toSorted((a, b) => a - b))
    })
  }
  // formats that know objects
  for (const format of ['coco-panoptic', 'coco-results', 'voc', 'cityscapes', 'yolo', 'labelme'] as const) {
    test(`${format}: every object keeps its pixels and its class`, async () => {
      const { back } = await there(format)
      expect(filled(contentOf(back, false))).toEqual(filled(contentOf(coco, false)))
    })
  }
  // formats that know only what is where
  for (const format of ['coco-stuff', 'coco-stuff-maps', 'label-png'] as const) {
    test(`${format}: every class keeps its pixels`, async () => {
      const { back } = await there(format)
      expect(filled(contentOf(back, false))).toEqual(filled(contentOf(coco, true)))
    })
  }

  test('keyhole lines are exact in labelme too', async () => {
    expect(filled(contentOf((await there('labelme', { masks: 'keyhole' })).back, false))).toEqual(filled(contentOf(coco, false)))
  })

  test('panoptic ids and image ids stay; the id sets of PNG and JSON are equal', async () => {
    const { out, back } = await there('coco-panoptic')
    const json = JSON.parse(await readFile(join(out, 'panoptic.json'), 'utf8')) as { annotations: { image_id: number; segments_info: { id: number }[] }[] }
    expect(json.annotations.flatMap(({ segments_info }) => segments_info.map(({ id }) => id))).toEqual(coco.annotations.map(({ id }) => id))
    expect(back.images.map(({ id }) => id)).toEqual([7, 9, 11, 12])
    // the reader finds no segment that is missing on either side
    expect((await checkDataSet(place(out))).findings).toEqual([])
  })

  test('category ids over 127 and over 255 survive in pixel maps', async () => {
    const file = join(home, 'high.json')
    await writeFile(file, JSON.stringify({ ...coco, categories: [{ id: 183, name: 'cat' }, { id: 200, name: 'b' }, { id: 300, name: 'c' }], annotations: coco.annotations.map((one, i) => ({ ...one, category_id: [183, 200, 300][i % 3] })) }))
    await convertDataSet(place(file), join(home, 'high'), options('coco-stuff-maps'))
    await convertDataSet(place(join(home, 'high')), join(home, 'high-back.json'), options('coco-instances'))
    const back = JSON.parse(await readFile(join(home, 'high-back.json'), 'utf8')) as Coco
    expect(back.categories.map(({ id }) => id)).toEqual([183, 200, 300])
  })
})

describe('overlaps, splits and results', () => {
  const overlapping = async (): Promise<string> => {
    const file = join(home, 'overlap.json')
    const box = (x0: number, y0: number, x1: number, y1: number) => ({ size: [HEIGHT, WIDTH], counts: maskCounts((x, y) => x >= x0 && x < x1 && y >= y0 && y < y1) })
    await writeFile(file, JSON.stringify({
      images: [coco.images[0]], categories: CATEGORIES,
      annotations: [{ id: 1, image_id: 7, category_id: 3, segmentation: box(0, 0, 4, 4), iscrowd: 0, bbox: [0, 0, 4, 4], area: 16 }, { id: 2, image_id: 7, category_id: 17, segmentation: box(2, 0, 30, 20), iscrowd: 0, bbox: [2, 0, 28, 20], area: 560 }],
    }))
    return file
  }

  test('the one in front keeps shared pixels, or the smaller one; the report says who took how many from whom', async () => {
    const file = await overlapping()
    const areas = async (overlap: 'front' | 'smaller') => {
      const out = join(home, `overlap-${overlap}`)
      const { written } = await convertDataSet(place(file), out, options('coco-panoptic', { overlap }))
      const json = JSON.parse(await readFile(join(out, 'panoptic.json'), 'utf8')) as { annotations: { segments_info: { id: number; area: number }[] }[] }
      return [json.annotations[0].segments_info.map(({ id, area }) => [id, area]), written.findings]
    }
    expect(await areas('front')).toEqual([[[1, 8], [2, 560]], [expect.objectContaining({ rule: 'overlap', count: 1, examples: [expect.stringMatching(/“dining table” .* takes 8 px from “cat”/)] })]])
    expect(await areas('smaller')).toEqual([[[1, 16], [2, 552]], [expect.objectContaining({ rule: 'overlap', examples: [expect.stringMatching(/“cat” .* takes 8 px from “dining table”/)] })]])
  })

  test('a split deals every class out, gives the same sets for the same seed, and one file a set', async () => {
    const images = Array.from({ length: 100 }, (_, i) => ({ id: i + 1, file_name: `${i}.jpg`, width: WIDTH, height: HEIGHT }))
    const file = join(home, 'many.json')
    // one rare class in ten images
    const counts = maskCounts(SHAPES[2])
    await writeFile(file, JSON.stringify({ images, categories: CATEGORIES, annotations: images.map(({ id }) => ({ id, image_id: id, category_id: id % 10 === 0 ? 90 : id % 2 === 0 ? 3 : 17, segmentation: { size: [HEIGHT, WIDTH], counts }, iscrowd: 0, bbox: [5, 5, 1, 1], area: 1 })) }))
    const sets = async (seed: number, name: string) => {
      await convertDataSet(place(file), join(home, `${name}.json`), options('coco-instances', { split: { train: 0.8, val: 0.1, test: 0.1, seed } }))
      return Promise.all(['train', 'val', 'test'].map(async (set) => JSON.parse(await readFile(join(home, `${name}.${set}.json`), 'utf8')) as Coco))
    }
    const [train, val, testSet] = await sets(5, 'split')
    expect([train, val, testSet].map((set) => set.images.length)).toEqual([80, 10, 10])
    expect([train, val, testSet].map((set) => set.annotations.filter((one) => one.category_id === 90).length)).toEqual([8, 1, 1])
    expect((await sets(5, 'again')).map((set) => set.images)).toEqual([train, val, testSet].map((set) => set.images))
    expect((await sets(6, 'other')).map((set) => set.images)).not.toEqual([train, val, testSet].map((set) => set.images))
  })

  test('splits of folder formats lie where the format has them', async () => {
    const split = { train: 0.5, val: 0.25, test: 0.25, seed: 1 }
    const listing = async (format: FormatName): Promise<string[]> => {
      const out = join(home, `sets-${format}`)
      await convertDataSet(place(truth), out, options(format, { split }))
      return readdir(out)
    }
    expect(await listing('yolo')).toEqual(['data.yaml', 'labels'])
    expect(await readdir(join(home, 'sets-yolo', 'labels'))).toEqual(['test', 'train', 'val'])
    expect(await listing('label-png')).toEqual(['test', 'train', 'val'])
    expect((await listing('coco-panoptic')).filter((name) => name.endsWith('.json'))).toEqual(['panoptic_test.json', 'panoptic_train.json', 'panoptic_val.json'])
    expect(await listing('voc')).toContain('ImageSets')
    expect(await readdir(join(home, 'sets-voc', 'ImageSets', 'Segmentation'))).toEqual(['test.txt', 'train.txt', 'val.txt'])
  })

  test('scored results come in as proposals, with what their scores say', async () => {
    const file = join(home, 'results.json')
    const counts = maskCounts(SHAPES[0])
    await writeFile(file, JSON.stringify([
      { image_id: 7, category_id: 3, segmentation: { size: [HEIGHT, WIDTH], counts }, score: 0.83 }, { image_id: 9, category_id: 17, bbox: [1, 2, 3, 4], score: 1.2 },
      { image_id: 99, category_id: 3, bbox: [1, 2, 3, 4], score: 0.5 }, { image_id: 7, category_id: 4, bbox: [1, 2, 3, 4], score: 0.5 }, { image_id: 7, category_id: 3, score: 0.5 },
    ]))
    const from = { path: file, options: { format: null }, images: undefined, reference: truth }
    expect((await checkDataSet(from)).findings.map(({ rule, severity }) => [rule, severity])).toEqual([['score-range', 'mended'], ['dangling-image', 'refused'], ['dangling-category', 'refused'], ['no-shape', 'refused']])
    await convertDataSet(from, join(home, 'proposals.json'), options('coco-instances', { states: ['pending'], strict: false }))
    const back = JSON.parse(await readFile(join(home, 'proposals.json'), 'utf8')) as { annotations: { maskwright: { state: string; score: number } }[] }
    expect(back.annotations.map(({ maskwright: { state, score } }) => [state, score])).toEqual([['pending', 0.83], ['pending', 1]])
    expect(await checkDataSet({ ...from, reference: undefined })).toMatchObject({ verdict: 'refused', findings: [{ rule: 'no-reference' }] })
  })

  test('captions and keypoints are carried through untouched', async () => {
    const captions = { info: { year: 2017 }, images: coco.images, annotations: [{ id: 5, image_id: 7, caption: 'A cat.' }, { id: 6, image_id: 7, caption: 'Ein “Kater”.', extra: [1] }], licenses: [{ id: 1 }] }
    const file = join(home, 'captions.json')
    await writeFile(file, JSON.stringify(captions))
    await convertDataSet(place(file), join(home, 'captions-back.json'), options('coco-instances'))
    expect(JSON.parse(await readFile(join(home, 'captions-back.json'), 'utf8'))).toEqual({ ...captions, categories: [] })
    const person = { ...coco.annotations[0], keypoints: [1, 2, 2, 0, 0, 0], num_keypoints: 1 }
    await writeFile(join(home, 'keypoints.json'), JSON.stringify({ ...coco, categories: [{ ...CATEGORIES[0], keypoints: ['nose', 'tail'], skeleton: [[1, 2]] }, ...CATEGORIES.slice(1)], annotations: [person] }))
    await convertDataSet(place(join(home, 'keypoints.json')), join(home, 'keypoints-back.json'), options('coco-instances'))
    expect(JSON.parse(await readFile(join(home, 'keypoints-back.json'), 'utf8'))).toMatchObject({ categories: [{ keypoints: ['nose', 'tail'], skeleton: [[1, 2]] }, {}, {}], annotations: [{ keypoints: [1, 2, 2, 0, 0, 0], num_keypoints: 1 }] })
  })

  test('a folder that has something in it is refused, and stays', async () => {
    await writeFile(join(home, 'captions.txt'), '')
    await expect(convertDataSet(place(truth), home, options('yolo'))).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('exists already') as unknown })
    expect(await readdir(home)).toContain('captions.txt')
    expect((await readdir(tmpdir())).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('read-only formats are not written', async () => {
    await expect(convertDataSet(place(truth), join(home, 'no.json'), options('cvat'))).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('can only be read') as unknown })
  })
})
