import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { FakeHub } from '../unit/packs/fake-hub.ts'
import { tinyManifest, writeManifest, writeTinyRepositories } from '../unit/packs/tiny-packs.ts'
import { ENTRY, maskwrightWith } from './run-maskwright.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-models-'))
const packs = join(home, 'data', 'packs')
const own = join(home, 'own')
writeTinyRepositories(own)
writeManifest(packs, tinyManifest())
const hub = new FakeHub(own)
const endpoint = await hub.start()
afterAll(async () => {
  await hub.stop()
  rmSync(home, { recursive: true })
})

const ENV = { MASKWRIGHT_PACKS: '', HF_ENDPOINT: endpoint }
const models = (...args: readonly string[]) => maskwrightWith(join(home, 'data'), ENV)('models', ...args)
const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const { code, out, err } = await models(...args, '--json')
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as Record<string, unknown>
}

test('the catalogue lists the report’s pair as not for commercial work, and pairs that are, with their sizes', async () => {
  const { packs: rows, folder } = await json('list') as unknown as { folder: string; packs: { name: string; licences: { commercial: boolean }[]; state: string; bytes: number | null; scores: boolean; affinity: boolean }[] }
  expect(folder).toBe(packs)
  const row = (name: string) => rows.find((one) => one.name === name)
  expect(row('sd15-metaclip')).toMatchObject({ state: 'available', scores: true, affinity: true })
  expect(row('sd15-metaclip')?.licences.every(({ commercial }) => commercial)).toBe(false)
  for (const name of ['sd15-clip', 'sd15-clip-b32']) expect(row(name)?.licences.every(({ commercial }) => commercial)).toBe(true)
  expect(row('sd15-clip')?.bytes).toBe(598_516_980 + 1_719_125_304 + 167_335_342 + 246_144_864)
  const { out } = await models('list')
  expect(out).toMatch(/sd15-metaclip +available\n.*The report's pair.*\n.*CC-BY-NC.*NOT for commercial work/)
})

test('without agreement nothing is installed, and the failure says how to agree', async () => {
  hub.requests.length = 0
  const { code, out, err } = await models('install', 'tiny')
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^maskwright: tiny comes under Test licence: .*--accept-licence\)\n$/)
  expect(hub.requests).toEqual([])
})

test('a pack is installed from the hub, verified, removed, and installed again from a folder without the network', async () => {
  const installed = await json('install', 'tiny', '--accept-licence')
  expect(installed).toMatchObject({ name: 'tiny', folder: join(packs, 'tiny'), from: endpoint })
  expect(await json('verify', 'tiny')).toMatchObject({ files: 12, problems: [] })
  expect((await models('install', 'tiny')).err).toMatch(/tiny is installed already/)
  const int8 = join(home, 'data/cache/int8')
  mkdirSync(int8, { recursive: true })
  writeFileSync(join(int8, 'tiny.0123.safetensors'), '')
  expect(await json('remove', 'tiny')).toMatchObject({ removed: true })
  expect(readdirSync(int8)).toEqual([])
  hub.requests.length = 0
  // agreed to before: not asked again
  const again = await models('install', 'tiny', '--from', own)
  expect([again.code, again.err, again.out]).toEqual([0, '', expect.stringMatching(/^tiny is installed: 12 files, \d+ kB, in .*tiny\n$/)])
  expect(hub.requests).toEqual([])
  expect((await models('list')).out).toMatch(/^tiny +installed, /m)
}, 120_000)

test('verify names what is wrong in one line, or as JSON, and ends with a code other than 0', async () => {
  const vae = join(packs, 'tiny/diffusion/vae/diffusion_pytorch_model.safetensors')
  // a hard link of the hub's file, which has to stay whole
  const bytes = readFileSync(vae)
  rmSync(vae)
  writeFileSync(vae, bytes.subarray(0, bytes.length - 8))
  const { code, out, err } = await models('verify', 'tiny')
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^maskwright: tiny: diffusion\/vae\/.* were installed; .*truncated.*install it again\n$/)
  const told = await models('verify', 'tiny', '--json')
  expect([told.code, told.err]).toEqual([1, ''])
  expect((JSON.parse(told.out) as { problems: string[] }).problems).toHaveLength(2)
}, 60_000)

test('a pack nobody knows is named with those there are', async () => {
  expect((await models('install', 'sd99')).err).toMatch(/^maskwright: there is no pack "sd99" to install; there are .*sd15-clip/)
  expect((await models('verify', 'sd15-clip')).err).toMatch(/^maskwright: sd15-clip is not installed; `maskwright models install sd15-clip` does it\n$/)
  expect((await models('remove', 'sd15-clip')).err).toMatch(/^maskwright: sd15-clip is not installed\n$/)
})

test('Ctrl+C ends an installation with what to do, and keeps what came', async () => {
  await models('remove', 'tiny')
  hub.misbehaviour.throttle = { bytes: 4_000, everyMs: 20 }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, 'models', 'install', 'tiny'], { env: { ...process.env, MASKWRIGHT_DATA: join(home, 'data'), ...ENV }, stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.on('data', (bytes: Buffer) => { err += bytes.toString() })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  await vi.waitFor(() => expect(existsSync(join(packs, 'tiny.partial/diffusion/unet/diffusion_pytorch_model.safetensors.part'))).toBe(true), { timeout: 60_000, interval: 20 })
  child.kill('SIGINT')
  expect(await ended).toBe(1)
  expect(err).toMatch(/^maskwright: interrupted; `maskwright models install tiny` goes on from here\n$/)
  delete hub.misbehaviour.throttle
  expect((await models('list')).out).toMatch(/^tiny +partial, \d+(\.\d+)? kB of it here/m)
  expect((await models('install', 'tiny')).code).toBe(0)
}, 120_000)
