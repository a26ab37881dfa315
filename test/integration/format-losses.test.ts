import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExportOptions, FILE_FORMATS, FormatName, READ_ONLY_FORMATS, type TransferReport } from '../../main/contract/transfer.ts'
import { checkDataSet, convertDataSet } from '../../main/engine/convert-data-set.ts'
import { rasterisePolygon } from '../../main/masks/polygon.ts'
import { areaOf } from '../../main/masks/rle.ts'
import { plainCounts, plainRuns } from './round-trip-fixture.ts'

const WIDTH = 30
const HEIGHT = 20
const rle = (inside: (x: number, y: number) => boolean) => ({ size: [HEIGHT, WIDTH], counts: plainCounts(plainRuns(inside, WIDTH, HEIGHT)) })
const donut = (x: number, y: number): boolean => x >= 2 && x < 12 && y >= 2 && y < 12 && !(x >= 5 && x < 8 && y >= 5 && y < 9)
const HUGE_ID = 900_100_002_299

/** A data set in which every format has something to lose. */
const TRUTH = {
  info: { year: 2017 }, licenses: [{ id: 4, name: 'by' }], theirs: [1],
  images: [{ id: 7, file_name: 'a/one.jpg', width: WIDTH, height: HEIGHT, license: 4 }, { id: 9, file_name: 'two.jpg', width: WIDTH, height: HEIGHT }],
  categories: [{ id: 3, name: 'cat', supercategory: 'animal' }, { id: 90, name: 'sky', isthing: 0 }],
  annotations: [
    { id: 10, image_id: 7, category_id: 3, segmentation: rle(donut), area: 88, bbox: [2, 2, 10, 10], iscrowd: 0, attributes: { seen: true } },
    { id: 11, image_id: 7, category_id: 3, segmentation: rle((x, y) => x === 14 && y === 3), area: 1, bbox: [14, 3, 1, 1], iscrowd: 0 },
    { id: 12, image_id: 7, category_id: 90, segmentation: rle((_, y) => y === 18), area: 30, bbox: [0, 18, 30, 1], iscrowd: 0 },
    { id: 13, image_id: 7, category_id: 90, segmentation: rle((_, y) => y === 16), area: 30, bbox: [0, 16, 30, 1], iscrowd: 0 },
    { id: 14, image_id: 9, category_id: 3, bbox: [1, 2, 3, 4], area: 12, iscrowd: 0 },
    { id: 15, image_id: 9, category_id: 3, segmentation: rle(() => false), area: 0, bbox: [0, 0, 0, 0], iscrowd: 0 },
    { id: HUGE_ID, image_id: 9, category_id: 3, segmentation: rle((x, y) => (x + y) % 3 === 0), area: 200, bbox: [0, 0, 30, 20], iscrowd: 1 },
    { id: 50, image_id: 7, caption: 'A cat under the sky.' },
  ],
}
const WRITABLE = FormatName.options.filter((name) => !READ_ONLY_FORMATS.includes(name))

let home: string
let truth: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'maskwright-losses-'))
  truth = join(home, 'truth.json')
  await writeFile(truth, JSON.stringify(TRUTH))
})
afterAll(() => rm(home, { recursive: true }))

const target = (name: string, format: FormatName): string => join(home, FILE_FORMATS.includes(format) ? `${name}.json` : name)
async function convert(from: string, name: string, format: FormatName, more: Partial<ExportOptions> = {}, reference?: string): Promise<{ out: string; read: TransferReport; written: TransferReport }> {
  const out = target(name, format)
  return { out, ...await convertDataSet({ path: from, options: { format: null }, images: undefined, reference }, out, ExportOptions.parse({ format, states: ['accepted', 'pending'], ...more })) }
}

describe('what a format has no place for is said', () => {
  // how often each is lost, by rule
  test.each<[FormatName, Record<string, number>]>([
    ['coco-instances', {}],
    ['coco-panoptic', { 'captions-lost': 1, 'segment-id-new': 1, 'objects-joined': 1, 'box-only': 1, 'empty-mask': 1 }],
    ['coco-stuff', { 'objects-joined': 2, 'box-only': 1, 'empty-mask': 1 }],
    ['coco-results', { 'keys-lost': 5, 'captions-lost': 1, 'ids-lost': 7, crowd: 1 }],
    ['coco-stuff-maps', { 'keys-lost': 5, 'captions-lost': 1, 'ids-lost': 9, 'objects-joined': 2, 'box-only': 1, 'empty-mask': 1 }],
    ['voc', { 'keys-lost': 5, 'captions-lost': 1, 'ids-lost': 11, 'empty-mask': 1, crowd: 1 }],
    ['cityscapes', { 'keys-lost': 5, 'captions-lost': 1, 'ids-lost': 11, 'box-only': 1, 'empty-mask': 1, 'polygons-exact': 1 }],
    ['yolo', { 'keys-lost': 5, 'captions-lost': 1, 'ids-lost': 11, 'box-only': 1, 'empty-mask': 1, crowd: 1, 'polygons-exact': 1 }],
    ['labelme', { 'keys-lost': 3, 'captions-lost': 1, 'ids-lost': 11, 'empty-mask': 1, crowd: 1, 'polygons-exact': 1 }],
    ['label-png', { 'keys-lost': 5, 'captions-lost': 1, 'ids-lost': 11, 'objects-joined': 2, 'box-only': 1, 'empty-mask': 1 }],
  ])('%s', async (format, lost) => {
    const { written } = await convert(truth, `lost-${format}`, format)
    expect(Object.fromEntries(written.findings.map(({ rule, count }) => [rule, count]))).toEqual(lost)
  })

  test('proposals in a format without states', async () => {
    await writeFile(join(home, 'results.json'), JSON.stringify([{ image_id: 7, category_id: 3, segmentation: rle(donut), score: 0.5 }]))
    const { written } = await convert(join(home, 'results.json'), 'proposals', 'label-png', {}, truth)
    expect(written.findings.filter(({ rule }) => rule === 'state-lost')).toEqual([expect.objectContaining({ count: 1, severity: 'note' })])
  })

  test('which reader reads polygons to the pixel, and that simplified ones are not exact', async () => {
    const said = async (masks: ExportOptions['masks']): Promise<string[]> => (await convert(truth, `said-${masks}`, 'coco-instances', { masks })).written.findings.map(({ action }) => action)
    expect(await said('rle')).toEqual([])
    expect(await said('keyhole')).toEqual(['exact for pycocotools; OpenCV’s fillPoly paints their border too'])
    expect(await said('simplified')).toEqual(['corners are left out: masks are not exact'])
  })
})

test('each writable format is turned into each other without a picture, where sizes are known', async () => {
  for (const from of WRITABLE) {
    const { out } = await convert(truth, `from-${from}`, from)
    // shares of width and height say nothing without the picture
    if (from === 'yolo') {
      expect((await checkDataSet({ path: out, options: { format: null }, images: undefined, reference: undefined })).findings).toContainEqual(expect.objectContaining({ rule: 'image-size-unknown', count: 2 }))
      continue
    }
    for (const to of WRITABLE) {
      const { read, written } = await convert(out, `from-${from}-to-${to}`, to, {}, from === 'coco-results' ? truth : undefined)
      expect(read.format, `${from} to ${to}`).toBe(from === 'coco-stuff' ? 'coco-instances' : from)
      expect(written.images, `${from} to ${to}`).toBe(2)
      expect(written.annotations, `${from} to ${to}`).toBeGreaterThan(1)
      expect(read.findings.filter(({ severity }) => severity === 'refused'), `${from} to ${to}`).toEqual([])
    }
  }
}, 60_000)

describe('COCO instances', () => {
  test('area and box of a simplified polygon are those of the polygon', async () => {
    const ragged = { ...TRUTH, annotations: [{ ...TRUTH.annotations[0], segmentation: rle((x, y) => (x - 14) ** 2 + (y - 9) ** 2 < 60 || (x > 20 && (x + y) % 2 === 0)) }] }
    await writeFile(join(home, 'ragged.json'), JSON.stringify(ragged))
    const { out } = await convert(join(home, 'ragged.json'), 'simplified', 'coco-instances', { masks: 'simplified', tolerancePx: 2 })
    const [{ segmentation, area, bbox }] = (JSON.parse(await readFile(out, 'utf8')) as { annotations: { segmentation: number[][]; area: number; bbox: number[] }[] }).annotations
    const mask = rasterisePolygon(segmentation, WIDTH, HEIGHT)
    expect([area, bbox]).toEqual([areaOf(mask), [mask.x, mask.y, mask.width, mask.height]])
  })

  test('a class that is stuff says so; what a file said of things and stuff stays', async () => {
    const said = async (path: string): Promise<unknown[]> => (JSON.parse(await readFile(path, 'utf8')) as { categories: { isthing?: unknown }[] }).categories.map(({ isthing }) => isthing)
    expect(await said((await convert(truth, 'isthing', 'coco-instances')).out)).toEqual([undefined, 0])
  })

  test('no picture is written over by a copy; equal ones are left, and what stands in the way is met before the file is replaced', async () => {
    const place = join(home, 'here')
    await mkdir(join(place, 'images', 'a'), { recursive: true })
    await mkdir(join(home, 'pictures', 'a'), { recursive: true })
    for (const name of ['a/one.jpg', 'two.jpg']) await writeFile(join(home, 'pictures', name), name)
    await writeFile(join(home, 'pictures.json'), JSON.stringify({ ...TRUTH, images: TRUTH.images }))
    const write = (images: 'copy' | 'link') => convertDataSet({ path: join(home, 'pictures', 'set.json'), options: { format: null }, images: undefined, reference: undefined }, join(place, 'out.json'), ExportOptions.parse({ images }))
    await writeFile(join(home, 'pictures', 'set.json'), JSON.stringify(TRUTH))
    await writeFile(join(place, 'images', 'two.jpg'), 'another picture')
    await writeFile(join(place, 'out.json'), 'before')
    for (const images of ['copy', 'link'] as const) {
      await expect(write(images)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('not written over') as unknown })
      expect(await readFile(join(place, 'images', 'two.jpg'), 'utf8')).toBe('another picture')
      expect(await readFile(join(place, 'out.json'), 'utf8')).toBe('before')
      // what was copied before is gone again
      await expect(readFile(join(place, 'images', 'a', 'one.jpg'))).rejects.toThrow()
    }
    await writeFile(join(place, 'images', 'two.jpg'), 'two.jpg')
    await write('copy')
    expect(await readFile(join(place, 'images', 'a', 'one.jpg'), 'utf8')).toBe('a/one.jpg')
    await write('copy')
    await write('link')
    // a link to a picture that is gone is none
    await rm(join(place, 'images', 'two.jpg'))
    await symlink(join(home, 'gone.jpg'), join(place, 'images', 'two.jpg'))
    await write('copy')
    expect(await readFile(join(place, 'images', 'two.jpg'), 'utf8')).toBe('two.jpg')
    expect((await readdir(join(place, 'images'))).sort()).toEqual(['a', 'two.jpg'])
    expect(JSON.parse(await readFile(join(place, 'out.json'), 'utf8'))).toHaveProperty('annotations')
  })
})
