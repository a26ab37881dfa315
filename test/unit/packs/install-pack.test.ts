import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openClipModel } from '../../../main/inference/clip-model.ts'
import { openDiffusionModel } from '../../../main/inference/diffusion-model.ts'
import { listPacks } from '../../../main/packs/catalogue.ts'
import { installPack, type PackStep } from '../../../main/packs/install-pack.ts'
import { packFolder } from '../../../main/packs/pack-folders.ts'
import { removePack } from '../../../main/packs/remove-pack.ts'
import { verifyPack } from '../../../main/packs/verify-pack.ts'
import { FakeHub } from './fake-hub.ts'
import { tinyManifest, writeManifest, writeTinyRepositories } from './tiny-packs.ts'

const UNET = 'unet/diffusion_pytorch_model.safetensors'
const PATIENCE = { tries: 3, waitMs: 1, stallMs: 20_000 }

let root: string
let packs: string
let hub: FakeHub
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-install-'))
  packs = join(root, 'packs')
  writeTinyRepositories(join(root, 'hub'))
  hub = new FakeHub(join(root, 'hub'))
  vi.stubEnv('MASKWRIGHT_PACKS', packs)
  vi.stubEnv('HF_ENDPOINT', await hub.start())
  writeManifest(packs, tinyManifest())
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await hub.stop()
  rmSync(root, { recursive: true, force: true })
})

const steps: PackStep[] = []
function install({ signal = new AbortController().signal, patience = PATIENCE, onStep = (step: PackStep) => { steps.push(step) } } = {}) {
  steps.length = 0
  return installPack(tinyManifest(), { from: null, agreedBy: 'test', signal, patience, onStep })
}
const failure = (work: Promise<unknown>): Promise<{ code: string; message: string }> => work.then(() => { throw new Error('it was expected to fail') }, (error: unknown) => error as { code: string; message: string })
const state = async () => (await listPacks()).find(({ name }) => name === 'tiny')?.state
const unetBytes = () => statSync(join(root, 'hub', 'lab/tiny-diffusion', UNET)).size
const part = () => join(packs, 'tiny.partial', 'diffusion', `${UNET}.part`)
const partBytes = () => statSync(part(), { throwIfNoEntry: false })?.size ?? 0

test('a pack comes from the hub whole: every file, checked, with a receipt, and its networks run', async () => {
  expect(await state()).toBe('available')
  const receipt = await install()
  expect(await state()).toBe('installed')
  expect(receipt.files).toHaveLength(12)
  for (const { path, sha256 } of receipt.files) expect(createHash('sha256').update(readFileSync(join(packs, 'tiny', path))).digest('hex')).toBe(sha256)
  expect(steps.map(({ step }) => step).filter((step, i, all) => step !== all[i - 1])).toEqual(['listing', 'downloading', 'checking'])
  const downloaded = steps.filter(({ step }) => step === 'downloading')
  expect(downloaded.at(-1)?.done).toBe(downloaded.at(-1)?.total)
  expect(existsSync(join(packs, 'tiny.partial'))).toBe(false)
  expect(existsSync(join(packs, '.installing'))).toBe(false)
  expect(await verifyPack('tiny')).toMatchObject({ files: 12, problems: [] })
  const folder = packFolder('tiny') ?? ''
  const clip = await openClipModel(join(folder, 'clip'), 'gem', { threads: 1 })
  expect((await clip.embedTexts(['cat'])).length).toBe(clip.size)
  await clip.close()
  const diffusion = await openDiffusionModel(join(folder, 'diffusion'), { threads: 1 })
  expect((await diffusion.encode(new Uint8Array(64 * 64 * 3), 64, 64, 'corrected')).channels).toBe(4)
  await diffusion.close()
}, 60_000)

test('what is installed is not installed again', async () => {
  await install()
  hub.requests.length = 0
  expect(await failure(install())).toMatchObject({ code: 'bad-input', message: expect.stringContaining('installed already') })
  expect(hub.requests).toEqual([])
})

test('without agreement to the licences nothing is asked of the network; agreed to once, it is not asked again', async () => {
  const without = () => installPack(tinyManifest(), { from: null, agreedBy: null, signal: new AbortController().signal, patience: PATIENCE })
  expect(await failure(without())).toMatchObject({ code: 'not-allowed', message: expect.stringContaining('Test licence') })
  expect(hub.requests).toEqual([])
  await install()
  rmSync(join(packs, 'tiny'), { recursive: true })
  await without()
  expect(await state()).toBe('installed')
  expect(JSON.parse(readFileSync(join(packs, 'agreements.json'), 'utf8'))).toMatchObject([{ pack: 'tiny', by: 'test' }])
})

test('a connection that breaks again and again is gone on with from where it broke', async () => {
  hub.misbehaviour.cutAfter = { file: UNET, bytes: 70_000, times: 4 }
  await install()
  expect(hub.requests.filter((line) => line.includes(UNET)).length).toBeGreaterThanOrEqual(3)
  expect(hub.requests.some((line) => /safetensors bytes=\d+-$/.test(line))).toBe(true)
  expect((await verifyPack('tiny')).problems).toEqual([])
})

test('a connection that never brings a byte is given up with one message, and what came stays', async () => {
  hub.misbehaviour.cutAfter = { file: UNET, bytes: 0, times: 1000 }
  const { code, message } = await failure(install())
  expect(code).toBe('unavailable')
  expect(message).toMatch(/can’t be reached|broke off at byte 0/)
  expect([await state(), packFolder('tiny')]).toEqual(['partial', null])
  hub.misbehaviour.cutAfter.times = 0
  hub.requests.length = 0
  await install()
  // the files that were whole were not asked for again
  expect(hub.requests.some((line) => line.includes('open_clip_model'))).toBe(false)
})

test('a connection that falls silent is taken for dead', async () => {
  hub.misbehaviour.silentAfter = { file: UNET, bytes: 50_000 }
  const { code, message } = await failure(install({ patience: { tries: 2, waitMs: 1, stallMs: 2_000 } }))
  expect([code, message]).toEqual(['unavailable', expect.stringMatching(/broke off at byte 50000 of \d+ \(no byte came for 2 s\)/)])
  delete hub.misbehaviour.silentAfter
  await install()
  expect((await verifyPack('tiny')).problems).toEqual([])
})

test('a slow hub is waited for, cancelled midway it leaves what came', async () => {
  hub.misbehaviour.throttle = { bytes: 20_000, everyMs: 5 }
  const stop = new AbortController()
  const stopped = install({ signal: stop.signal, onStep: ({ step }) => { if (step === 'downloading' && partBytes() > 0) stop.abort(new Error('enough')) } })
  await expect(stopped).rejects.toThrow('enough')
  expect(await state()).toBe('partial')
  await install()
  expect((await verifyPack('tiny')).problems).toEqual([])
}, 60_000)

test.each([['more', 1], ['fewer', -1]])('a hub that says %s bytes in its answer than in its listing is not believed', async (_, by) => {
  hub.misbehaviour.liesInAnswer = { file: UNET, by }
  const { code, message } = await failure(install())
  expect([code, message]).toEqual(['bad-file', expect.stringMatching(new RegExp(`${UNET}: the hub has ${unetBytes() + by} bytes, its listing says ${unetBytes()}`))])
  expect([await state(), existsSync(part())]).toEqual(['partial', false])
})

test('a listing that says a wrong length is found out', async () => {
  hub.misbehaviour.liesInListing = { file: UNET, by: 10 }
  expect(await failure(install())).toMatchObject({ code: 'bad-file', message: expect.stringMatching(/its listing says/) })
  expect(packFolder('tiny')).toBeNull()
})

test.each([[UNET, 'SHA-256'], ['merges.txt', 'git hash']])('a wrong byte in %s is found by its %s, the file deleted, and a second try is clean', async (file, what) => {
  hub.misbehaviour.wrongByte = { file, at: 20 }
  const { code, message } = await failure(install())
  expect([code, message]).toEqual(['bad-file', expect.stringMatching(new RegExp(`came damaged: its ${what} is [0-9a-f]+, the hub lists [0-9a-f]+`))])
  expect(packFolder('tiny')).toBeNull()
  delete hub.misbehaviour.wrongByte
  await install()
  expect(await state()).toBe('installed')
})

test.each([
  [500, 'unavailable', /failed at .* \(status 500\); try again later/],
  [404, 'not-found', /has no .* \(status 404\)/],
  [401, 'not-allowed', /without a sign-in \(status 401\)/],
])('status %i is said, for the listing as for a file', async (status, code, message) => {
  hub.misbehaviour.status = { listing: status }
  expect(await failure(install())).toMatchObject({ code, message: expect.stringMatching(message) })
  expect(await state()).toBe('available')
  hub.misbehaviour.status = { [UNET]: status }
  const file = await failure(install())
  expect(file).toMatchObject({ code, message: expect.stringMatching(message) })
  expect(file.message).toContain(UNET)
  expect(await state()).toBe('partial')
})

test('a hub that is down is said with the way out, and nothing is there', async () => {
  await hub.stop()
  const { code, message } = await failure(install())
  expect([code, message]).toEqual(['unavailable', expect.stringMatching(/127\.0\.0\.1:\d+ can’t be reached \(ECONNREFUSED\); .*HF_ENDPOINT.*--from DIR/)])
  expect(await state()).toBe('available')
})

test('a sign-in page in the way is no hub', async () => {
  hub.misbehaviour.listing = '<html>Please sign in to the airport</html>'
  expect(await failure(install())).toMatchObject({ code: 'unavailable', message: expect.stringContaining('did not answer as a hub does') })
})

test('a file that the repository has no more is named', async () => {
  rmSync(join(root, 'hub', 'lab/tiny-diffusion', UNET))
  expect(await failure(install())).toMatchObject({ code: 'not-found', message: expect.stringContaining(`lab/tiny-diffusion (main) has no ${UNET}`) })
})

test('a hub that ignores ranges sends from the beginning, and that is seen', async () => {
  hub.misbehaviour.cutAfter = { file: UNET, bytes: 70_000, times: 1 }
  hub.misbehaviour.ignoresRanges = true
  await install()
  expect((await verifyPack('tiny')).problems).toEqual([])
  const downloaded = steps.filter(({ step }) => step === 'downloading')
  expect(downloaded.at(-1)?.done).toBe(downloaded.at(-1)?.total)
})

test('another file under the same name is refused where the manifest knows its hash', async () => {
  const manifest = tinyManifest()
  const pinned = { ...manifest, files: manifest.files.map((file) => (file.path.endsWith(UNET) ? { ...file, sha256: '0'.repeat(64) } : file)) }
  const { code, message } = await failure(installPack(pinned, { from: null, agreedBy: 'test', signal: new AbortController().signal, patience: PATIENCE }))
  expect([code, message]).toEqual(['bad-file', expect.stringContaining('is not the file this pack means any more')])
})

test('two installations at once: the second is told who is at it', async () => {
  hub.misbehaviour.throttle = { bytes: 20_000, everyMs: 5 }
  const first = install()
  await vi.waitFor(() => expect(existsSync(join(packs, '.installing'))).toBe(true))
  expect(await failure(installPack(tinyManifest(), { from: null, agreedBy: 'test', signal: new AbortController().signal }))).toMatchObject({ code: 'in-use', message: expect.stringContaining(`process ${process.pid} is installing`) })
  delete hub.misbehaviour.throttle
  await first
}, 60_000)

test('an installation whose process was killed goes on from the byte it had', async () => {
  hub.misbehaviour.throttle = { bytes: 4_000, everyMs: 10 }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('installing-child.ts', import.meta.url)), 'tiny'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)))
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
  await vi.waitFor(() => expect(partBytes()).toBeGreaterThan(8_000), { timeout: 60_000, interval: 5 })
  child.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  expect(said).not.toContain('installed')
  const had = partBytes()
  expect(had).toBeLessThan(unetBytes())
  // its lock is left behind, and is no hindrance
  expect(existsSync(join(packs, '.installing'))).toBe(true)
  expect([await state(), packFolder('tiny')]).toEqual(['partial', null])
  hub.misbehaviour.throttle = { bytes: 1 << 16, everyMs: 0 }
  hub.requests.length = 0
  await install()
  expect(hub.requests.filter((line) => line.includes(UNET))).toEqual([`GET /lab/tiny-diffusion/resolve/main/${UNET} bytes=${had}-`])
  expect((await verifyPack('tiny')).problems).toEqual([])
}, 120_000)

test('a part that was damaged while the program was away does not get in', async () => {
  hub.misbehaviour.silentAfter = { file: UNET, bytes: 50_000 }
  await failure(install({ patience: { tries: 1, waitMs: 1, stallMs: 2_000 } }))
  const bytes = readFileSync(part())
  bytes[1000] ^= 1
  writeFileSync(part(), bytes)
  delete hub.misbehaviour.silentAfter
  expect(await failure(install())).toMatchObject({ code: 'bad-file', message: expect.stringContaining('came damaged') })
  await install()
  expect(readdirSync(packs).sort()).toEqual(['agreements.json', 'tiny', 'tiny.json'])
})

test('a whole file that was damaged between two runs does not get in', async () => {
  const stop = new AbortController()
  await failure(install({ signal: stop.signal, onStep: ({ step }) => { if (step === 'checking') stop.abort(new Error('stopped')) } }))
  const file = join(packs, 'tiny.partial', 'diffusion', UNET)
  const bytes = readFileSync(file)
  // a weight becomes another number, which no check of the network could see
  bytes[bytes.length - 4] ^= 1
  writeFileSync(file, bytes)
  expect(await failure(install())).toMatchObject({ code: 'bad-file', message: expect.stringContaining(`diffusion/${UNET} has changed since it was downloaded`) })
  expect(existsSync(join(packs, 'tiny'))).toBe(false)
  await install()
  expect(await verifyPack('tiny')).toMatchObject({ problems: [] })
})

test('what another pack has already is not downloaded again, unless it has changed there', async () => {
  await install()
  const other = { ...tinyManifest('other') }
  const installOther = () => installPack(other, { from: null, agreedBy: 'test', signal: new AbortController().signal, patience: PATIENCE })
  hub.requests.length = 0
  await installOther()
  expect(hub.requests.filter((line) => line.includes('safetensors'))).toEqual([])
  expect((await verifyPack('other')).problems).toEqual([])
  await removePack('tiny')
  expect((await verifyPack('other')).problems).toEqual([])
  const unet = join(packs, 'other', 'diffusion', UNET)
  const bytes = readFileSync(unet)
  bytes[bytes.length - 2] ^= 1
  writeFileSync(unet, bytes)
  hub.requests.length = 0
  await install()
  expect(hub.requests.filter((line) => line.includes('safetensors')).map((line) => line.split('/').at(-1))).toEqual([UNET.split('/').at(-1)])
  expect((await verifyPack('tiny')).problems).toEqual([])
}, 60_000)
