import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Annotation, LabelClass } from '../../../../main/contract/records.ts'
import type { Caller } from '../../../../main/engine/caller.ts'
import { boxMask } from '../../../../main/masks/place.ts'
import { startEngine } from '../test-engine.ts'

const ADA: Caller = { id: 'page', author: 'Ada' }
const NONE = { added: [], updated: [], removed: [] }

/** Two pictures, one class; Ada and Ben have both drawn on the first, only Ada on the second. */
async function drawnByTwo() {
  const started = await startEngine()
  const { client, root, engine } = started
  mkdirSync(join(root, 'pictures'))
  const picture = await sharp({ create: { width: 100, height: 80, channels: 3, background: '#445566' } }).png().toBuffer()
  for (const name of ['a.png', 'b.png']) writeFileSync(join(root, 'pictures', name), picture)
  await engine.openProject(join(root, 'two.maskwright'), { create: { name: 'Two' } })
  await client.call('folder.add', { grant: (await started.grantOf('pictures')).grant })
  const { rows: [{ id: first }, { id: second }] } = await client.call('images.page', { offset: 0, limit: 2 })
  const { from } = await client.call('ids.reserve', { count: 6 })
  const cat: LabelClass = { kind: 'class', id: from, version: 1, name: 'cat', synonyms: [], colour: '#12ab9f', order: 0, extent: 'thing', importedId: null, carried: null }
  await client.call('diff.apply', { diff: { ...NONE, added: [cat] }, imageId: null, label: 'addClass' })
  const drawn = (id: number, imageId: number, by: string, height: number, state: Annotation['state'] = 'drawn'): Annotation => ({
    kind: 'annotation', id, version: 1, imageId, classId: cat.id, state, mask: boxMask(0, 0, 10, height), areaPx2: 10 * height, score: null, z: 1,
    crowd: false, locked: false, boxOnly: null, importedId: null, provenance: { source: 'person', by }, carried: null,
  })
  const add = (imageId: number, ...added: Annotation[]) => client.call('diff.apply', { diff: { ...NONE, added }, imageId, label: 'brush' })
  await add(first, drawn(from + 1, first, 'Ada', 10), drawn(from + 2, first, 'Ben', 5), drawn(from + 3, first, 'Cleo', 5, 'rejected'))
  await add(second, drawn(from + 4, second, 'Ada', 10))
  return { ...started, first, second, from }
}

test('two people are compared on the images both worked on; what was rejected made nobody a maker', async () => {
  const { client, first } = await drawnByTwo()
  expect(await client.call('agreement.makers', {})).toEqual({ makers: [{ name: 'Ada', masks: 2 }, { name: 'Ben', masks: 1 }] })
  expect(await client.call('agreement.check', { of: { people: ['Ada', 'Ben'] } })).toEqual({
    images: 1, onlyA: 1, onlyB: 0, agreement: 0.5, meanIoU: 0.5, f1: 1,
    classes: [{ className: 'cat', a: 1, b: 1, pairs: 1, agreed: 1, meanIoU: 0.5, agreement: 0.5, f1: 1 }],
    worst: [{ imageId: first, path: 'a.png', a: 1, b: 1, agreement: 0.5 }],
  })
})

test('people who are one, or never met on an image, are refused in words', async () => {
  const { client } = await drawnByTwo()
  await expect(client.call('agreement.check', { of: { people: ['Ada', 'Ada'] } })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('choose two') as string })
  await expect(client.call('agreement.check', { of: { people: ['Ada', 'Cleo'] } })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('same image (2 and 0 images)') as string })
})

test('the open project is compared with a data set: what that lacks lowers its image, and images are matched by path', async () => {
  const two = await drawnByTwo()
  const { client, root, second } = two
  const box = (id: number, image_id: number, height: number) => ({ id, image_id, category_id: 1, iscrowd: 0, bbox: [0, 0, 10, height], area: 10 * height, segmentation: [[0, 0, 10, 0, 10, height, 0, height]] })
  const image = (id: number, file_name: string) => ({ id, file_name, width: 100, height: 80 })
  writeFileSync(join(root, 'theirs.json'), JSON.stringify({ images: [image(1, 'a.png'), image(2, 'b.png'), image(3, 'c.png')], categories: [{ id: 1, name: 'cat' }], annotations: [box(1, 1, 10), box(2, 1, 5)] }))
  const { grant } = await two.grantOf('theirs.json')
  const found = await client.call('agreement.check', { of: { grant }, worst: 1 })
  expect(found).toMatchObject({ images: 2, onlyA: 0, onlyB: 1, meanIoU: 1, agreement: 2 / 3, worst: [{ imageId: second, path: 'b.png', a: 1, b: 0, agreement: 0 }] })
  writeFileSync(join(root, 'elsewhere.json'), JSON.stringify({ images: [image(1, 'z.png')], categories: [{ id: 1, name: 'cat' }], annotations: [] }))
  await expect(client.call('agreement.check', { of: { grant: (await two.grantOf('elsewhere.json')).grant } })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('no image in common (2 and 1 images)') as string })
})

test('the open project is not compared with itself', async () => {
  const two = await drawnByTwo()
  const { grant } = await two.grantOf('two.maskwright')
  await expect(two.client.call('agreement.check', { of: { grant } })).rejects.toMatchObject({ code: 'bad-input', message: 'Two is the project that is open; choose another, or compare two people of it' })
})

test('another project is compared too, and an annotator of a team may not ask', async () => {
  const two = await drawnByTwo()
  const { client, engine, root } = two
  await client.call('project.close', {})
  await engine.openProject(join(root, 'other.maskwright'), { create: { name: 'Other' } })
  await client.call('folder.add', { grant: (await two.grantOf('pictures')).grant })
  const found = await client.call('agreement.check', { of: { grant: (await two.grantOf('two.maskwright')).grant } })
  expect(found).toMatchObject({ images: 2, agreement: 0, classes: [{ className: 'cat', a: 0, b: 3 }] })
  const annotator = two.clientOf({ ...ADA, role: 'annotator' })
  await expect(annotator.call('agreement.check', { of: { people: ['Ada', 'Ben'] } })).rejects.toMatchObject({ code: 'not-allowed' })
})
