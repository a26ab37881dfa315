import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EngineError } from '../../../main/contract/errors.ts'
import type { PipelineState } from '../../../main/contract/jobs.ts'
import { DEFAULT_SETTINGS } from '../../../main/contract/settings.ts'
import type { ClickQuestion } from '../../../main/contract/smart-click.ts'
import { forkNode } from '../../../main/engine/fork-node.ts'
import { capsuleSpans } from '../../../main/masks/capsule.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { encodeSpans, forEachSpan } from '../../../main/masks/rle.ts'
import { iou } from '../../../main/masks/set-operations.ts'
import { createPipeline, type Pipeline, type ProcessChannel } from '../../../main/pipeline/owner.ts'
import { paintPhoto } from '../prelabel/painted-photos.ts'

const ENTRY = fileURLToPath(new URL('../../../main/pipeline/entry.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'maskwright-pipeline-'))
const photo = join(folder, 'a photo "ü".jpg')
const open: Pipeline[] = []

beforeAll(() => paintPhoto(photo, 320, 240, [{ x: 80, y: 90, radius: 40, colour: '#c02020' }, { x: 220, y: 110, radius: 45, colour: '#e8c020' }]))
afterAll(async () => {
  await Promise.all(open.map((pipeline) => pipeline.close()))
  rmSync(folder, { recursive: true, force: true })
})

function started(more: { timeoutMs?: number; idleMs?: number; entry?: string } = {}) {
  const states: PipelineState[] = []
  const channels: ProcessChannel[] = []
  const pipeline = createPipeline({
    entry: ENTRY, ...more,
    fork: (entry, args) => {
      const channel = forkNode(entry, args)
      channels.push(channel)
      return channel
    },
    onState: (state) => states.push(state),
    log: () => undefined,
  })
  open.push(pipeline)
  return { pipeline, states, channels, names: () => states.map(({ state }) => state) }
}
const request = (path = photo, settings = {}) => ({ path, pack: 'classic', method: 'regions', profile: 'corrected', settings: { ...DEFAULT_SETTINGS, ...settings } } as const)
const asked = (clicks: ClickQuestion['clicks'], more: Partial<ClickQuestion> = {}): ClickQuestion => ({ clicks, box: null, threshold: 1, part: null, ...more })
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'no error', (error: EngineError) => error.code)

function disc(x: number, y: number, radius: number): Mask {
  const spans: number[] = []
  capsuleSpans(x, y, x, y, radius, 320, 240, (row, from, to) => { spans.push(row, from, to) })
  return encodeSpans(Int32Array.from(spans))
}

test('a photo becomes regions that follow its objects, cover it once, and say what they look like', async () => {
  const { pipeline, names, states } = started()
  const answer = await pipeline.request('propose', request())
  expect([answer.width, answer.height, answer.device]).toEqual([320, 240, 'cpu'])
  for (const truth of [disc(80, 90, 40), disc(220, 110, 45)]) expect(Math.max(...answer.proposals.map(({ mask }) => iou(mask, truth)))).toBeGreaterThan(0.9)
  expect(answer.proposals.length).toBeLessThanOrEqual(30)
  const painted = new Uint8Array(320 * 240)
  for (const { mask, areaPx2, vector } of answer.proposals) {
    let area = 0
    forEachSpan(mask, (y, x0, x1) => { for (let x = x0; x < x1; x++, area++) painted[y * 320 + x]++ })
    expect(area).toBe(areaPx2)
    expect(areaPx2).toBeGreaterThanOrEqual(DEFAULT_SETTINGS.minAreaPx2)
    expect(vector.length).toBeGreaterThan(0)
  }
  expect(Math.max(...painted)).toBe(1)
  expect(painted.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0.97 * painted.length)
  expect(names()).toEqual(['starting', 'ready', 'working', 'ready'])
  expect(states.at(-1)?.memoryBytes).toBeGreaterThan(0)
})

test('the vector taught for a region is the one it was proposed with, and an empty mask teaches nothing', async () => {
  const { pipeline } = started()
  const { proposals } = await pipeline.request('propose', request())
  const { vectors } = await pipeline.request('teach', { path: photo, pack: 'classic', masks: [proposals[0].mask, { x: 0, y: 0, width: 0, height: 0, runs: new Uint8Array(0) }] })
  expect(vectors[0]).toEqual(proposals[0].vector)
  expect(vectors[1]).toHaveLength(0)
})

test('what is kept of a photo for other settings gives what computing it anew gives', async () => {
  const { pipeline } = started()
  const steps = [{}, { minAreaPx2: 2000, edgeSnap: 'none' as const }, { clusterCount: 8, edgeSnap: 'none' as const }, { clusterCount: 24 }, { clusterCount: 12 }]
  for (const [place, settings] of steps.entries()) {
    // under a name of its own it is another photo, of which nothing is kept
    const other = join(folder, `anew-${place}.jpg`)
    copyFileSync(photo, other)
    const kept = await pipeline.request('propose', { ...request(photo, settings), keep: true })
    const anew = await pipeline.request('propose', request(other, settings))
    expect(kept.proposals).toEqual(anew.proposals)
  }
}, 120_000)

test('a file that is no picture fails by name, and the process goes on', async () => {
  const { pipeline, channels } = started()
  const broken = join(folder, 'broken.jpg')
  writeFileSync(broken, 'no picture')
  await expect(pipeline.request('propose', request(broken))).rejects.toThrow('broken.jpg')
  expect(await codeOf(pipeline.request('propose', request(photo, { edgeSnap: 'pamr' })))).toBe('unavailable')
  expect((await pipeline.request('propose', request())).proposals.length).toBeGreaterThan(1)
  expect(channels).toHaveLength(1)
})

test('kill -9 in the middle of an image fails that image alone; the next one is served by a new process', async () => {
  const { pipeline, channels, names } = started()
  await pipeline.request('teach', { path: photo, pack: 'classic', masks: [] })
  const first = pipeline.request('propose', request())
  const second = pipeline.request('propose', request())
  setTimeout(() => process.kill(channels[0].pid ?? 0, 'SIGKILL'), 50)
  expect(await codeOf(first)).toBe('pipeline-died')
  expect((await second).proposals.length).toBeGreaterThan(1)
  expect(names()).toContain('died')
  expect(channels).toHaveLength(2)
})

test('an urgent request goes before those that wait, and cancelling takes out what it names', async () => {
  const { pipeline } = started()
  const order: string[] = []
  const ask = (name: string, urgent: boolean) => pipeline.request('teach', { path: photo, pack: 'classic', masks: [] }, urgent).then(() => order.push(name), (error: EngineError) => order.push(`${name} ${error.code}`))
  const all = [ask('first', false), ask('second', false), ask('urgent', true)]
  const propose = codeOf(pipeline.request('propose', request()))
  pipeline.cancel((kind) => kind === 'propose')
  await Promise.all(all)
  expect(await propose).toBe('cancelled')
  expect(order).toEqual(['urgent', 'first', 'second'])
})

test('who asks urgently again after an answer is not overtaken by a job that waits, and the job goes on by itself', async () => {
  const { pipeline } = started()
  const order: string[] = []
  const teach = (name: string, urgent: boolean) => pipeline.request('teach', { path: photo, pack: 'classic', masks: [] }, urgent).then(() => order.push(name))
  const preview = (name: string) => pipeline.request('click', { path: photo, question: asked([{ x: 80, y: 90, include: true }]) }, true).then(() => order.push(name))
  const first = preview('preview')
  const job = [teach('image', false), teach('another image', false)]
  await first
  // a page hears the answer and asks with the settings of now
  await new Promise((resolve) => { setTimeout(resolve, 50) })
  await Promise.all([preview('newest preview'), ...job])
  expect(order).toEqual(['preview', 'newest preview', 'image', 'another image'])
  // a job's own lesson lets its image begin at once
  await new Promise((resolve) => { setTimeout(resolve, 500) })
  order.length = 0
  await teach('lesson', true)
  const image = teach('image', false)
  await new Promise((resolve) => { setTimeout(resolve, 100) })
  await Promise.all([teach('late', true), image])
  expect(order).toEqual(['lesson', 'image', 'late'])
})

test('cancelling the image at work ends its process and leaves the others', async () => {
  const { pipeline, channels, names } = started()
  await pipeline.request('teach', { path: photo, pack: 'classic', masks: [] })
  const worked = codeOf(pipeline.request('propose', request()))
  const next = pipeline.request('teach', { path: photo, pack: 'classic', masks: [] })
  pipeline.cancel((kind) => kind === 'propose')
  expect(await worked).toBe('cancelled')
  expect((await next).vectors).toEqual([])
  expect(channels).toHaveLength(2)
  expect(names()).not.toContain('died')
})

test('a process that hangs is ended after the time limit', async () => {
  const hung = join(folder, 'hung.mjs')
  writeFileSync(hung, "process.on('message', () => {}); process.on('disconnect', () => process.exit()); process.send({ kind: 'ready', device: 'cpu', memoryBytes: 1 })")
  const { pipeline } = started({ entry: hung, timeoutMs: 200 })
  expect(await codeOf(pipeline.request('propose', request()))).toBe('pipeline-died')
})

test('a process that cannot start is tried three times, then the request says so', async () => {
  const { pipeline, channels } = started({ entry: join(folder, 'not-there.mjs') })
  expect(await codeOf(pipeline.request('propose', request()))).toBe('unavailable')
  expect(channels).toHaveLength(3)
})

test('an idle process is released and comes back with the next request', async () => {
  const { pipeline, channels, names } = started({ idleMs: 100 })
  await pipeline.request('teach', { path: photo, pack: 'classic', masks: [] })
  await new Promise((resolve) => { setTimeout(resolve, 400) })
  expect(names().at(-1)).toBe('stopped')
  await pipeline.request('teach', { path: photo, pack: 'classic', masks: [] })
  expect(channels).toHaveLength(2)
})

test('closing cancels what is open and ends the process', async () => {
  const { pipeline, channels } = started()
  await pipeline.request('teach', { path: photo, pack: 'classic', masks: [] })
  const worked = codeOf(pipeline.request('propose', request()))
  await pipeline.close()
  expect(await worked).toBe('cancelled')
  expect(await codeOf(pipeline.request('propose', request()))).toBe('cancelled')
  expect(() => process.kill(channels[0].pid ?? 0, 0)).toThrow('ESRCH')
})

test('a click becomes the object under it, another one takes the rest away, and the photo is kept ready', async () => {
  const { pipeline } = started()
  const red = disc(80, 90, 40)
  const first = await pipeline.request('click', { path: photo, question: asked([{ x: 80, y: 90, include: true }]) })
  expect([first.width, first.height]).toEqual([320, 240])
  expect(iou(first.mask, red)).toBeGreaterThan(0.85)
  const both = await pipeline.request('click', { path: photo, question: asked([{ x: 80, y: 90, include: true }, { x: 220, y: 110, include: false }]) })
  expect(iou(both.mask, red)).toBeGreaterThan(0.85)
  expect(both.milliseconds).toBeLessThan(first.milliseconds)
  const boxed = await pipeline.request('click', { path: photo, question: asked([], { box: [30, 40, 130, 140] }) })
  expect(iou(boxed.mask, red)).toBeGreaterThan(0.85)
  const part = await pipeline.request('click', { path: photo, question: asked([{ x: 80, y: 90, include: true }], { part: 0 }) })
  expect([part.part, iou(part.mask, red) > 0.85]).toEqual([0, true])
  const whole = await pipeline.request('click', { path: photo, question: asked([{ x: 80, y: 90, include: true }], { part: 100 }) })
  expect([(whole.part ?? 0) > 0, whole.mask.width, whole.mask.height]).toEqual([true, 320, 240])
  const missing = pipeline.request('click', { path: join(folder, 'none.jpg'), question: asked([{ x: 1, y: 1, include: true }]) })
  expect(await codeOf(missing)).toBe('not-found')
}, 60_000)
