import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openClipModel } from '../../../main/inference/clip-model.ts'
import { openDiffusionModel } from '../../../main/inference/diffusion-model.ts'
import { IMAGENET_NORMALISATION, pixelPlanes, SIGNED_NORMALISATION } from '../../../main/inference/pixel-planes.ts'
import { seededNoise } from '../../../models/diffusion-schedule.ts'
import { fixtureFolder } from '../../reference/agreement.ts'
import { writeTinyTokenizer } from '../../reference/tiny-pack.ts'

const root = mkdtempSync(join(tmpdir(), 'maskwright-models-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function clipFolder(name: string, config: string, weights: string): string {
  const folder = join(root, name)
  writeTinyTokenizer(folder)
  for (const file of [config, weights]) symlinkSync(join(fixtureFolder(name), file), join(folder, file))
  return folder
}
function diffusionFolder(): string {
  const folder = mkdtempSync(join(root, 'diffusion-'))
  writeTinyTokenizer(join(folder, 'tokenizer'))
  for (const part of ['unet', 'vae', 'text_encoder']) symlinkSync(join(fixtureFolder('diffusion-tiny-1'), part), join(folder, part))
  return folder
}
const picture = (h: number, w: number): Uint8Array => Uint8Array.from({ length: h * w * 3 }, (_, i) => (i * 37 + (i >> 5) * 11) & 255)

test('planes hold what the two profiles give the VAE', () => {
  const rgb = Uint8Array.of(0, 255, 51, 255, 0, 102)
  expect([...(pixelPlanes(rgb, 1, 2, SIGNED_NORMALISATION).data as Float32Array)].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([-1, 1, 1, -1, -0.6, -0.2])
  expect((pixelPlanes(rgb, 1, 2, IMAGENET_NORMALISATION).data as Float32Array)[1]).toBeCloseTo((1 - 0.485) / 0.229, 5)
  expect(() => pixelPlanes(rgb, 2, 2, SIGNED_NORMALISATION)).toThrow('a picture of 2×2 has 12 values, not 6')
})

test.each([['clip-tiny-hugging-face', 'config.json', 'model.safetensors'], ['clip-tiny-open-clip', 'open_clip_config.json', 'open_clip_model.safetensors']])('CLIP from a folder (%s): unit rows, one by one as in a batch, any grid', async (name, config, weights) => {
  const model = await openClipModel(clipFolder(name, config, weights), 'gem', { threads: 1 })
  const names = ['cat', 'dog', 'cow']
  const together = await model.embedTexts(names)
  expect(together.length).toBe(3 * model.size)
  for (let i = 0; i < 3; i++) {
    const alone = await model.embedTexts([names[i]])
    alone.forEach((value, j) => expect(value).toBeCloseTo(together[i * model.size + j], 5))
  }
  expect(await model.embedTexts([])).toEqual(new Float32Array(0))
  for (const [h, w] of [[16, 16], [24, 20], [16, 16]]) {
    const dense = await model.denseFeatures(picture(h, w), h, w)
    expect([dense.h, dense.w, dense.size, dense.features.length]).toEqual([h / 4, w / 4, 20, h * w / 16 * 20])
    for (let i = 0; i < dense.h * dense.w; i++) expect(Math.hypot(...dense.features.subarray(i * 20, (i + 1) * 20))).toBeCloseTo(1, 4)
  }
  await model.close()
})

test('Stable Diffusion from a folder: the same noise gives the same affinity, class maps of a caption are its columns', async () => {
  const model = await openDiffusionModel(diffusionFolder(), { threads: 1 })
  const latents = await model.encode(picture(64, 128), 64, 128, 'corrected')
  expect([latents.channels, latents.h, latents.w]).toEqual([4, 8, 16])
  const other = await model.encode(picture(64, 128), 64, 128, 'reference')
  expect(other.values).not.toEqual(latents.values)

  const noise = seededNoise(latents.values.length, 0)
  const request = { outputs: { affinity: 'report' }, caption: null, profile: 'corrected', step: 100, noise } as const
  const first = await model.attention(latents, request)
  const again = await model.attention(latents, request)
  expect(first.affinity).toEqual(again.affinity)
  expect([first.sharp, first.classMaps]).toEqual([null, null])
  const clean = await model.attention(latents, { ...request, noise: null, step: 300 })
  expect(clean.affinity).not.toEqual(first.affinity)

  // 9 tokens at most: start, a, photo, of, four of their own, end
  const captions = model.captions(['cat', 'cow', 'ox'])
  expect(captions.map(({ classes }) => classes)).toEqual([[0], [1], [2]])
  const captioned = await model.attention(latents, { ...request, outputs: { affinity: 'report', classMaps: true }, caption: captions[0] })
  const maps = captioned.classMaps ?? new Float32Array(0)
  expect(maps.length).toBe(128 * 2)
  expect(maps.every((value) => Number.isFinite(value))).toBe(true)
  expect(captioned.affinity?.length).toBe(128 * 128)
  await expect(model.attention(latents, { ...request, outputs: { classMaps: true } })).rejects.toThrow('class maps need a caption')
  await model.close()
})

test('seeded noise is normal, the same for the same seed', () => {
  const noise = seededNoise(16_384, 0)
  const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length
  const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length
  expect(Math.abs(mean)).toBeLessThan(0.03)
  expect(Math.abs(variance - 1)).toBeLessThan(0.04)
  expect(seededNoise(16_384, 0)).toEqual(noise)
  expect(seededNoise(16_384, 1)).not.toEqual(noise)
})
