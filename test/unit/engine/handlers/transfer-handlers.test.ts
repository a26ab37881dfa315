import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { LabelClass } from '../../../../main/contract/records.ts'
import { startEngine, type TestEngine } from '../test-engine.ts'

const SQUARE = [[1, 1, 4, 1, 4, 4, 1, 4]]
const IMAGES = [{ id: 40, file_name: 'a.png', width: 12, height: 9, license: 3 }, { id: 41, file_name: 'b.png', width: 12, height: 9 }]
const truth = (rest: Record<string, unknown> = {}) => ({
  licenses: [{ id: 3, name: 'theirs' }],
  images: IMAGES,
  categories: [{ id: 17, name: 'cat' }, { id: 18, name: 'dog' }],
  annotations: [{ id: 900, image_id: 40, category_id: 17, segmentation: SQUARE, area: 9, bbox: [1, 1, 3, 3], iscrowd: 0 }],
  ...rest,
})

/** An engine with an open project on two pictures, and COCO files by name. */
async function withPictures(files: Readonly<Record<string, unknown>>): Promise<TestEngine & { grant(name: string): Promise<string> }> {
  const engine = await startEngine()
  mkdirSync(join(engine.root, 'pictures'))
  for (const name of ['a', 'b']) await sharp({ create: { width: 12, height: 9, channels: 3, background: '#808080' } }).png().toFile(join(engine.root, 'pictures', `${name}.png`))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(engine.root, name), typeof content === 'string' ? content : JSON.stringify(content))
  const grant = async (name: string) => (await engine.grantOf(name)).grant
  await engine.client.call('project.create', { grant: await grant(''), name: 'p' })
  await engine.client.call('folder.add', { grant: await grant('pictures') })
  return { ...engine, grant }
}
const exported = (engine: TestEngine) => JSON.parse(readFileSync(join(engine.root, 'out.json'), 'utf8')) as Record<'images' | 'categories' | 'annotations', { id: number; name?: string; category_id?: number }[]> & { licenses: unknown }

test('what was checked is what is imported, and what is exported again', async () => {
  const engine = await withPictures({ 'truth.json': truth() })
  const checked = await engine.client.call('import.check', { grant: await engine.grant('truth.json') })
  expect(checked).toEqual({ format: 'coco-instances', images: 2, annotations: 1, classes: 2, findings: [], verdict: 'clean' })
  expect((await engine.client.call('project.info', {})).annotationCount).toBe(0)
  expect(await engine.client.call('import.apply', { grant: await engine.grant('truth.json') })).toEqual(checked)
  expect(engine.events).toContainEqual({ name: 'images.changed', data: { imageIds: null } })
  const page = await engine.client.call('images.page', { offset: 0, limit: 9 })
  expect(page.rows.map(({ path, kept }) => [path, kept])).toEqual([['a.png', 1], ['b.png', 0]])

  const { display, report } = await engine.client.call('export.write', { grant: await engine.grant(''), name: 'out.json' })
  expect(display).toBe(join(engine.root, 'out.json'))
  expect(report).toEqual((await engine.client.call('export.check', {})))
  const out = exported(engine)
  expect([out.images.map(({ id }) => id), out.categories.map(({ id }) => id), out.annotations.map(({ id }) => id)]).toEqual([[40, 41], [17, 18], [900]])
})

test('a category joins the class of its name, and a second file’s other ids do not change the first’s', async () => {
  const second = truth({
    licenses: [{ id: 3, name: 'theirs' }, { id: 9, name: 'others' }],
    categories: [{ id: 5, name: 'cat' }, { id: 17, name: 'fox' }],
    annotations: [{ id: 900, image_id: 41, category_id: 17, segmentation: SQUARE, area: 9, bbox: [1, 1, 3, 3], iscrowd: 0 }],
  })
  const engine = await withPictures({ 'first.json': truth(), 'second.json': second })
  const { from } = await engine.client.call('ids.reserve', { count: 1 })
  const mine: LabelClass = { kind: 'class', id: from, version: 0, name: 'cat', synonyms: ['kitty'], colour: '#123456', order: 0, extent: 'thing', importedId: null, carried: null }
  await engine.client.call('diff.apply', { diff: { added: [mine], updated: [], removed: [] }, imageId: null, label: 'class' })
  await engine.client.call('import.apply', { grant: await engine.grant('first.json') })
  const report = await engine.client.call('import.apply', { grant: await engine.grant('second.json') })
  expect(report.findings.map(({ rule }) => rule)).toEqual(['category-id-differs', 'category-id-taken'])
  const { classes } = await engine.client.call('classes.list', {})
  expect(classes.map(({ id, name, synonyms, colour, importedId }) => ({ id: id === from, name, synonyms, colour: colour === '#123456', importedId }))).toEqual([
    { id: true, name: 'cat', synonyms: ['kitty'], colour: true, importedId: 17 },
    { id: false, name: 'dog', synonyms: [], colour: false, importedId: 18 },
    { id: false, name: 'fox', synonyms: [], colour: false, importedId: null },
  ])
  await engine.client.call('export.write', { grant: await engine.grant(''), name: 'out.json' })
  const out = exported(engine)
  expect(out.categories.map(({ id, name }) => [id, name])).toEqual([[17, 'cat'], [18, 'dog'], [1, 'fox']])
  expect(out.annotations.map(({ id, category_id }) => [id, category_id])).toEqual([[900, 17], [1, 1]])
  expect(out.licenses).toEqual([{ id: 3, name: 'theirs' }, { id: 9, name: 'others' }])
})

test('a file that breaks off after good annotations changes nothing', async () => {
  const text = JSON.stringify(truth({ annotations: [...truth().annotations as unknown[], { id: 901 }] }))
  const engine = await withPictures({ 'cut.json': text.slice(0, text.indexOf('901')) })
  const checked = await engine.client.call('import.check', { grant: await engine.grant('cut.json') })
  expect(checked).toMatchObject({ verdict: 'refused', findings: [{ rule: 'not-json', severity: 'refused' }] })
  await expect(engine.client.call('import.apply', { grant: await engine.grant('cut.json') })).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/"cut\.json".*line 1, column.*nothing was imported/) as unknown })
  const info = await engine.client.call('project.info', {})
  expect([info.annotationCount, info.classes]).toEqual([0, []])
})

test('the end of a file missing after the last annotation is noticed before anything is stored', async () => {
  const text = JSON.stringify({ images: IMAGES, categories: truth().categories, annotations: truth().annotations })
  const engine = await withPictures({ 'cut.json': text.slice(0, -2) })
  await expect(engine.client.call('import.apply', { grant: await engine.grant('cut.json') })).rejects.toMatchObject({ code: 'bad-file' })
  expect((await engine.client.call('project.info', {})).annotationCount).toBe(0)
})

test('only names of COCO files in the granted folder are written', async () => {
  const engine = await withPictures({})
  for (const [name, message] of [['../out.json', 'no file name'], ['out.png', 'has to end in .json'], [undefined, 'is a folder']] as const) {
    await expect(engine.client.call('export.write', { grant: await engine.grant(''), ...(name === undefined ? {} : { name }) })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(message) as unknown })
  }
  expect(await engine.client.call('import.check', { grant: await engine.grant('pictures') })).toMatchObject({ verdict: 'refused', findings: [{ rule: 'unknown-format' }] })
  await expect(engine.client.call('import.check', { grant: 'made-up' })).rejects.toMatchObject({ code: 'not-allowed' })
})

test('two imports at once follow one another: no class and no mask comes twice', async () => {
  const engine = await withPictures({ 'truth.json': truth(), 'same.json': truth() })
  const grants = [await engine.grant('truth.json'), await engine.grant('same.json')]
  const reports = await Promise.all(grants.map((grant) => engine.client.call('import.apply', { grant })))
  const info = await engine.client.call('project.info', {})
  expect(info.classes.map(({ name }) => name)).toEqual(['cat', 'dog'])
  expect(info.annotationCount).toBe(1)
  expect(reports.map(({ annotations }) => annotations)).toEqual([1, 0])
})
