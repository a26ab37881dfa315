import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openClipModel } from '../../../main/inference/clip-model.ts'
import { openDiffusionModel } from '../../../main/inference/diffusion-model.ts'
import { installableManifest, listPacks } from '../../../main/packs/catalogue.ts'
import { installPack } from '../../../main/packs/install-pack.ts'
import { packFolder } from '../../../main/packs/pack-folders.ts'
import { removePack } from '../../../main/packs/remove-pack.ts'
import { verifyPack } from '../../../main/packs/verify-pack.ts'
import { FakeHub } from './fake-hub.ts'
import { readTensors, tinyManifest, writeManifest, writeTensors, writeTinyRepositories } from './tiny-packs.ts'

let root: string
/** as a person has it: lab/tiny-clip, lab/tiny-diffusion */
let own: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-bad-packs-'))
  own = join(root, 'own')
  writeTinyRepositories(own)
  vi.stubEnv('MASKWRIGHT_PACKS', join(root, 'packs'))
  // a test that asked the network would fail here
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9')
  writeManifest(join(root, 'packs'), tinyManifest())
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})
const install = (from = own) => installPack(tinyManifest(), { from, agreedBy: 'test', signal: new AbortController().signal })
const failure = (work: Promise<unknown>): Promise<{ code: string; message: string }> => work.then(() => { throw new Error('it was expected to fail') }, (error: unknown) => error as { code: string; message: string })
const state = async () => (await listPacks()).find(({ name }) => name === 'tiny')?.state
const clipWeights = () => join(own, 'lab/tiny-clip/open_clip_model.safetensors')
const unetWeights = () => join(own, 'lab/tiny-diffusion/unet/diffusion_pytorch_model.safetensors')
const textWeights = () => join(own, 'lab/tiny-diffusion/text_encoder/model.safetensors')

/** Changes one tensor of a file. */
function change(path: string, name: string, how: (entry: { dtype: string; shape: number[]; data_offsets: [number, number] }, data: Buffer) => void): void {
  const file = readTensors(path)
  how(file.header[name], file.data)
  writeTensors(path, file)
}
const firstTensor = (path: string, rank = 2): string => Object.entries(readTensors(path).header).find(([, { shape }]) => shape.length === rank)?.[0] ?? ''

/** What is done to the person's files, the failure's code, and what its one line has to hold. */
const BAD: readonly (readonly [string, () => void, string, () => RegExp[]])[] = [
  ['a truncated file', () => truncateSync(unetWeights(), statSync(unetWeights()).size - 1000), 'bad-file', () => [/unet\/diffusion_pytorch_model\.safetensors: truncated: tensor/]],
  ['a file cut within its header', () => truncateSync(clipWeights(), 100), 'bad-file', () => [/open_clip_model\.safetensors: truncated: the header alone takes/]],
  ['a pickle .bin instead of the weights', () => renameSync(unetWeights(), join(dirname(unetWeights()), 'diffusion_pytorch_model.bin')), 'bad-file', () => [/diffusion_pytorch_model\.bin, a pickle/, /get the \.safetensors file/]],
  ['a pickle .pt', () => renameSync(clipWeights(), join(dirname(clipWeights()), 'b16_400m.pt')), 'bad-file', () => [/b16_400m\.pt, a pickle/, /get the \.safetensors file/]],
  ['a pickle under the name of a safetensors file', () => writeFileSync(clipWeights(), Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0x2e])), 'bad-file', () => [/open_clip_model\.safetensors: this is a pickle/, /never opened/]],
  ['only a whole .ckpt', () => {
    rmSync(join(own, 'lab'), { recursive: true })
    writeFileSync(join(own, 'v1-5-pruned.ckpt'), Buffer.from([0x50, 0x4b, 3, 4]))
  }, 'not-found', () => [/nothing of tiny's diffusion/, /v1-5-pruned\.ckpt, a pickle/]],
  ['a wrong architecture', () => cpSync(textWeights(), unetWeights()), 'bad-file', () => [/unet.*: it has no tensor ".*" \(\[.*\] is wanted\); this is another architecture/]],
  ['a UNet of Stable Diffusion XL', () => {
    const path = join(dirname(unetWeights()), 'config.json')
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')) as object, addition_embed_type: 'text_time' }))
  }, 'bad-file', () => [/unet\/config\.json: "addition_embed_type" is "text_time".*Stable Diffusion XL/]],
  ['a missing tensor', () => {
    const file = readTensors(textWeights())
    writeTensors(textWeights(), file, (name) => name !== 'text_model.final_layer_norm.weight')
  }, 'bad-file', () => [/text_encoder.*it has no tensor "text_model\.final_layer_norm\.weight" \(\[\d+\] is wanted\)/]],
  ['a misshapen tensor', () => {
    const name = 'text_model.embeddings.position_embedding.weight'
    change(textWeights(), name, (entry) => { entry.shape = [...entry.shape].reverse() })
  }, 'bad-file', () => [/tensor "text_model\.embeddings\.position_embedding\.weight" has shape \[\d+, \d+\]; by its config \[\d+, \d+\] is wanted/]],
  ['NaN weights', () => {
    const name = firstTensor(unetWeights(), 4)
    change(unetWeights(), name, ({ data_offsets: [from] }, data) => data.writeFloatLE(Number.NaN, from + 8))
  }, 'bad-file', () => [/unet.*: tensor ".*" is not a number, or infinite, at element 2/]],
  ['a tokenizer of something else', () => writeFileSync(join(own, 'lab/tiny-diffusion/tokenizer/vocab.json'), '{"a": 0}'), 'bad-file', () => [/tokenizer\/vocab\.json: .*this is not CLIP's tokenizer/]],
  ['no tokenizer', () => unlinkSync(join(own, 'lab/tiny-diffusion/tokenizer/vocab.json')), 'not-found', () => [/tokenizer: no tokenizer in it; wanted is tokenizer\.json/]],
  ['no config', () => unlinkSync(join(own, 'lab/tiny-diffusion/vae/config.json')), 'not-found', () => [/vae: no config\.json in it/]],
  ['a broken config', () => writeFileSync(join(own, 'lab/tiny-diffusion/vae/config.json'), '{"down_block_types": ['), 'bad-file', () => [/vae\/config\.json: not JSON/]],
  ['a text encoder of another model', () => {
    const path = join(dirname(unetWeights()), 'config.json')
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')) as object, cross_attention_dim: 768 }))
  }, 'bad-file', () => [/the UNet takes texts of width 768, the text encoder .* gives \d+; they are of different models/]],
  ['two shards without an index', () => {
    const text = textWeights()
    cpSync(text, join(dirname(text), 'model-00001-of-00002.safetensors'))
    renameSync(text, join(dirname(text), 'model-00002-of-00002.safetensors'))
  }, 'not-found', () => [/text_encoder: 2 \.safetensors files \(model-00001-of-00002\.safetensors, .*\) and no index/]],
  ['an index whose shard is missing', () => {
    renameSync(textWeights(), join(dirname(textWeights()), 'model-00001-of-00002.safetensors'))
    writeFileSync(join(dirname(textWeights()), 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' } }))
  }, 'not-found', () => [/model-00002-of-00002\.safetensors/]],
  ['links to files that are gone', () => {
    const blob = join(root, 'blob')
    renameSync(unetWeights(), blob)
    symlinkSync(blob, unetWeights())
    unlinkSync(blob)
  }, 'not-found', () => [/diffusion_pytorch_model\.safetensors: a link to a file that is not there; copy the files themselves/]],
]

test.each(BAD)('install --from with %s: one message, and nothing is installed', async (_, spoil, code, patterns) => {
  spoil()
  const error = await failure(install())
  expect(error.code).toBe(code)
  for (const pattern of patterns()) expect(error.message).toMatch(pattern)
  expect(error.message).not.toContain('\n')
  expect([await state(), packFolder('tiny')]).toEqual(['available', null])
  expect(readdirSync(join(root, 'packs')).sort()).toEqual(['agreements.json', 'tiny.json'])
})

test.each([
  ['nothing.ckpt', 'bad-file', /nothing\.ckpt: its weights are in nothing\.ckpt, a pickle.*get the \.safetensors file/],
  ['model.safetensors', 'bad-file', /model\.safetensors is a file; wanted is the folder/],
  ['nowhere', 'not-found', /nowhere: there is no such folder/],
])('install --from %s is refused', async (name, code, message) => {
  const path = join(root, name)
  if (name !== 'nowhere') writeFileSync(path, 'x')
  expect(await failure(install(path))).toMatchObject({ code, message: expect.stringMatching(message) })
})

test('files of a folder that are refused leave a broken off download as it was', async () => {
  mkdirSync(join(root, 'packs', 'tiny.partial'), { recursive: true })
  writeFileSync(join(root, 'packs', 'tiny.partial', 'some.part'), 'x')
  truncateSync(unetWeights(), 100)
  await failure(install())
  expect(await state()).toBe('partial')
})

test('the same faults in an installed pack are found by verify, and opening the pack says the same', async () => {
  await install()
  const folder = packFolder('tiny') ?? ''
  expect((await verifyPack('tiny')).problems).toEqual([])
  const unet = join(folder, 'diffusion/unet/diffusion_pytorch_model.safetensors')
  const whole = readFileSync(unet)
  // hard links: what is written here must not reach the person's own file, nor the other way round
  const rewrite = (bytes: Uint8Array) => {
    unlinkSync(unet)
    writeFileSync(unet, bytes)
  }
  rewrite(whole.subarray(0, whole.length - 1000))
  expect((await verifyPack('tiny')).problems).toEqual([expect.stringMatching(/unet.* bytes; \d+ were installed/), expect.stringMatching(/truncated: tensor/)])
  await expect(openDiffusionModel(join(folder, 'diffusion'), { threads: 1 })).rejects.toThrow(/truncated: tensor/)
  rewrite(whole.map((byte, i) => (i === whole.length - 3 ? byte ^ 1 : byte)))
  expect((await verifyPack('tiny')).problems).toEqual([expect.stringMatching(/unet.* has changed: its SHA-256 is/)])
  rewrite(whole)
  change(unet, firstTensor(unet, 4), ({ data_offsets: [from] }, data) => data.writeFloatLE(Number.POSITIVE_INFINITY, from))
  expect((await verifyPack('tiny')).problems).toEqual([expect.any(String), expect.stringMatching(/is not a number, or infinite, at element 0/)])
  unlinkSync(unet)
  writeFileSync(join(dirname(unet), 'diffusion_pytorch_model.bin'), 'x')
  expect((await verifyPack('tiny')).problems).toEqual([expect.stringMatching(/is missing/), expect.stringMatching(/diffusion_pytorch_model\.bin, a pickle/)])
  await expect(openDiffusionModel(join(folder, 'diffusion'), { threads: 1 })).rejects.toThrow(/a pickle.*get the \.safetensors file/)
  const clip = join(folder, 'clip/open_clip_model.safetensors')
  const tensors = readTensors(clip)
  unlinkSync(clip)
  writeTensors(clip, tensors, (name) => name !== 'ln_final.weight')
  const model = await openClipModel(join(folder, 'clip'), 'gem', { threads: 1 })
  await expect(model.embedTexts(['cat'])).rejects.toThrow(/it has no tensor "ln_final\.weight"/)
  expect((await verifyPack('tiny')).problems.join()).toContain('ln_final.weight')
})

test('a pack whose manifest is broken stands in the list with its reason, and can be removed', async () => {
  await install()
  writeFileSync(join(root, 'packs', 'tiny', 'pack.json'), '{')
  expect((await listPacks()).find(({ name }) => name === 'tiny')).toMatchObject({ state: 'broken', problem: expect.stringContaining('not JSON') })
  await removePack('tiny')
  expect(await state()).toBe('available')
  expect(await failure(removePack('tiny'))).toMatchObject({ code: 'not-found' })
  expect(await failure(removePack('../own'))).toMatchObject({ code: 'not-found' })
  expect(existsSync(own)).toBe(true)
})

test('the hub’s cache, a folder of links, is taken as files; the person’s own stay as they are', async () => {
  const cache = join(root, 'cache')
  for (const repo of ['tiny-clip', 'tiny-diffusion']) {
    const base = join(cache, `models--lab--${repo}`)
    const commit = 'c0ffee'
    mkdirSync(join(base, 'blobs'), { recursive: true })
    mkdirSync(join(base, 'refs'))
    writeFileSync(join(base, 'refs', 'main'), commit)
    let n = 0
    for (const entry of readdirSync(join(own, 'lab', repo), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const source = join(entry.parentPath, entry.name)
      const target = join(base, 'snapshots', commit, source.slice(join(own, 'lab', repo).length + 1))
      mkdirSync(dirname(target), { recursive: true })
      const blob = join(base, 'blobs', `blob${n++}`)
      cpSync(source, blob)
      symlinkSync(blob, target)
    }
  }
  await install(cache)
  const folder = join(root, 'packs', 'tiny')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) expect(entry.isSymbolicLink(), entry.name).toBe(false)
  expect((await verifyPack('tiny')).problems).toEqual([])
  await removePack('tiny')
  expect(readdirSync(join(cache, 'models--lab--tiny-clip', 'blobs')).length).toBeGreaterThan(0)
})

test('two shards with an index are a checkpoint like any other', async () => {
  const file = readTensors(textWeights())
  const names = Object.keys(file.header)
  const first = new Set(names.slice(0, names.length / 2))
  const folder = dirname(textWeights())
  writeTensors(join(folder, 'model-00001-of-00002.safetensors'), file, (name) => first.has(name))
  writeTensors(join(folder, 'model-00002-of-00002.safetensors'), file, (name) => !first.has(name))
  unlinkSync(textWeights())
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: Object.fromEntries(names.map((name) => [name, `model-0000${first.has(name) ? 1 : 2}-of-00002.safetensors`])) }))
  const { files } = await install()
  expect(files.map(({ path }) => basename(path)).filter((name) => name.startsWith('model')).sort()).toEqual(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json'])
  expect((await verifyPack('tiny')).problems).toEqual([])
})

const disk = mkdtempSync(join(tmpdir(), 'maskwright-small-disk-'))
const mounting = process.platform === 'linux' ? spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { encoding: 'utf8' }) : null
const reason = mounting === null ? 'a tmpfs needs Linux' : mounting.error?.message ?? mounting.stderr.trim()
const mounted = mounting?.status === 0
if (!mounted) process.stderr.write(`tests of packs on a full disk skipped: ${reason}\n`)
afterAll(() => {
  if (mounted) spawnSync('umount', [disk])
  rmSync(disk, { recursive: true, force: true })
})
const skipped = mounted ? '' : ` (skipped: ${reason})`

test.skipIf(!mounted)(`without room on the disk nothing is begun; full midway, what came stays and is gone on with${skipped}`, async () => {
  const hub = new FakeHub(own)
  vi.stubEnv('HF_ENDPOINT', await hub.start())
  vi.stubEnv('MASKWRIGHT_PACKS', join(disk, 'packs'))
  const patience = { tries: 2, waitMs: 1, stallMs: 20_000 }
  const ballast = join(disk, 'ballast')
  const fromHub = (onStep?: () => void) => installPack(tinyManifest(), { from: null, agreedBy: 'test', signal: new AbortController().signal, patience, ...(onStep === undefined ? {} : { onStep }) })
  try {
    writeFileSync(ballast, Buffer.alloc(1_800_000))
    expect(await failure(fromHub())).toMatchObject({ code: 'disk-full', message: expect.stringMatching(/[\d.]+ kB are needed, its disk has [\d.]+ [kM]B free; free some space, or set MASKWRIGHT_PACKS/) })
    expect(hub.requests.every((line) => line.startsWith('POST'))).toBe(true)
    // the folder's own way is refused alike: another disk, so links are no way round
    expect(await failure(install())).toMatchObject({ code: 'disk-full' })
    rmSync(ballast)
    let filled = false
    const full = await failure(fromHub(() => {
      if (filled || !existsSync(join(disk, 'packs/tiny.partial/diffusion/unet/diffusion_pytorch_model.safetensors.part'))) return
      filled = true
      spawnSync('sh', ['-c', 'cat /dev/zero > "$1" 2>/dev/null', 'sh', ballast])
    }))
    expect(full).toMatchObject({ code: 'disk-full', message: expect.stringMatching(/the disk is full: .*free some space/) })
    expect(packFolder('tiny')).toBeNull()
    rmSync(ballast)
    await fromHub()
    expect((await verifyPack('tiny')).problems).toEqual([])
  } finally {
    await hub.stop()
  }
}, 60_000)

test.each(['../../elsewhere', '/elsewhere', 'clip\\..\\elsewhere', 'C:elsewhere'])('a manifest whose files would lie at %s, outside its pack, is refused', async (outside) => {
  const good = tinyManifest()
  for (const manifest of [
    { ...good, clip: { ...good.clip, folder: outside } }, { ...good, diffusion: { ...good.diffusion, folder: outside } }, { ...good, files: [{ ...good.files[0], path: `${outside}/x.json` }] },
  ]) {
    writeFileSync(join(root, 'packs', 'tiny.json'), JSON.stringify(manifest))
    expect(await failure(installableManifest('tiny'))).toMatchObject({ code: 'bad-file', message: expect.stringContaining('a relative path without ".." expected') })
  }
})
