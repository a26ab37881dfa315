import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PackManifest } from '../../../main/contract/packs.ts'
import { openMapsCache } from '../../../main/inference/maps-cache.ts'
import { createOnnxProducts } from '../../../main/inference/onnx-products.ts'
import { installPack } from '../../../main/packs/install-pack.ts'
import { openPack } from '../../../main/packs/open-pack.ts'
import { verifyPack } from '../../../main/packs/verify-pack.ts'
import { createPackRunner } from '../../../main/pipeline/pack-methods.ts'
import { openPhoto } from '../../../main/pipeline/photo.ts'
import { fixtureFolder } from '../../reference/agreement.ts'
import { paintPhoto } from '../prelabel/painted-photos.ts'
import { FakeHub } from './fake-hub.ts'
import { tinyManifest, writeTinyRepositories } from './tiny-packs.ts'

let root: string
let hub: FakeHub
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-small-encoder-'))
  const repositories = join(root, 'hub')
  writeTinyRepositories(repositories)
  mkdirSync(join(repositories, 'lab/tiny-taesd'), { recursive: true })
  for (const file of ['config.json', 'diffusion_pytorch_model.safetensors']) cpSync(join(fixtureFolder('autoencoder-tiny'), file), join(repositories, 'lab/tiny-taesd', file))
  rmSync(join(repositories, 'lab/tiny-diffusion/vae'), { recursive: true })
  hub = new FakeHub(repositories)
  vi.stubEnv('MASKWRIGHT_PACKS', join(root, 'packs'))
  vi.stubEnv('HF_ENDPOINT', await hub.start())
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await hub.stop()
  rmSync(root, { recursive: true, force: true })
})

/** The tiny pack with a small encoder from a repository of its own in place of the VAE. */
function manifest(): PackManifest {
  const tiny = tinyManifest()
  return PackManifest.parse({
    ...tiny, diffusion: { ...tiny.diffusion, vae: 'taesd' },
    files: [
      ...tiny.files.filter(({ path }) => !path.startsWith('diffusion/vae/')),
      ...['config.json', 'diffusion_pytorch_model.safetensors'].map((path) => ({ path: `diffusion/taesd/${path}`, bytes: null, sha256: null, from: { repo: 'lab/tiny-taesd', revision: 'main', path } })),
    ],
  })
}

test.each([['the hub', false], ['a folder of clones', true]])('a pack with a small encoder comes from %s, and runs with it', async (_, offline) => {
  if (offline) await hub.stop()
  await installPack(manifest(), { from: offline ? join(root, 'hub') : null, agreedBy: 'test', signal: new AbortController().signal })
  expect(await verifyPack('tiny')).toMatchObject({ files: 12, problems: [] })
  const photo = join(root, 'photo.png')
  await paintPhoto(photo, 96, 64, [{ x: 40, y: 30, radius: 20, colour: '#c02020' }])
  const runner = await createPackRunner(openPack('tiny'), { threads: 1, devices: ['cpu'], precision: 'auto', int8Folder: root, cache: openMapsCache('', 0), products: createOnnxProducts(1) })
  const { h, w, values } = await runner.maps.affinity(await openPhoto(photo), 'layers', 'corrected')
  expect([h, w, runner.runs().vae]).toEqual([8, 8, 1])
  for (let row = 0; row < 64; row++) expect(values.subarray(64 * row, 64 * row + 64).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 2)
  await runner.close()
}, 60_000)

test('a manifest without the field means the VAE that lies beside the UNet', () => {
  const { vae: _, ...diffusion } = tinyManifest().diffusion ?? {}
  expect(PackManifest.parse({ ...JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/packs/demo/pack.json'), 'utf8')), diffusion }).diffusion?.vae).toBe('vae')
})
