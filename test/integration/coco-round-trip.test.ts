import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyImport, checkImport } from '../../main/engine/import-data-set.ts'
import { projectSource } from '../../main/engine/project-source.ts'
import { writeCocoInstances } from '../../main/formats/coco-instances-writer.ts'
import type { ProjectFile } from '../../main/project/project-file.ts'
import { projectOfFolder } from './project-of-folder.ts'
import { decodeCounts, roundTripFixture } from './round-trip-fixture.ts'

interface Written {
  readonly [key: string]: unknown
  readonly images: readonly Record<string, unknown>[]
  readonly categories: readonly Record<string, unknown>[]
  readonly annotations: readonly (Record<string, unknown> & { readonly id: number; readonly image_id: number; readonly bbox: number[]; readonly area: number; readonly segmentation: { readonly size: [number, number]; readonly counts: string } })[]
}
const KEPT = { states: ['accepted', 'fixed', 'drawn'] as ('accepted' | 'fixed' | 'drawn')[], strict: true }

let home: string
let files: ProjectFile[] = []
beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'maskwright-coco-')) })
afterEach(async () => {
  for (const file of files) file.close()
  files = []
  await rm(home, { recursive: true })
})

async function throughProject(name: string, truth: string, strict = true): Promise<Written> {
  const file = await projectOfFolder(home, join(home, 'images'), name)
  files.push(file)
  await applyImport(file, truth)
  const out = join(home, `${name}.json`)
  await writeCocoInstances(out, projectSource(file), { ...KEPT, strict })
  return JSON.parse(await readFile(out, 'utf8')) as Written
}
const byId = <T extends { readonly id?: unknown }>(list: readonly T[]) => [...list].sort((a, b) => Number(a.id) - Number(b.id))

test('import then export changes no pixel, no id, no file name and no unknown key', async () => {
  const { coco, expected } = await roundTripFixture(home)
  const written = await throughProject('once', join(home, 'truth.json'))
  const truth = coco as unknown as Written

  // every level's keys and values, but for what a mask decides
  expect({ ...written, images: 0, annotations: 0, categories: 0 }).toEqual({ ...truth, images: 0, annotations: 0, categories: 0 })
  expect(byId(written.images)).toEqual(byId(truth.images))
  expect(byId(written.categories)).toEqual(byId(truth.categories))
  const said = ({ segmentation: _s, area: _a, bbox: _b, iscrowd, ...rest }: Record<string, unknown>) => ({ ...rest, iscrowd: Number(iscrowd ?? 0) })
  expect(byId(written.annotations).map(said)).toEqual(byId(truth.annotations).map(said))

  for (const { id, inside } of expected) {
    const annotation = written.annotations.find((one) => one.id === id)
    if (annotation === undefined) throw new Error(`annotation ${id} is gone`)
    if (inside === null) {
      expect(annotation).toEqual(truth.annotations.find((one) => one.id === id))
      continue
    }
    const image = truth.images.find((one) => one['id'] === annotation.image_id)
    const width = Number(image?.['width'])
    const height = Number(image?.['height'])
    expect(annotation.segmentation.size).toEqual([height, width])
    const pixels = decodeCounts(annotation.segmentation.counts, width, height)
    const wanted = Uint8Array.from({ length: width * height }, (_, p) => (inside(p % width, Math.floor(p / width)) ? 1 : 0))
    expect(pixels, `annotation ${id}`).toEqual(wanted)
    const set = [...wanted.keys()].filter((p) => wanted[p] === 1)
    const xs = set.map((p) => p % width)
    const ys = set.map((p) => Math.floor(p / width))
    expect(annotation.area).toBe(set.length)
    expect(annotation.bbox).toEqual([Math.min(...xs), Math.min(...ys), Math.max(...xs) - Math.min(...xs) + 1, Math.max(...ys) - Math.min(...ys) + 1])
  }
})

test('a second time round the file is equal byte for byte', async () => {
  await roundTripFixture(home)
  await throughProject('first', join(home, 'truth.json'))
  await throughProject('second', join(home, 'first.json'))
  expect(await readFile(join(home, 'second.json'), 'utf8')).toBe(await readFile(join(home, 'first.json'), 'utf8'))
})

test('our own key carries state, score and provenance to another project, and importing again adds nothing', async () => {
  await roundTripFixture(home)
  const written = await throughProject('own', join(home, 'truth.json'), false)
  expect(written.annotations[0]['maskwright']).toEqual({ state: 'accepted', source: 'import', by: 'truth.json' })
  const [file] = files
  const before = file.images.counts().annotations
  const { report } = await applyImport(file, join(home, 'own.json'))
  expect(report.annotations).toBe(0)
  expect(report.findings).toContainEqual(expect.objectContaining({ rule: 'already-there', count: 10, severity: 'note' }))
  expect(file.images.counts().annotations).toBe(before)
})

test('the dry run counts the same, writes nothing and says what will be mended', async () => {
  await roundTripFixture(home)
  const file = await projectOfFolder(home, join(home, 'images'))
  files.push(file)
  const checked = await checkImport(file, join(home, 'truth.json'))
  expect(file.images.counts().annotations).toBe(0)
  expect(file.classes.list()).toEqual([])
  expect(checked).toMatchObject({ images: 5, annotations: 10, classes: 4, verdict: 'mended' })
  expect(checked.findings.map(({ rule, severity, count }) => [rule, severity, count])).toEqual(expect.arrayContaining([['iscrowd-missing', 'mended', 1], ['iscrowd-boolean', 'mended', 1], ['box-only', 'note', 1]]))
  expect((await applyImport(file, join(home, 'truth.json'))).report).toEqual(checked)
})

test('a file that breaks off is refused with its place and leaves the project as it was', async () => {
  await roundTripFixture(home)
  const text = await readFile(join(home, 'truth.json'), 'utf8')
  await writeFile(join(home, 'short.json'), text.slice(0, text.indexOf('"keypoints": [\n    1')))
  const file = await projectOfFolder(home, join(home, 'images'))
  files.push(file)
  await expect(applyImport(file, join(home, 'short.json'))).rejects.toThrow(/"short\.json".*line \d+, column \d+.*nothing was imported/)
  expect(file.images.counts().annotations).toBe(0)
  expect(file.classes.list()).toEqual([])
  expect((await readdir(home)).filter((name) => name.endsWith('.part'))).toEqual([])
})
