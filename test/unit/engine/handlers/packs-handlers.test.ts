import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PackProgress } from '../../../../main/contract/packs.ts'
import { FakeHub } from '../../packs/fake-hub.ts'
import { tinyManifest, writeManifest, writeTinyRepositories } from '../../packs/tiny-packs.ts'
import { startEngine, type TestEngine } from '../test-engine.ts'

const UNET = 'unet/diffusion_pytorch_model.safetensors'
let root: string
let packs: string
let hub: FakeHub
let engine: TestEngine
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-pack-calls-'))
  packs = join(root, 'packs')
  vi.stubEnv('MASKWRIGHT_PACKS', packs)
  hub = new FakeHub(join(root, 'hub'))
  vi.stubEnv('HF_ENDPOINT', await hub.start())
  writeManifest(packs, tinyManifest())
  engine = await startEngine({}, root)
  writeTinyRepositories(join(root, 'hub'))
  writeTinyRepositories(join(engine.root, 'own'))
})
afterEach(async () => {
  await engine.engine.close()
  vi.unstubAllEnvs()
  await hub.stop()
  rmSync(root, { recursive: true, force: true })
})

const told = (): PackProgress[] => engine.events.flatMap((event) => (event.name === 'packs.progress' ? [event.data] : []))
const tiny = async () => (await engine.client.call('packs.list', {})).packs.find(({ name }) => name === 'tiny')
const reaches = (state: PackProgress['state']) => vi.waitFor(() => expect(told().at(-1)).toMatchObject({ state }), { timeout: 30_000, interval: 20 })
const partBytes = () => statSync(join(packs, 'tiny.partial/diffusion', `${UNET}.part`), { throwIfNoEntry: false })?.size ?? 0

test('packs are listed without a project and without the network; installing tells each step to its end', async () => {
  const list = await engine.client.call('packs.list', {})
  expect(list.packs.map(({ name }) => name)).toEqual(expect.arrayContaining(['sd15-metaclip', 'sd15-clip', 'sd15-clip-b32', 'tiny']))
  expect(list).toMatchObject({ folder: packs, hub: expect.stringContaining('127.0.0.1'), progress: { state: 'idle' } })
  expect(hub.requests).toEqual([])
  await expect(engine.client.call('packs.install', { name: 'tiny' })).rejects.toMatchObject({ code: 'not-allowed' })
  expect(await engine.client.call('packs.install', { name: 'tiny', agree: true })).toMatchObject({ name: 'tiny', state: 'running' })
  await reaches('finished')
  expect([...new Set(told().map(({ step }) => step))]).toEqual(['listing', 'downloading', 'checking'])
  expect(await tiny()).toMatchObject({ state: 'installed', agreed: true })
  expect(await engine.client.call('packs.verify', { name: 'tiny' })).toMatchObject({ files: 12, problems: [] })
  const int8 = join(engine.dataFolder, 'cache/int8')
  mkdirSync(int8, { recursive: true })
  for (const pack of ['tiny', 'other']) writeFileSync(join(int8, `${pack}.0123.safetensors`), '')
  await engine.client.call('packs.remove', { name: 'tiny' })
  expect(await tiny()).toMatchObject({ state: 'available', agreed: true })
  expect(readdirSync(int8)).toEqual(['other.0123.safetensors'])
}, 60_000)

test('a download is paused, keeps what came, goes on from there; meanwhile nothing else may begin', async () => {
  hub.misbehaviour.throttle = { bytes: 4_000, everyMs: 10 }
  await engine.client.call('packs.install', { name: 'tiny', agree: true })
  await vi.waitFor(() => expect(partBytes()).toBeGreaterThan(0), { timeout: 30_000, interval: 5 })
  await expect(engine.client.call('packs.install', { name: 'sd15-clip', agree: true })).rejects.toMatchObject({ code: 'busy' })
  expect(await engine.client.call('packs.pause', {})).toMatchObject({ state: 'paused' })
  const had = partBytes()
  expect(await tiny()).toMatchObject({ state: 'partial' })
  hub.misbehaviour.throttle = { bytes: 1 << 16, everyMs: 0 }
  hub.requests.length = 0
  expect(await engine.client.call('packs.resume', {})).toMatchObject({ state: 'running' })
  await reaches('finished')
  expect(hub.requests.find((line) => line.includes(UNET))).toContain(`bytes=${had}-`)
  expect(await tiny()).toMatchObject({ state: 'installed' })
}, 60_000)

test('cancelled, nothing is left; closing the engine leaves what came', async () => {
  hub.misbehaviour.throttle = { bytes: 4_000, everyMs: 10 }
  const begun = async () => {
    await engine.client.call('packs.install', { name: 'tiny', agree: true })
    await vi.waitFor(() => expect(partBytes()).toBeGreaterThan(0), { timeout: 30_000, interval: 5 })
  }
  await begun()
  expect(await engine.client.call('packs.cancel', {})).toMatchObject({ state: 'cancelled' })
  expect([existsSync(join(packs, 'tiny.partial')), (await tiny())?.state]).toEqual([false, 'available'])
  await begun()
  await engine.client.call('packs.pause', {})
  await engine.client.call('packs.cancel', {})
  expect(existsSync(join(packs, 'tiny.partial'))).toBe(false)
  await begun()
  await engine.engine.close()
  expect(partBytes()).toBeGreaterThan(0)
  expect(existsSync(join(packs, '.installing'))).toBe(false)
}, 60_000)

test('from a folder it takes a grant, never a path; a failure is told with its reason', async () => {
  await expect(engine.client.call('packs.install', { name: 'tiny', agree: true, grant: join(root, 'hub') })).rejects.toMatchObject({ code: 'not-allowed' })
  await hub.stop()
  await engine.client.call('packs.install', { name: 'tiny', agree: true })
  await vi.waitFor(() => expect(told().at(-1)).toMatchObject({ state: 'failed', message: expect.stringContaining('can’t be reached') }), { timeout: 30_000, interval: 20 })
  await engine.client.call('packs.install', { name: 'tiny', grant: (await engine.grantOf('own')).grant })
  await reaches('finished')
  expect(await tiny()).toMatchObject({ state: 'installed' })
}, 60_000)

test('a job with a damaged pack does not begin: what is wrong is said once', async () => {
  await engine.client.call('packs.install', { name: 'tiny', agree: true, grant: (await engine.grantOf('own')).grant })
  await reaches('finished')
  await engine.client.call('project.create', { grant: (await engine.grantOf('')).grant, name: 'photos' })
  expect(await engine.client.call('prelabel.start', { scope: 'untouched', pack: 'tiny' })).toMatchObject({ total: 0 })
  const unet = join(packs, 'tiny/diffusion', UNET)
  const bytes = readFileSync(unet)
  rmSync(unet)
  writeFileSync(unet, bytes.subarray(0, bytes.length - 100))
  await expect(engine.client.call('prelabel.start', { scope: 'untouched', pack: 'tiny' })).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/truncated: tensor/) })
  await expect(engine.client.call('prelabel.start', { scope: 'untouched', pack: 'sd15-clip' })).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('models install sd15-clip') })
}, 60_000)

test('a pack is timed on each device, with progress; cancelled, its process ends and other work may begin', async () => {
  await engine.client.call('packs.install', { name: 'tiny', agree: true, grant: (await engine.grantOf('own')).grant })
  await reaches('finished')
  const benchmark = await engine.client.call('packs.benchmark', { name: 'tiny' })
  expect(benchmark.devices.at(-1)).toMatchObject({ device: 'cpu', scores: { next: expect.any(Number) }, affinity: { first: expect.any(Number) } })
  for (const { device } of benchmark.notTaken) expect(benchmark.devices.map((one) => one.device)).not.toContain(device)
  expect(told().filter(({ work, device }) => work === 'benchmark' && device === 'cpu').map(({ step, total }) => [step, total]).at(-1)).toEqual(['timing', 2 * benchmark.devices.length])
  expect(told().at(-1)).toMatchObject({ work: 'benchmark', state: 'finished' })
  const stopped = engine.client.call('packs.benchmark', { name: 'tiny' })
  await vi.waitFor(() => expect(told().at(-1)).toMatchObject({ state: 'running', device: 'cpu' }), { timeout: 30_000, interval: 5 })
  await expect(engine.client.call('packs.verify', { name: 'tiny' })).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('is being timed') })
  const [outcome] = await Promise.allSettled([stopped, engine.client.call('packs.cancel', {})])
  expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
  expect(told().at(-1)).toMatchObject({ work: 'benchmark', state: 'cancelled' })
  expect(await engine.client.call('packs.verify', { name: 'tiny' })).toMatchObject({ problems: [] })
  await expect(engine.client.call('packs.benchmark', { name: 'classic' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('no networks') })
  await expect(engine.client.call('packs.benchmark', { name: 'sd15-clip' })).rejects.toMatchObject({ code: 'not-found' })
}, 120_000)
