import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { EngineEvent } from '../../../main/contract/events.ts'
import { PrelabelRequest, type PrelabelStatus } from '../../../main/contract/jobs.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../main/contract/settings.ts'
import type { Prelabel } from '../../../main/engine/context.ts'
import { forkNode } from '../../../main/engine/fork-node.ts'
import { capsuleSpans } from '../../../main/masks/capsule.ts'
import { areaOf, encodeSpans } from '../../../main/masks/rle.ts'
import type { ProcessChannel } from '../../../main/pipeline/owner.ts'
import { createPrelabel } from '../../../main/prelabel/prelabel.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { ProjectFile, StoredJob } from '../../../main/project/project-file.ts'
import { adding, annotation, codeOf, edit, labelClass, scanned, updating } from '../project/sample-project.ts'
import { paintFolder, type PaintedDisc } from './painted-photos.ts'

const ENTRY = fileURLToPath(new URL('../../../main/pipeline/entry.ts', import.meta.url))
const COUNT = 4
/** fewer clusters, edges as on the grid: what is tested here is the job */
const QUICK = { clusterCount: 8, edgeSnap: 'none' }
const folder = mkdtempSync(join(tmpdir(), 'maskwright-prelabel-'))
const pictures = join(folder, 'pictures')
let painted: Awaited<ReturnType<typeof paintFolder>> = []
let projects = 0
const open: { prelabel: Prelabel; file: ProjectFile }[] = []

// real pictures by a real pipeline process: on a loaded machine an image takes seconds
vi.setConfig({ testTimeout: 120_000 })
beforeAll(async () => { painted = await paintFolder(pictures, COUNT) })
afterEach(async () => {
  for (const { prelabel, file } of open.splice(0)) {
    await prelabel.close()
    file.close()
  }
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** The job of a project, with what it said and every process it forked. */
function work(file: ProjectFile) {
  const events: EngineEvent[] = []
  const channels: ProcessChannel[] = []
  const waiting: { when: (status: PrelabelStatus) => boolean; resolve: (status: PrelabelStatus) => void }[] = []
  const prelabel = createPrelabel({
    file,
    options: {
      pipelineEntry: ENTRY,
      fork: (entry, args) => {
        const channel = forkNode(entry, args)
        channels.push(channel)
        return channel
      },
    },
    log: { write: () => undefined, recent: () => [], exportTo: () => Promise.resolve() },
    emit(event) {
      events.push(event)
      if (event.name !== 'prelabel.status') return
      for (const one of waiting) if (one.when(event.data)) one.resolve(event.data)
    },
  })
  const until = (when: (status: PrelabelStatus) => boolean) => new Promise<PrelabelStatus>((resolve) => { waiting.push({ when, resolve }) })
  open.push({ prelabel, file })
  return { prelabel, events, channels, until, ended: () => until(({ state }) => state === 'finished' || state === 'cancelled') }
}

function newProject(paths: readonly string[] = painted.map(({ path }) => path)) {
  const path = join(folder, `${++projects}.maskwright`)
  const file = openProjectFile(path, { create: { name: 'Discs' } })
  const folderId = file.folders.add(pictures)
  const imageIds = file.images.applyScan(folderId, { added: paths.map((name) => scanned(name, { width: 320, height: 240 })), changed: [], missing: [], returned: [] })
  return { file, path, imageIds }
}
const request = (more: Partial<PrelabelRequest> = {}) => PrelabelRequest.parse({ scope: 'untouched', settings: QUICK, ...more })
const proposalsOf = (file: ProjectFile, imageId: number) => file.annotations.ofImage(imageId).filter(({ state }) => state === 'pending')

function discMask({ x, y, radius }: PaintedDisc) {
  const spans: number[] = []
  capsuleSpans(x, y, x, y, radius, 320, 240, (row, from, to) => { spans.push(row, from, to) })
  return encodeSpans(Int32Array.from(spans))
}
/** A person's red and yellow discs on one image. */
function label(file: ProjectFile, imageId: number, index: number) {
  const classes = file.classes.list()
  const [red, yellow] = classes.length > 0 ? classes : [labelClass(file, 'red'), labelClass(file, 'yellow', { order: 1 })]
  if (classes.length === 0) edit(file, null, adding(red, yellow))
  const drawn = painted[index].discs.map((disc, at) => {
    const mask = discMask(disc)
    return annotation(file, imageId, { classId: [red, yellow][at].id, mask, areaPx2: areaOf(mask), score: null })
  })
  edit(file, imageId, adding(...drawn))
  return { red, yellow, drawn }
}

test('a job gives every untouched image proposals without a class while nothing has been accepted, and counts them', async () => {
  const { file, imageIds } = newProject()
  const { prelabel, events, ended } = work(file)
  const end = ended()
  expect(prelabel.start(request())).toMatchObject({ state: 'running', total: COUNT, done: 0 })
  const status = await end
  const all = imageIds.flatMap((imageId) => proposalsOf(file, imageId))
  expect(status).toMatchObject({ state: 'finished', done: COUNT, failed: 0, total: COUNT, proposals: all.length, unnamed: all.length, currentImageId: null })
  expect(status.rate).toBeGreaterThan(0)
  expect(all.every(({ classId, provenance }) => classId === null && provenance.method === 'regions' && provenance.pack === 'classic')).toBe(true)
  for (const imageId of imageIds) expect(proposalsOf(file, imageId).length).toBeGreaterThan(2)
  expect(events.filter(({ name }) => name === 'records.changed')).toHaveLength(COUNT)
})

test('accepted regions name the like of them in other images, and what a person made is left alone', async () => {
  const { file, imageIds } = newProject()
  const { red, yellow, drawn } = label(file, imageIds[0], 0)
  const { prelabel, ended } = work(file)
  const end = ended()
  prelabel.start(request())
  const status = await end
  expect(status.total).toBe(COUNT - 1)
  expect(file.annotations.ofImage(imageIds[0])).toEqual(drawn)
  expect(status.unnamed).toBeLessThan(status.proposals)
  for (let index = 1; index < COUNT; index++) {
    const classAt = (disc: PaintedDisc) => proposalsOf(file, imageIds[index]).find(({ mask }) =>
      Math.abs(mask.x + mask.width / 2 - disc.x) < 10 && Math.abs(mask.y + mask.height / 2 - disc.y) < 10 && Math.abs(mask.width - 2 * disc.radius) < 16)?.classId
    expect(painted[index].discs.map(classAt)).toEqual([red.id, yellow.id])
  }
})

test('what a person draws on one image names the proposals of the others, without another job', async () => {
  const { file, imageIds } = newProject()
  const { prelabel, events, ended } = work(file)
  const end = ended()
  prelabel.start(request())
  await end
  const { red, yellow } = label(file, imageIds[0], 0)
  prelabel.taught(imageIds[0])
  await expect.poll(() => new Set(events.flatMap((event) => (event.name === 'proposals.renamed' ? [event.data.imageId] : []))).size, { timeout: 20_000 }).toBe(COUNT)
  for (const imageId of imageIds.slice(1)) expect(proposalsOf(file, imageId).map(({ classId }) => classId)).toEqual(expect.arrayContaining([red.id, yellow.id]))
}, 60_000)

test('proposals of one image spare what is kept and what was rejected', async () => {
  const { file, imageIds: [imageId] } = newProject()
  const { prelabel } = work(file)
  const first = await prelabel.image(imageId, request())
  const [largest, second] = proposalsOf(file, imageId)
  edit(file, imageId, updating([largest, { state: 'accepted', classId: null }], [second, { state: 'rejected' }]))
  const again = await prelabel.image(imageId, request())
  expect(again.proposals).toBe(first.proposals - 2)
  expect(file.annotations.ofImage(imageId).filter(({ state }) => state !== 'pending').map(({ id }) => id)).toEqual([largest.id, second.id])
})

test('pausing lets the image at work end, and resuming does the rest', async () => {
  const { file } = newProject()
  const { prelabel, until, ended } = work(file)
  const one = until(({ done }) => done === 1)
  prelabel.start(request())
  await one
  expect(prelabel.pause().state).toBe('paused')
  expect(codeOf(() => prelabel.start(request()))).toBe('busy')
  const end = ended()
  prelabel.resume()
  expect(await end).toMatchObject({ state: 'finished', done: COUNT, failed: 0 })
})

test('asked the same again, a stopped job goes on with its rest and with pictures that came since; asked something else, it gives way', async () => {
  const { file } = newProject(painted.slice(0, COUNT - 1).map(({ path }) => path))
  const { prelabel, until, ended } = work(file)
  const one = until(({ done }) => done === 1)
  const { jobId } = prelabel.start(request())
  await one
  prelabel.pause()
  file.images.applyScan(1, { added: [scanned(painted[COUNT - 1].path, { width: 320, height: 240 })], changed: [], missing: [], returned: [] })
  const end = ended()
  expect(prelabel.goOn(request())).toMatchObject({ state: 'running', jobId, total: COUNT })
  expect(await end).toMatchObject({ state: 'finished', done: COUNT, failed: 0 })
  const next = prelabel.goOn(request())
  expect(next).toMatchObject({ state: 'running', done: 0, total: COUNT })
  expect(next.jobId).not.toBe(jobId)
  // what cannot be done ends nothing
  expect(codeOf(() => prelabel.goOn(request({ method: 'gem' })))).toBe('unavailable')
  expect(codeOf(() => prelabel.goOn(request({ scope: [999_999] })))).toBe('not-found')
  expect(prelabel.status()).toMatchObject({ state: 'running', jobId: next.jobId })
  const other = prelabel.goOn(request({ settings: { ...QUICK, clusterCount: 5 } }))
  expect(other.jobId).not.toBe(next.jobId)
  expect(file.jobs.unfinished()?.id).toBe(other.jobId)
})

test('a job that was running when the project was closed goes on when it is opened again', async () => {
  const { file, path } = newProject()
  const { prelabel, until } = work(file)
  const one = until(({ done }) => done === 1)
  prelabel.start(request())
  await one
  await prelabel.close()
  file.close()
  open.pop()
  const reopened = openProjectFile(path)
  const again = work(reopened)
  expect(again.prelabel.status()).toMatchObject({ state: 'running', total: COUNT })
  expect(await again.ended()).toMatchObject({ state: 'finished', done: COUNT, failed: 0 })
})

test('a paused job stays paused when the project is opened again', async () => {
  const { file, path } = newProject()
  const { prelabel } = work(file)
  prelabel.start(request())
  prelabel.pause()
  await prelabel.close()
  file.close()
  open.pop()
  const again = work(openProjectFile(path))
  expect(again.prelabel.status()).toMatchObject({ state: 'paused', total: COUNT })
  const end = again.ended()
  again.prelabel.cancel()
  expect((await end).state).toBe('cancelled')
  expect(codeOf(() => again.prelabel.resume())).toBe('not-found')
})

test('cancelling ends the job at once and keeps what is done', async () => {
  const { file, imageIds } = newProject()
  const { prelabel, until } = work(file)
  const one = until(({ done }) => done === 1)
  prelabel.start(request())
  await one
  expect(prelabel.cancel().state).toBe('cancelled')
  await prelabel.close()
  expect(imageIds.filter((imageId) => proposalsOf(file, imageId).length > 0)).toHaveLength(1)
})

test('kill -9 of the pipeline in the middle of an image is said, and the job does every image all the same', async () => {
  const { file, imageIds } = newProject()
  const { prelabel, events, channels, until, ended } = work(file)
  const one = until(({ done }) => done === 1)
  const end = ended()
  prelabel.start(request())
  await one
  setTimeout(() => process.kill(channels[0].pid ?? 0, 'SIGKILL'), 60)
  expect(await end).toMatchObject({ done: COUNT, failed: 0 })
  expect(channels).toHaveLength(2)
  expect(events.some((event) => event.name === 'pipeline.state' && event.data.state === 'died')).toBe(true)
  expect(events.some((event) => event.name === 'notice' && /SIGKILL/.test(event.data.message))).toBe(true)
  for (const imageId of imageIds) expect(proposalsOf(file, imageId).length).toBeGreaterThan(2)
})

test('an image that cannot be read, is gone, or has another size is marked with its reason and the rest goes on', async () => {
  writeFileSync(join(pictures, 'cut.jpg'), readFileSync(join(pictures, painted[0].path)).subarray(0, 700))
  const { file, imageIds } = newProject(['cut.jpg', 'gone.jpg', painted[0].path, painted[1].path])
  const row = file.images.ofFolder(1).find(({ path }) => path === painted[1].path)
  if (row !== undefined) file.images.applyScan(1, { added: [], changed: [{ id: row.id, image: { ...row, width: 100, height: 100 } }], missing: [], returned: [] })
  const { prelabel, ended } = work(file)
  const end = ended()
  prelabel.start(request())
  const status = await end
  expect(status).toMatchObject({ state: 'finished', done: 1, failed: 3 })
  expect(proposalsOf(file, imageIds[2]).length).toBeGreaterThan(2)
  const reasons = new Map(status.problems.map(({ path, reason }) => [path, reason]))
  expect(reasons.get('cut.jpg')).toContain('cut.jpg')
  expect(reasons.get('gone.jpg')).toContain('relink')
  expect(reasons.get(painted[1].path)).toContain('is now 320×240 px, not 100×100')
})

test('the image on screen goes first', async () => {
  const { file, imageIds } = newProject()
  const { prelabel, events, ended } = work(file)
  const end = ended()
  prelabel.onScreen(imageIds[3])
  prelabel.start(request())
  await end
  expect(events.flatMap((event) => (event.name === 'records.changed' ? [event.data.imageId] : []))[0]).toBe(imageIds[3])
})

test('one image can be asked for ahead of the job, which then does not do it again', async () => {
  const { file, imageIds } = newProject()
  const { prelabel, events, until, ended } = work(file)
  const working = until(({ done }) => done === 1)
  const end = ended()
  prelabel.start(request())
  await working
  const outcome = await prelabel.image(imageIds[3], request())
  expect(outcome.proposals).toBe(proposalsOf(file, imageIds[3]).length)
  expect(await end).toMatchObject({ done: COUNT })
  const order = events.flatMap((event) => (event.name === 'records.changed' ? [event.data.imageId] : []))
  expect(order.indexOf(imageIds[3])).toBeLessThan(COUNT - 1)
  expect(order).toHaveLength(COUNT)
})

test('settings and methods that the pack has not, unknown images and a second job are refused by name', () => {
  const { file } = newProject()
  const { prelabel } = work(file)
  const start = (more: Partial<PrelabelRequest>) => codeOf(() => prelabel.start(request(more)))
  expect(start({ method: 'gem' })).toBe('unavailable')
  expect(start({ settings: { edgeSnap: 'pamr' } })).toBe('unavailable')
  expect(start({ settings: { clusterCount: 1 } })).toBe('bad-input')
  expect(start({ settings: { nonsense: 1 } })).toBe('bad-input')
  expect(start({ scope: [4711] })).toBe('not-found')
  expect(prelabel.status().state).toBe('idle')
  for (const refused of ['pause', 'resume', 'cancel'] as const) expect(codeOf(() => prelabel[refused]())).toBe('not-found')
  expect(file.jobs.unfinished()).toBeUndefined()
})

test('a job of a newer version with settings we do not know is given up, not crashed on', () => {
  const { file } = newProject()
  const stored: StoredJob = file.jobs.create(request(), { method: 'regions', settings: { ...DEFAULT_SETTINGS, fromTheFuture: 1 } as Settings }, [])
  const { prelabel } = work(file)
  expect(prelabel.status()).toMatchObject({ state: 'cancelled', jobId: stored.id })
})
