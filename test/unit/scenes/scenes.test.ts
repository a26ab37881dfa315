import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { decodeLabelPng } from '../../../main/formats/label-png.ts'
import { decodePng } from '../../../main/formats/png.ts'
import { readCocoDataset } from '../../../main/cli/evaluate/coco-dataset.ts'
import { readFolder } from '../../../main/evaluate/datasets/folder.ts'
import { renderScene } from '../../../main/scenes/render-scene.ts'
import { sceneCaption } from '../../../main/scenes/scene-caption.ts'
import { placeOf, SCENE_CLASSES } from '../../../main/scenes/scene-classes.ts'
import { writeRawScenes } from '../../../main/scenes/write-raw-scenes.ts'
import { writeScenes } from '../../../main/scenes/write-scenes.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-scenes-'))
afterAll(() => rmSync(home, { recursive: true }))
const SEEDS = Array.from({ length: 40 }, (_, i) => 5000 + i)

/** Classes whose words a caption holds. */
const wordsIn = (caption: string): string[] => SCENE_CLASSES.filter(({ name, plural }) => new RegExp(`\\b(${name}|${plural})\\b`).test(caption)).map(({ name }) => name).sort()

test('a seed always gives the same picture and masks, another seed gives others', async () => {
  const [first, again, other] = await Promise.all([renderScene(77, 96), renderScene(77, 96), renderScene(78, 96)])
  expect(Buffer.from(again.rgb).equals(first.rgb)).toBe(true)
  expect(Buffer.from(again.ids).equals(first.ids)).toBe(true)
  expect(again.objects).toEqual(first.objects)
  expect(Buffer.from(other.rgb).equals(first.rgb)).toBe(false)
})

test('scenes are drawn in a process, too, in which photos are read and only bitmaps let in', async () => {
  // what main/images/picture-source.ts does when it is loaded
  sharp.block({ operation: ['VipsForeignLoad'] })
  expect((await renderScene(77, 64)).ids).toHaveLength(64 * 64)
})

test('masks cover the picture, every object is seen, and the caption names exactly what the masks hold', { timeout: 60_000 }, async () => {
  for (const seed of SEEDS) {
    const { ids, objects } = await renderScene(seed, 96)
    const counts = new Map<number, number>()
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(objects.map((_, i) => i))
    expect(Math.min(...counts.values())).toBeGreaterThan(96 * 96 * 0.0029)
    const held = new Set<string>(objects.map(({ place }) => SCENE_CLASSES[place].name))
    expect(wordsIn(sceneCaption(objects.map(({ place }) => place), seed))).toEqual([...held].sort())
  }
})

test('every class is often absent and sometimes there', { timeout: 60_000 }, async () => {
  const scenes = await Promise.all(Array.from({ length: 150 }, (_, i) => renderScene(9000 + i, 64)))
  for (const { name } of SCENE_CLASSES) {
    const share = scenes.filter(({ objects }) => objects.some(({ place }) => place === placeOf(name))).length / scenes.length
    expect(share, name).toBeGreaterThan(0.03)
    expect(share, name).toBeLessThan(0.75)
  }
})

test('a caption counts, and has no article where English has none', () => {
  const captions = Array.from({ length: 200 }, (_, seed) => sceneCaption([placeOf('grass'), placeOf('tree'), placeOf('tree')], seed))
  expect(new Set(captions).size).toBeGreaterThan(10)
  for (const caption of captions) {
    expect(caption).toMatch(/\b(two )?trees\b/)
    expect(caption).not.toMatch(/\ba grass\b/)
    expect(caption.endsWith('.')).toBe(true)
  }
})

test('a data set of scenes is COCO with panoptic PNGs, and what evaluate reads', { timeout: 60_000 }, async () => {
  const out = join(home, 'set')
  await writeScenes(out, { seed: 5000, count: 3, size: 128 })
  expect(readdirSync(out).sort()).toEqual(['captions.jsonl', 'classes.txt', 'images', 'instances.json', 'masks', 'panoptic', 'panoptic.json'])
  const folder = await readFolder(out, 'val')
  expect(folder.classes).toEqual(SCENE_CLASSES.map(({ name }) => name))
  expect(folder.items.map(({ id }) => id)).toEqual(['scene-5000', 'scene-5001', 'scene-5002'])
  const { objects, ids } = await renderScene(5001, 128)
  const wanted = Uint16Array.from(ids, (id) => objects[id].place)
  expect(decodeLabelPng(readFileSync(folder.items[1].truth), 'truth').labels).toEqual(wanted)

  const drawn = readCocoDataset(out, 'val')
  const truth = await drawn.truthOf(drawn.dataset.items[1])
  // the COCO reader has "background" before the categories
  expect(truth.labels).toEqual(wanted.map((label) => label + 1))

  const panoptic = JSON.parse(readFileSync(join(out, 'panoptic.json'), 'utf8')) as { annotations: { file_name: string; segments_info: { id: number; category_id: number; area: number }[] }[] }
  const { file_name: png, segments_info: segments } = panoptic.annotations[1]
  const { values } = decodePng(readFileSync(join(out, 'panoptic', png)), png)
  const classOf = new Map(segments.map(({ id, category_id: category }) => [id, category - 1]))
  expect(Array.from(wanted)).toEqual(Array.from(wanted, (_, i) => classOf.get(values[i * 3] + values[i * 3 + 1] * 256 + values[i * 3 + 2] * 65536)))
  await expect(writeScenes(out, { seed: 1, count: 1, size: 64 })).rejects.toThrow('exists already')
})

test('plain bytes for training are pictures, labels and captions one after the other', async () => {
  const out = join(home, 'raw')
  await writeRawScenes(out, { seed: 5000, count: 2, size: 64 })
  expect(statSync(join(out, 'rgb.u8')).size).toBe(2 * 64 * 64 * 3)
  const second = await renderScene(5001, 64)
  expect(readFileSync(join(out, 'rgb.u8')).subarray(64 * 64 * 3).equals(second.rgb)).toBe(true)
  expect([...readFileSync(join(out, 'labels.u8')).subarray(64 * 64)]).toEqual(Array.from(second.ids, (id) => second.objects[id].place))
  expect(readFileSync(join(out, 'captions.jsonl'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { seed: number }).seed)).toEqual([5000, 5001])
})
