import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Annotation, LabelClass } from '../../../main/contract/records.ts'
import { CocoIds } from '../../../main/formats/coco-ids.ts'
import { planCocoInstances, writeCocoInstances, type CocoSource, type ExportedImage } from '../../../main/formats/coco-instances-writer.ts'
import { writeBeside } from '../../../main/formats/write-beside.ts'
import { encodeSpans } from '../../../main/masks/rle.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-writer-'))
afterAll(() => rmSync(home, { recursive: true }))
const out = join(home, 'out.json')
beforeEach(() => rmSync(out, { force: true }))

const OPTIONS = { states: ['accepted', 'fixed', 'drawn'] as Annotation['state'][], strict: false }
const label = (id: number, name: string, importedId: number | null, carried: Record<string, unknown> | null = null): LabelClass =>
  ({ kind: 'class', id, version: 0, name, synonyms: [], colour: '#112233', order: id, extent: 'thing', importedId, carried })
const image = (id: number, path: string, rest: Partial<ExportedImage> = {}): ExportedImage =>
  ({ id, path, folderName: 'photos', width: 4, height: 3, importedId: null, fileName: null, carried: null, ...rest })
// the three pixels of the format's own fixture, in a picture of 2×3
const THREE = encodeSpans(Int32Array.of(1, 0, 2, 2, 0, 1))
let nextId = 1
const annotation = (imageId: number, rest: Partial<Annotation> = {}): Annotation => ({
  kind: 'annotation', id: nextId++, version: 0, imageId, classId: 1, state: 'accepted', mask: THREE, areaPx2: 3, score: null, z: 1,
  crowd: false, locked: false, boxOnly: null, importedId: null, provenance: { source: 'person' }, carried: null, ...rest,
})
function source(images: readonly ExportedImage[], annotations: readonly Annotation[], classes: readonly LabelClass[] = [label(1, 'cat', null)], topLevel: CocoSource['topLevel'] = null): CocoSource {
  return { name: 'my project', topLevel, classes: () => classes, images: () => images, annotationsOf: (id) => annotations.filter(({ imageId }) => imageId === id) }
}
const written = (): { images: Record<string, unknown>[]; annotations: Record<string, unknown>[]; categories: Record<string, unknown>[]; [key: string]: unknown } => JSON.parse(readFileSync(out, 'utf8')) as never

test('a drawn annotation is written with compressed RLE, box and area of its mask, and our one key', async () => {
  await writeCocoInstances(out, source([image(5, 'a/b.jpg', { width: 2, height: 3 })], [annotation(5, { state: 'drawn', score: 0.5, provenance: { source: 'person', by: 'Ann' } })]), OPTIONS)
  expect(written()).toEqual({
    info: { description: 'my project' },
    licenses: [],
    categories: [{ id: 1, name: 'cat' }],
    images: [{ id: 1, file_name: 'a/b.jpg', width: 2, height: 3 }],
    annotations: [{
      id: 1, image_id: 1, category_id: 1, iscrowd: 0, bbox: [0, 1, 2, 2], area: 3, segmentation: { size: [3, 2], counts: '121O0' },
      maskwright: { state: 'drawn', score: 0.5, source: 'person', by: 'Ann' },
    }],
  })
})

test('strict leaves our key out; crowd is the number 1', async () => {
  await writeCocoInstances(out, source([image(5, 'a.jpg')], [annotation(5, { crowd: true })]), { ...OPTIONS, strict: true })
  expect(written().annotations[0]).not.toHaveProperty('maskwright')
  expect(written().annotations[0]['iscrowd']).toBe(1)
})

test('only the states asked for, and never a region without a class: both are counted', async () => {
  const project = source([image(5, 'a.jpg')], [annotation(5), annotation(5, { state: 'pending' }), annotation(5, { state: 'rejected' }), annotation(5, { classId: null }), annotation(5, { classId: null, state: 'pending' })])
  const report = await writeCocoInstances(out, project, OPTIONS)
  expect(written().annotations.length).toBe(1)
  expect(Object.fromEntries(report.findings.map(({ rule, count }) => [rule, count]))).toEqual({ 'state-pending': 2, 'state-rejected': 1, 'no-class': 1 })
  expect(report).toMatchObject({ images: 1, annotations: 1, classes: 1, verdict: 'clean' })
  expect((await planCocoInstances(project, OPTIONS)).report).toEqual(report)
})

test('images and classes without annotations stay, in order', async () => {
  await writeCocoInstances(out, source([image(5, 'a.jpg'), image(6, 'b.jpg')], [], [label(1, 'cat', 90, { supercategory: 'animal' }), label(2, 'dog', null)]), OPTIONS)
  expect(written().images.map(({ file_name }) => file_name)).toEqual(['a.jpg', 'b.jpg'])
  expect(written().categories).toEqual([{ id: 90, name: 'cat', supercategory: 'animal' }, { id: 1, name: 'dog' }])
})

test('whether a class is stuff is said where a file would be read otherwise, and nothing of a thing that no file spoke of', async () => {
  const stuff = (id: number, carried: Record<string, unknown> | null): LabelClass => ({ ...label(id, `stuff ${id}`, null, carried), extent: 'stuff' })
  await writeCocoInstances(out, source([image(5, 'a.jpg')], [], [stuff(1, null), stuff(2, { isthing: 0 }), stuff(3, { isthing: 1 }), label(4, 'd', null, { isthing: 0 }), label(5, 'e', null, { isthing: 1 }), label(6, 'f', null)]), OPTIONS)
  expect(written().categories.map(({ isthing }) => isthing)).toEqual([0, 0, 0, 1, 1, undefined])
})

test('imported ids stay, new ones fill from 1 around them', async () => {
  const ids = [3, null, 1, null, null, 0]
  await writeCocoInstances(out, source([image(5, 'a.jpg', { importedId: 2 }), image(6, 'b.jpg'), image(7, 'c.jpg')], ids.map((importedId) => annotation(5, { importedId }))), OPTIONS)
  expect(written().annotations.map(({ id }) => id)).toEqual([3, 2, 1, 4, 5, 0])
  expect(written().images.map(({ id }) => id)).toEqual([2, 1, 3])
})

test('an id that two files brought is kept once, and said', async () => {
  const report = await writeCocoInstances(out, source([image(5, 'a.jpg')], [annotation(5, { importedId: 9 }), annotation(5, { importedId: 9 })]), OPTIONS)
  expect(written().annotations.map(({ id }) => id)).toEqual([9, 1])
  expect(report.findings).toEqual([expect.objectContaining({ rule: 'annotation-id-twice', severity: 'mended', count: 1 })])
  expect(report.verdict).toBe('mended')
})

test('equal paths of two folders are two images with two names', async () => {
  await writeCocoInstances(out, source([image(5, 'a.jpg'), image(6, 'a.jpg', { folderName: 'more' })], []), OPTIONS)
  expect(written().images.map(({ file_name }) => file_name)).toEqual(['a.jpg', 'more/a.jpg'])
})

test('info, licences and unknown keys of an import are written back, and nothing of ours stamped on them', async () => {
  const topLevel = { info: { year: 2014 }, licenses: [{ id: 1, name: 'theirs' }], custom: [1, null] }
  await writeCocoInstances(out, source([image(5, 'a.jpg', { carried: { license: 1, width: 99 } })], [], [], topLevel), OPTIONS)
  expect(written()).toEqual({ ...topLevel, categories: [], images: [{ id: 1, file_name: 'a.jpg', width: 4, height: 3, license: 1 }], annotations: [] })
})

test('a mask that no longer fits its picture is left out and said', async () => {
  const report = await writeCocoInstances(out, source([image(5, 'a.jpg', { width: 1, height: 1 })], [annotation(5)]), OPTIONS)
  expect(report.findings).toEqual([expect.objectContaining({ rule: 'mask-outside', severity: 'refused', count: 1 })])
  expect(written().annotations).toEqual([])
})

test('new ids never repeat', () => {
  const ids = new CocoIds(new Set([2, 4]))
  expect([null, 2, null, 4, 2, null].map((id) => ids.take(id))).toEqual([
    { id: 1, kept: true }, { id: 2, kept: true }, { id: 3, kept: true }, { id: 4, kept: true }, { id: 5, kept: false }, { id: 6, kept: true },
  ])
})

test('when writing fails half-way the old file is untouched and nothing is left beside it', async () => {
  writeFileSync(out, 'before')
  const broken = { ...source([image(5, 'a.jpg')], [annotation(5)]), annotationsOf: () => { throw new Error('gone') } }
  await expect(writeCocoInstances(out, broken, OPTIONS)).rejects.toThrow('gone')
  await expect(writeBeside(out, async (text) => {
    await text('x'.repeat(1_000_000))
    throw new Error('in the middle')
  })).rejects.toThrow('in the middle')
  expect(readFileSync(out, 'utf8')).toBe('before')
  expect(readdirSync(home)).toEqual(['out.json'])
})

test('a folder that is not there is named', async () => {
  await expect(writeBeside(join(home, 'no', 'out.json'), async () => undefined)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('its folder does not exist') as unknown })
})

const disk = mkdtempSync(join(tmpdir(), 'maskwright-disk-'))
const mounting = process.platform === 'linux' ? spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { encoding: 'utf8' }) : null
const noDisk = mounting === null ? 'a tmpfs needs Linux' : mounting.status === 0 ? null : (mounting.error?.message ?? mounting.stderr.trim())
afterAll(() => {
  if (noDisk === null) spawnSync('umount', [disk])
  rmSync(disk, { recursive: true, force: true })
})

test.skipIf(noDisk !== null)(`on a full disk the old file stays and the error says so${noDisk === null ? '' : ` (skipped: ${noDisk})`}`, async () => {
  writeFileSync(join(disk, 'out.json'), 'before')
  await expect(writeBeside(join(disk, 'out.json'), async (text) => { await text('x'.repeat(1_000_000)) })).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('out.json') as unknown })
  expect(readFileSync(join(disk, 'out.json'), 'utf8')).toBe('before')
  expect(readdirSync(disk)).toEqual(['out.json'])
})

const noUser = process.platform === 'win32' ? 'Windows has no permission bits' : null
test.skipIf(noUser !== null)(`a folder one may not write to is an error that says so${noUser === null ? '' : ` (skipped: ${noUser})`}`, () => {
  const shut = join(home, 'shut')
  mkdirSync(shut)
  chmodSync(home, 0o755)
  chmodSync(shut, 0o555)
  // root may write everywhere: drop to nobody when we are root
  const program = `
    const { writeBeside } = await import(${JSON.stringify(new URL('../../../main/formats/write-beside.ts', import.meta.url).href)})
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
    await writeBeside(${JSON.stringify(join(shut, 'out.json'))}, async () => undefined).catch((error) => console.log(error.code + ': ' + error.message))`
  const child = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(child.stdout).toMatch(/^no-permission: .*shut\/out\.json/)
})
