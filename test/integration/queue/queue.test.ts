import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from '@msgpack/msgpack'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { PrelabelStatus } from '../../../main/contract/jobs.ts'
import { capsuleSpans } from '../../../main/masks/capsule.ts'
import { areaOf, encodeSpans } from '../../../main/masks/rle.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { ProjectFile } from '../../../main/project/project-file.ts'
import { paintFolder } from '../../unit/prelabel/painted-photos.ts'
import { adding, annotation, edit, labelClass, scanned } from '../../unit/project/sample-project.ts'
import { maskwright, type Running, standInWorker } from './processes.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-queue-'))
const data = join(home, 'data')
const LONG = { timeout: 120_000, interval: 20 }
/** regions that the stand-in finds on every picture */
const REGIONS = 3
const QUICK = ['--set', 'clusterCount=8', '--set', 'edgeSnap=none']

let redis: RedisServer
const running: Running[] = []
const started = (one: Running): Running => {
  running.push(one)
  return one
}
beforeAll(async () => { redis = await startRedis() })
afterEach(async () => {
  for (const one of running.splice(0)) {
    one.process.kill('SIGKILL')
    await one.ended
  }
  // empty for the next test
  await redis.kill()
  await redis.startAgain()
})
afterAll(async () => {
  await redis.close()
  rmSync(home, { recursive: true, force: true })
})

const coordinator = (project: string, more: readonly string[] = []) => started(maskwright(data, ['prelabel', '--queue', redis.url, '--project', project, '--json', ...more]))
const look = <T>(project: string, work: (file: ProjectFile) => T): T => {
  const file = openProjectFile(project)
  try {
    return work(file)
  } finally {
    file.close()
  }
}
const doneIn = (one: Running): PrelabelStatus & { images: number; failures: number } => JSON.parse(one.out()) as never

/** A project of pictures that need not exist: the stand-in looks at their names only. */
function standInProject(name: string, pictures: readonly string[]): { path: string; imageIds: readonly number[]; nextId: number } {
  const path = join(home, `${name}.maskwright`)
  const folder = join(home, name)
  mkdirSync(folder)
  // the worker opens no picture, but checks that it is in its folder
  for (const picture of pictures) copyFileSync(import.meta.filename, join(folder, picture))
  const file = openProjectFile(path, { create: { name } })
  const imageIds = file.images.applyScan(file.folders.add(folder), { added: pictures.map((picture) => scanned(picture, { width: 320, height: 240 })), changed: [], missing: [], returned: [] })
  const nextId = file.ids.reserve(1) + 1
  file.close()
  return { path, imageIds, nextId }
}
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `picture-${String(index).padStart(3, '0')}.jpg`)

/** Every image has the stand-in's regions, and no record id was ever used for a proposal that was then written again. */
function expectEachOnce({ path, imageIds, nextId }: ReturnType<typeof standInProject>, except = 0): void {
  look(path, (file) => {
    const counts = imageIds.map((id) => file.annotations.ofImage(id).length)
    expect(counts.filter((count) => count === REGIONS)).toHaveLength(imageIds.length - except)
    expect(counts.filter((count) => count === 0)).toHaveLength(except)
    expect(file.ids.reserve(1)).toBe(nextId + (imageIds.length - except) * REGIONS)
    expect(file.jobs.unfinished()).toBeUndefined()
  })
}
test('two and four workers make the proposals that one process makes, to the byte, with pictures from a shared folder or over HTTP', async () => {
  const pictures = join(home, 'painted')
  const painted = await paintFolder(pictures, 6)
  const first = join(home, 'one.maskwright')
  const file = openProjectFile(first, { create: { name: 'Discs' } })
  const imageIds = file.images.applyScan(file.folders.add(pictures), { added: painted.map(({ path }) => scanned(path, { width: 320, height: 240 })), changed: [], missing: [], returned: [] })
  // two labelled pictures, so that the others' regions get names
  const [red, yellow] = [labelClass(file, 'red'), labelClass(file, 'yellow', { order: 1 })]
  edit(file, null, adding(red, yellow))
  for (const index of [0, 1]) {
    edit(file, imageIds[index], adding(...painted[index].discs.map(({ x, y, radius }, at) => {
      const spans: number[] = []
      capsuleSpans(x, y, x, y, radius, 320, 240, (row, from, to) => { spans.push(row, from, to) })
      const mask = encodeSpans(Int32Array.from(spans))
      return annotation(file, imageIds[index], { classId: [red, yellow][at].id, mask, areaPx2: areaOf(mask), score: null })
    })))
  }
  file.close()
  for (const name of ['two', 'four']) copyFileSync(first, join(home, `${name}.maskwright`))

  const proposals = (path: string) => look(path, (project) => imageIds.map((id) => project.annotations.ofImage(id).filter(({ state }) => state === 'pending').map((proposal) => ({ ...proposal, id: 0 }))))
  const alone = started(maskwright(data, ['prelabel', '--images', pictures, '--project', first, '--classes', 'red,yellow', '--out', join(home, 'one.json'), ...QUICK]))
  expect([await alone.ended, alone.said()]).toEqual([0, expect.stringContaining('4 images pre-labelled')])
  const right = proposals(first)
  expect(right.flat().some(({ classId }) => classId === red.id)).toBe(true)

  const token = 'a-token-for-the-test'
  const worker = (more: readonly string[]) => started(maskwright(data, ['worker', '--queue', redis.url, '--take-over', '5', ...more], { MASKWRIGHT_PICTURES_TOKEN: token }))
  const two = started(maskwright(data, ['prelabel', '--queue', redis.url, '--project', join(home, 'two.maskwright'), '--classes', 'red,yellow', '--serve-pictures', '0', '--json', ...QUICK], { MASKWRIGHT_PICTURES_TOKEN: token }))
  const address = await vi.waitFor(() => /--pictures (\S+)/.exec(two.said())?.[1] ?? (() => { throw new Error(two.said()) })(), LONG)
  const workers = [worker(['--pictures', address]), worker(['--pictures', address])]
  expect([await two.ended, two.said()]).toEqual([0, expect.stringContaining('"failures":0')])
  expect(Buffer.from(encode(proposals(join(home, 'two.maskwright'))))).toEqual(Buffer.from(encode(right)))
  for (const one of workers) one.process.kill('SIGTERM')
  for (const one of workers) expect(await one.ended).toBe(0)

  const four = coordinator(join(home, 'four.maskwright'), ['--classes', 'red,yellow', ...QUICK])
  for (let index = 0; index < 4; index++) worker(index % 2 === 0 ? [] : ['--map', `${home}=${home}`])
  expect([await four.ended, four.said()]).toEqual([0, expect.stringContaining('"failures":0')])
  expect(Buffer.from(encode(proposals(join(home, 'four.maskwright'))))).toEqual(Buffer.from(encode(right)))
}, 240_000)

/** Resolves when the job has stored this many images. */
async function storedAtLeast(count: number, path: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3')
  await vi.waitFor(() => {
    const db = new Database(path, { readonly: true })
    try {
      const { stored } = db.prepare<[], { stored: number }>("SELECT count(*) AS stored FROM job_images WHERE state = 'done'").get() ?? { stored: 0 }
      expect(stored).toBeGreaterThanOrEqual(count)
    } finally {
      db.close()
    }
  }, LONG)
}
const COUNT = 40

test('a coordinator killed in the middle goes on where it was when it is started again', async () => {
  const project = standInProject('killed-coordinator', numbered(COUNT))
  for (let index = 0; index < 2; index++) started(standInWorker(redis.url, 50))
  const first = coordinator(project.path)
  await storedAtLeast(6, project.path)
  first.process.kill('SIGKILL')
  await first.ended
  const second = coordinator(project.path)
  expect([await second.ended, second.said()]).toEqual([0, expect.stringContaining('going on with the job')])
  expect(doneIn(second)).toMatchObject({ state: 'finished', images: COUNT, failures: 0, proposals: COUNT * REGIONS })
  expectEachOnce(project)
}, 180_000)

test('a worker killed in the middle, then Redis with all it held, cost time only: nothing is lost, nothing doubled', async () => {
  const project = standInProject('killed', numbered(COUNT))
  const [victim] = [standInWorker(redis.url, 50), standInWorker(redis.url, 50)].map(started)
  const work = coordinator(project.path)
  await storedAtLeast(6, project.path)
  victim.process.kill('SIGKILL')
  await storedAtLeast(12, project.path)
  await redis.kill()
  await vi.waitFor(() => expect(work.said()).toMatch(/the connection is lost/), LONG)
  await redis.startAgain()
  expect([await work.ended, work.said()]).toEqual([0, expect.stringContaining('connected again')])
  expect(doneIn(work)).toMatchObject({ state: 'finished', images: COUNT, failures: 0, proposals: COUNT * REGIONS })
  expectEachOnce(project)
}, 180_000)

test('a worker that hangs is taken over after a while; when it goes on, what it answers late is stored no second time', async () => {
  const project = standInProject('hanging', numbered(COUNT))
  const [hanging] = [standInWorker(redis.url, 50), standInWorker(redis.url, 50)].map(started)
  const work = coordinator(project.path)
  await storedAtLeast(6, project.path)
  hanging.process.kill('SIGSTOP')
  await storedAtLeast(COUNT - 4, project.path)
  hanging.process.kill('SIGCONT')
  expect([await work.ended, work.said()]).toEqual([0, expect.stringContaining('"failures":0')])
  expect(doneIn(work)).toMatchObject({ state: 'finished', images: COUNT, failures: 0, proposals: COUNT * REGIONS })
  expectEachOnce(project)

  const alone = standInProject('hanging-to-the-end', numbered(COUNT))
  const again = coordinator(alone.path)
  await storedAtLeast(6, alone.path)
  hanging.process.kill('SIGSTOP')
  expect([await again.ended, again.said()]).toEqual([0, expect.stringContaining('"failures":0')])
  expectEachOnce(alone)
}, 180_000)

test('pictures come from the coordinator over HTTPS, to a worker that trusts its certificate and holds its token', async () => {
  const pictures = join(home, 'over-tls')
  await paintFolder(pictures, 2)
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }] })
  const [cert, key] = [join(home, 'cert.pem'), join(home, 'key.pem')]
  writeFileSync(cert, made.cert)
  writeFileSync(key, made.private)
  const work = started(maskwright(data, ['prelabel', '--queue', redis.url, '--project', join(home, 'over-tls.maskwright'), '--images', pictures, '--serve-pictures', '0', '--tls-cert', cert, '--tls-key', key, '--json', ...QUICK], { MASKWRIGHT_PICTURES_TOKEN: 'right' }))
  const address = await vi.waitFor(() => /--pictures (https:\S+)/.exec(work.said())?.[1] ?? (() => { throw new Error(work.said()) })(), LONG)
  const worker = (token: string, trusted: boolean) => started(maskwright(data, ['worker', '--queue', redis.url, '--pictures', address], { MASKWRIGHT_PICTURES_TOKEN: token, ...(trusted ? { NODE_EXTRA_CA_CERTS: cert } : {}) }))
  const guessing = worker('wrong', true)
  expect([await guessing.ended, guessing.said()]).toEqual([1, expect.stringContaining('the coordinator refuses the token')])
  const doubting = worker('right', false)
  await vi.waitFor(() => expect(doubting.said()).toMatch(/the coordinator does not answer \((DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)\)/), LONG)
  doubting.process.kill('SIGTERM')
  await doubting.ended
  worker('right', true)
  expect([await work.ended, work.said()]).toEqual([0, expect.stringContaining('"failures":0')])
  expect(doneIn(work)).toMatchObject({ state: 'finished', images: 2 })
}, 180_000)

test('an image that fails, that ends the pipeline or that ends the worker is set aside with its error after three tries; the others are done', async () => {
  const project = standInProject('poison', ['a.jpg', 'b-error.jpg', 'c-crash.jpg', 'd-kill.jpg', 'e.jpg'])
  const work = coordinator(project.path)
  let workers = 0
  let over = false
  // as Kubernetes would: a worker that ends is started again
  const supervised = (async () => {
    for (;;) {
      if (over) return
      workers++
      await started(standInWorker(redis.url, 5)).ended
    }
  })()
  expect([await work.ended, work.said()]).toEqual([0, expect.stringContaining('failed:')])
  over = true
  running.at(-1)?.process.kill('SIGKILL')
  await supervised
  expect(doneIn(work)).toMatchObject({ state: 'finished', images: 2, failures: 3 })
  expect(work.said()).toContain('failed: "b-error.jpg": it is made of poison (3 tries)')
  expect(work.said()).toMatch(/failed: "c-crash\.jpg": the pipeline process ended \(exit code 3\).*\(3 tries\)/)
  expect(work.said()).toContain('failed: "d-kill.jpg": the worker ended while working on it (3 tries)')
  expect(workers).toBe(4)
  expectEachOnce(project, 3)
}, 180_000)

test('a worker that is asked to stop finishes its image and gives the others back; a coordinator leaves its job as it is', async () => {
  const project = standInProject('stopped', numbered(COUNT))
  const work = coordinator(project.path)
  const leaving = started(standInWorker(redis.url, 50))
  await storedAtLeast(3, project.path)
  leaving.process.kill('SIGTERM')
  expect(await leaving.ended).toBe(0)
  const { images } = JSON.parse(leaving.out()) as { images: number }
  expect(images).toBeLessThan(COUNT)
  work.process.kill('SIGTERM')
  expect([await work.ended, work.said()]).toEqual([0, expect.stringContaining('stopped')])
  expect(doneIn(work)).toMatchObject({ state: 'stopped', total: COUNT })
  started(standInWorker(redis.url, 5))
  const again = coordinator(project.path)
  expect(await again.ended).toBe(0)
  expect(doneIn(again)).toMatchObject({ state: 'finished', images: COUNT, failures: 0 })
  expectEachOnce(project)
}, 180_000)

test('an address without a Redis server, and one that is none, are said in one line', async () => {
  const { path } = standInProject('wrong-address', ['a.jpg'])
  const work = started(maskwright(data, ['prelabel', '--queue', 'redis://127.0.0.1:1', '--project', path]))
  expect([await work.ended, work.said()]).toEqual([1, expect.stringContaining('the Redis server does not answer (ECONNREFUSED)')])
  for (const [url, message] of [
    ['redis://127.0.0.1:1', /^maskwright: redis:\/\/127\.0\.0\.1:1: the Redis server does not answer \(ECONNREFUSED\); start it \(redis-server\), or correct the address\n$/],
    ['redis://:sec/ret@127.0.0.1:1', /^maskwright: (?!.*ret@).*is no address of a Redis server/],
    ['redis://:secret@127.0.0.1:1', /^maskwright: redis:\/\/127\.0\.0\.1:1: the Redis server does not answer/],
    ['http://127.0.0.1:1', /^maskwright: "http:\/\/127\.0\.0\.1:1" is no address of a Redis server; it is written redis:\/\/HOST:PORT/],
  ] as const) {
    const one = started(maskwright(data, ['worker', '--queue', url]))
    expect([await one.ended, one.said()]).toEqual([1, expect.stringMatching(message)])
  }
}, 120_000)

test('a worker that has not the folder says so and ends', async () => {
  const { path } = standInProject('no-folder', ['a.jpg'])
  look(path, (file) => file.folders.relink(file.folders.list()[0].id, '/nowhere/pictures'))
  coordinator(path)
  const lost = started(maskwright(data, ['worker', '--queue', redis.url]))
  expect([await lost.ended, lost.said()]).toEqual([1, expect.stringMatching(/maskwright: the project’s folder \/nowhere\/pictures is not on this machine; say where it is with --map \/nowhere\/pictures=WHERE/)])
}, 120_000)
