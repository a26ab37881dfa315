import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { EngineEvent } from '../../../main/contract/events.ts'
import { PrelabelRequest, type PrelabelStatus } from '../../../main/contract/jobs.ts'
import type { Prelabel } from '../../../main/engine/context.ts'
import { REGION_TRAITS } from '../../../main/attention/region-traits.ts'
import { forkNode } from '../../../main/engine/fork-node.ts'
import { createPrelabel } from '../../../main/prelabel/prelabel.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { ProjectFile } from '../../../main/project/project-file.ts'
import { writeTinyPack } from '../../reference/tiny-pack.ts'
import { adding, edit, labelClass, scanned, updating } from '../project/sample-project.ts'
import { paintFolder } from './painted-photos.ts'

const ENTRY = join(import.meta.dirname, '../../../main/pipeline/entry.ts')
const folder = mkdtempSync(join(tmpdir(), 'maskwright-pack-job-'))
const before = process.env['MASKWRIGHT_PACKS']
let painted: Awaited<ReturnType<typeof paintFolder>> = []
let projects = 0
const open: { prelabel: Prelabel; file: ProjectFile }[] = []

beforeAll(async () => {
  painted = await paintFolder(join(folder, 'pictures'), 2)
  writeTinyPack(join(folder, 'packs'))
  process.env['MASKWRIGHT_PACKS'] = join(folder, 'packs')
})
afterEach(async () => {
  for (const { prelabel, file } of open.splice(0)) {
    await prelabel.close()
    file.close()
  }
})
afterAll(() => {
  if (before === undefined) delete process.env['MASKWRIGHT_PACKS']
  else process.env['MASKWRIGHT_PACKS'] = before
  rmSync(folder, { recursive: true, force: true })
})

/** A project of two images and two classes, and its job. */
function project() {
  const file = openProjectFile(join(folder, `${++projects}.maskwright`), { create: { name: 'Discs' } })
  const folderId = file.folders.add(join(folder, 'pictures'))
  const imageIds = file.images.applyScan(folderId, { added: painted.map(({ path }) => scanned(path, { width: 320, height: 240 })), changed: [], missing: [], returned: [] })
  const [ox, ya] = [labelClass(file, 'ox'), labelClass(file, 'ya', { order: 1, extent: 'stuff' })]
  edit(file, null, adding(ox, ya))
  const pending = (imageId: number) => file.annotations.ofImage(imageId).filter(({ state }) => state === 'pending')
  return { file, imageIds, ox, ya, pending, ...prelabelOf(file, imageIds) }
}

/** The job of a project. */
function prelabelOf(file: ProjectFile, imageIds: readonly number[] = []) {
  const events: EngineEvent[] = []
  const waiting: ((status: PrelabelStatus) => void)[] = []
  const prelabel = createPrelabel({
    file, options: { pipelineEntry: ENTRY, fork: forkNode, shell: 'cli', dataFolder: join(folder, 'data') },
    log: { write: () => undefined, recent: () => [], exportTo: () => Promise.resolve() },
    emit(event) {
      events.push(event)
      if (event.name === 'prelabel.status' && event.data.state === 'finished') for (const resolve of waiting.splice(0)) resolve(event.data)
    },
  })
  open.push({ prelabel, file })
  const finished = () => new Promise<PrelabelStatus>((resolve) => { waiting.push(resolve) })
  const run = (more: Partial<PrelabelRequest>): Promise<PrelabelStatus> => {
    const ended = finished()
    prelabel.start(PrelabelRequest.parse({ scope: [...imageIds], pack: 'tiny', device: 'cpu', ...more }))
    return ended
  }
  return { events, prelabel, finished, run }
}

test('a job with class names gives every proposal its class, score and the prompt it came from', async () => {
  const { imageIds, ox, ya, run, pending, events } = project()
  const status = await run({})
  expect(status).toMatchObject({ state: 'finished', done: 2, failed: 0, unnamed: 0 })
  const all = imageIds.flatMap(pending)
  expect(all.length).toBe(status.proposals)
  expect(all.length).toBeGreaterThan(0)
  for (const { classId, score, provenance } of all) {
    expect([ox.id, ya.id]).toContain(classId)
    expect(score).not.toBeNull()
    expect(provenance).toMatchObject({ pack: 'tiny', method: 'agg-gem', profile: 'corrected', device: 'cpu', prompt: classId === ox.id ? 'a photo of a ox.' : 'a photo of a ya.' })
  }
  expect(events.flatMap((event) => (event.name === 'pipeline.state' ? [event.data.device] : []))).toContain('cpu')
}, 120_000)

test('a pack’s own settings stand where none are given', async () => {
  writeTinyPack(join(folder, 'packs'), { name: 'tuned', defaultSettings: { temperature: 0.2, edgeSnap: 'none' } })
  const { imageIds, run, pending } = project()
  const temperatures = async (settings: PrelabelRequest['settings'], profile: PrelabelRequest['profile'] = 'corrected') => {
    await run({ pack: 'tuned', method: 'gem', settings, profile })
    return [...new Set(imageIds.flatMap(pending).map(({ provenance }) => JSON.stringify([provenance.settings?.['temperature'], provenance.settings?.['edgeSnap'], provenance.settings?.['windows']])))]
  }
  expect(await temperatures({})).toEqual(['[0.2,"none",false]'])
  // also one that is the table's default
  expect(await temperatures({ temperature: 0.01 })).toEqual(['[0.01,"none",false]'])
  // the published programs know nothing of a pack's own
  expect(await temperatures({}, 'reference')).toEqual(['[0.01,"guided",false]'])
}, 120_000)

test('a job that goes on after its pack was given other defaults makes its images as it began', async () => {
  writeTinyPack(join(folder, 'packs'), { name: 'updated', defaultMethod: 'gem', defaultSettings: { temperature: 0.2 } })
  const { file, imageIds, prelabel, pending } = project()
  const request = PrelabelRequest.parse({ scope: imageIds, pack: 'updated', device: 'cpu', settings: { minAreaPx2: 1 } })
  prelabel.start(request)
  prelabel.pause()
  await prelabel.close()
  writeTinyPack(join(folder, 'packs'), { name: 'updated', defaultMethod: 'spec-clust', defaultSettings: { temperature: 0.5, minAreaPx2: 3 } })
  const again = prelabelOf(file)
  const ended = again.finished()
  again.prelabel.resume()
  await ended
  const made = () => [...new Set(imageIds.flatMap(pending).map(({ provenance: { method, settings } }) => JSON.stringify([method, settings?.['temperature'], settings?.['minAreaPx2']])))]
  expect(made()).toEqual(['["gem",0.2,1]'])
  // what was asked, with what was left open
  expect(file.jobs.lastRequest()).toEqual(request)
  await again.run({ pack: 'updated', scope: imageIds })
  expect(made()).toEqual(['["spec-clust",0.5,3]'])
}, 120_000)

test('a job in 8 bits says so in what it proposes, and keeps the weights beside the cache', async () => {
  const { imageIds, run, pending } = project()
  await run({ method: 'gem', precision: 'int8' })
  const all = imageIds.flatMap(pending)
  expect(all.length).toBeGreaterThan(0)
  for (const { provenance } of all) expect(provenance).toMatchObject({ device: 'cpu', precision: 'int8' })
  expect(readdirSync(join(folder, 'data', 'cache', 'int8'))).toHaveLength(1)
}, 120_000)

test('only the classes asked for are looked for', async () => {
  const { imageIds, ya, run, pending } = project()
  await run({ classIds: [ya.id], method: 'gem' })
  // one class, stuff: the whole image
  for (const imageId of imageIds) expect(pending(imageId).map(({ classId, areaPx2 }) => [classId, areaPx2])).toEqual([[ya.id, 320 * 240]])
}, 120_000)

test('a method that takes all classes proposes only the ticked ones where classes are ticked', async () => {
  const { file, imageIds: [first, second], ya, run, pending } = project()
  const row = file.images.row(first)
  if (row === undefined) throw new Error('no image')
  edit(file, first, updating([{ kind: 'image', id: first, version: row.version, state: row.state, ticked: null, assignee: null, reviewer: null, review: null }, { ticked: [ya.id] }]))
  await run({ method: 'gem' })
  expect(pending(first).map(({ classId, areaPx2 }) => [classId, areaPx2])).toEqual([[ya.id, 320 * 240]])
  expect(pending(second).length).toBeGreaterThan(0)
}, 120_000)

test('a method on ticked classes says how many images lack them, and leaves those out with the reason', async () => {
  const { file, imageIds: [first, second], ox, run, pending, events } = project()
  const row = file.images.row(first)
  if (row === undefined) throw new Error('no image')
  const mark = { kind: 'image', id: first, version: row.version, state: row.state, ticked: null, assignee: null, reviewer: null, review: null } as const
  edit(file, first, updating([mark, { ticked: [ox.id] }]))
  const status = await run({ method: 'agg-sd' })
  expect(events.flatMap((event) => (event.name === 'notice' ? [event.data.message] : []))).toEqual(['1 of 2 images have no ticked classes, which the method agg-sd works on: they get no proposals'])
  expect(status).toMatchObject({ done: 1, failed: 1 })
  expect(status.problems.map(({ imageId }) => imageId)).toEqual([second])
  expect(status.problems[0].reason).toContain('no class is ticked for it')
  expect(pending(first).every(({ classId }) => classId === ox.id)).toBe(true)
}, 120_000)

test('regions of a pack are named by what was accepted, by what the pack sees in it', async () => {
  const { file, imageIds: [first, second], ox, run, pending, prelabel } = project()
  await run({ method: 'regions', settings: { minAreaPx2: 1 } })
  const [region] = pending(first)
  expect(region.classId).toBeNull()
  edit(file, first, updating([region, { state: 'accepted', classId: ox.id }]))
  prelabel.taught(first)
  await run({ method: 'regions', scope: [second], settings: { minAreaPx2: 1, nameThreshold: 0 } })
  expect(file.memory.all('tiny').map(({ classId, vector }) => [classId, vector.length])).toEqual([[ox.id, 20 + REGION_TRAITS]])
  for (const { classId } of pending(second)) expect([ox.id, null]).toContain(classId)
}, 120_000)

test('names of a pack are fused with what is remembered of its regions; without a lesson they stay as they are', async () => {
  const { file, imageIds: [first, second], ox, ya, run, pending, prelabel } = project()
  const job: Partial<PrelabelRequest> = { method: 'gem', scope: [second], settings: { minAreaPx2: 1 } }
  await run({ ...job, scope: [first, second] })
  const before = pending(second).map(({ classId, score }) => ({ classId, score }))
  await run(job)
  expect(pending(second).map(({ classId, score }) => ({ classId, score }))).toEqual(before)
  expect(file.memory.all('tiny')).toEqual([])

  // the whole first picture is of the class that the second's largest region is not
  const [largest] = pending(second)
  const taught = largest.classId === ox.id ? ya : ox
  edit(file, first, updating(...pending(first).map((one): [typeof one, Partial<typeof one>] => [one, { state: 'accepted', classId: taught.id }])))
  prelabel.taught(first)
  await run(job)
  expect(file.memory.all('tiny').every(({ classId, positive, vector }) => classId === taught.id && positive && vector.length === 20 + REGION_TRAITS)).toBe(true)
  const [after] = pending(second)
  expect(after.classId).toBe(taught.id)
  // so few masks make no head: the regions are those of the text
  expect(after.provenance.learnt).toBeUndefined()
  expect(after.areaPx2).toBe(largest.areaPx2)
}, 120_000)
test('a pack that is trained anew under its name, the project open or not, compares nothing with what it saw before and looks at it again', async () => {
  const weights = join(writeTinyPack(join(folder, 'packs'), { name: 'trained' }), 'clip', 'model.safetensors')
  const { file, imageIds: [first, second], ox, run, pending, prelabel } = project()
  await run({ pack: 'trained', method: 'gem', scope: [first, second] })
  edit(file, first, updating(...pending(first).map((one): [typeof one, Partial<typeof one>] => [one, { state: 'accepted', classId: ox.id }])))
  prelabel.taught(first)
  await run({ pack: 'trained', method: 'gem', scope: [second] })
  const before = file.memory.all('trained')
  expect(before.length).toBeGreaterThan(0)

  const trained = readFileSync(weights)
  for (let at = 8 + Number(trained.readBigUInt64LE(0)); at + 4 <= trained.length; at += 4) trained.writeFloatLE(0.9 * trained.readFloatLE(at) + 0.01, at)
  writeFileSync(weights, trained)
  // files are looked at once a second at most: the first lesson after that finds it out
  await expect.poll(() => {
    prelabel.ticked(second)
    return new Set(file.memory.all('trained').map(({ checkpoints }) => checkpoints))
  }, { timeout: 60_000, interval: 500 }).not.toContain(before[0].checkpoints)
  const after = file.memory.all('trained')
  expect(after.map(({ annotationId, classId }) => [annotationId, classId])).toEqual(before.map(({ annotationId, classId }) => [annotationId, classId]))
  expect(new Set(after.map(({ checkpoints }) => checkpoints)).size).toBe(1)
  // seen by the networks as they are now
  after.forEach(({ vector }, at) => expect(vector).not.toEqual(before[at].vector))
  await prelabel.close()

  writeTinyPack(join(folder, 'packs'), { name: 'trained' })
  const again = prelabelOf(file)
  await again.run({ pack: 'trained', method: 'gem', scope: [second] })
  const back = file.memory.all('trained')
  expect(back.every(({ checkpoints }) => checkpoints !== after[0].checkpoints)).toBe(true)
  back.forEach(({ vector }, at) => expect(vector).toEqual(before[at].vector))
}, 120_000)

test('a lesson names what a pack proposed on other images anew, the one on screen first, without another proposing', async () => {
  const { file, imageIds: [first, second], ox, ya, run, prelabel, pending, events } = project()
  await run({ method: 'spec-clust' })
  const [largest] = pending(second)
  const other = largest.classId === ox.id ? ya : ox
  edit(file, first, updating(...pending(first).map((one): [typeof one, Partial<typeof one>] => [one, { state: 'accepted', classId: other.id }])))
  prelabel.onScreen(second)
  prelabel.taught(first)
  await expect.poll(() => pending(second)[0].classId, { timeout: 60_000 }).toBe(other.id)
  const renamed = events.flatMap((event) => (event.name === 'proposals.renamed' ? [event.data] : []))
  expect(renamed[0]).toMatchObject({ imageId: second })
  expect(renamed[0].names).toContainEqual(expect.objectContaining({ id: largest.id, classId: other.id }))
  // the same region, and still a proposal
  expect(pending(second)[0]).toMatchObject({ id: largest.id, areaPx2: largest.areaPx2, state: 'pending', version: 0 })
  expect([largest.provenance.prompt, pending(second)[0].provenance.prompt]).toEqual([expect.any(String), undefined])
  expect((await prelabel.sureness(second)).map(({ id }) => id)).toEqual(pending(second).map(({ id }) => id))
}, 120_000)
