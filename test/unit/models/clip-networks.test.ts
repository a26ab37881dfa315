import { Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { openCheckpoint } from '../../../models/checkpoint.ts'
import { readClipConfig } from '../../../models/clip-config.ts'
import { clipTextNetwork } from '../../../models/clip-text.ts'
import { clipVisionNetwork, type ClipVisionOptions } from '../../../models/clip-vision.ts'
import type { ComputeType } from '../../../models/graph-builder.ts'
import { expectAgreement, fixtureFolder, floats, FLOAT16_TOLERANCE, FLOAT32_TOLERANCE, readExpected } from '../../reference/agreement.ts'
import { runNetwork } from '../../reference/run-network.ts'

async function visionOf(name: string, options: ClipVisionOptions, pixels: Tensor) {
  const folder = fixtureFolder(name)
  const config = await readClipConfig(folder)
  return runNetwork(await clipVisionNetwork(await openCheckpoint(folder), config.vision, config.embedding, options), { pixels })
}

const SIZE = { h: 24, w: 20 }
const NATIVE = { h: 16, w: 16 }
const PRECISIONS: readonly (readonly [ComputeType, number])[] = [['float32', FLOAT32_TOLERANCE], ['float16', FLOAT16_TOLERANCE]]

for (const [compute, tolerance] of PRECISIONS) {
  test.each(['clip-tiny-hugging-face', 'clip-tiny-gelu'])(`${compute}: %s agrees with transformers: tower, MaskCLIP, CLIP-Surgery on another grid than the trained one`, async (name) => {
    const expected = await readExpected(name)
    for (const [variant, key] of [['clip', 'clip'], ['maskclip', 'maskclip'], ['clip-surgery', 'clip_surgery']] as const) {
      const { features } = await visionOf(name, { size: SIZE, variant, streamBlocks: 3, compute }, await expected.tensor('pixels'))
      expect(features.dims).toEqual([30, 20])
      expectAgreement(`${name} ${variant} ${compute}`, floats(features), await expected.get(key), tolerance)
    }
    const native = await visionOf(name, { size: NATIVE, variant: 'clip', imageEmbedding: true, compute }, await expected.tensor('native'))
    expectAgreement(`${name} trained grid ${compute}`, floats(native.features), await expected.get('native/clip'), tolerance)
    expectAgreement(`${name} image embedding ${compute}`, floats(native.image), await expected.get('native/image'), tolerance)
  })

  test(`${compute}: the GEM stream agrees with the GEM package on open_clip, and open_clip's keys with open_clip`, async () => {
    const name = 'clip-tiny-open-clip'
    const expected = await readExpected(name)
    // the fixture wraps depth 4, which is three blocks
    const { features } = await visionOf(name, { size: SIZE, variant: 'gem', streamBlocks: 3, compute }, await expected.tensor('pixels'))
    expectAgreement(`GEM ${compute}`, floats(features), await expected.get('gem'), tolerance)
    const { image } = await visionOf(name, { size: NATIVE, variant: 'gem', streamBlocks: 3, imageEmbedding: true, compute }, await expected.tensor('native'))
    expectAgreement(`open_clip image embedding beside GEM ${compute}`, floats(image), await expected.get('native/image'), tolerance)
  })

  test.each(['clip-tiny-hugging-face', 'clip-tiny-gelu', 'clip-tiny-open-clip'])(`${compute}: text embeddings of %s agree, padded prompts of several lengths in one batch`, async (name) => {
    const folder = fixtureFolder(name)
    const expected = await readExpected(name)
    const config = await readClipConfig(folder)
    const network = clipTextNetwork(await openCheckpoint(folder), config.text, { output: { kind: 'embedding', size: config.embedding }, compute })
    const { embeddings } = await runNetwork(network, { tokens: await expected.whole('tokens'), ends: await expected.whole('ends') })
    expectAgreement(`${name} text ${compute}`, floats(embeddings), await expected.get('text'), tolerance)
  })

  test(`${compute}: last_hidden_state agrees with transformers`, async () => {
    const folder = fixtureFolder('clip-tiny-hugging-face')
    const expected = await readExpected('clip-tiny-hugging-face')
    const { text } = await readClipConfig(folder)
    const { hidden } = await runNetwork(clipTextNetwork(await openCheckpoint(folder), text, { output: { kind: 'hidden' }, compute }), { tokens: await expected.whole('tokens') })
    expect(hidden.dims).toEqual([3, 7, 24])
    expectAgreement(`hidden ${compute}`, floats(hidden), await expected.get('hidden'), tolerance)
  })
}

test('a token does not see those after it, so padding changes nothing', async () => {
  const folder = fixtureFolder('clip-tiny-hugging-face')
  const { text } = await readClipConfig(folder)
  const network = clipTextNetwork(await openCheckpoint(folder), text, { output: { kind: 'hidden' } })
  const ids = (values: number[]) => new Tensor('int64', BigInt64Array.from(values.map(BigInt)), [1, values.length])
  const short = floats((await runNetwork(network, { tokens: ids([60, 4, 61]) })).hidden)
  const padded = floats((await runNetwork(network, { tokens: ids([60, 4, 61, 9, 9, 9, 9, 9]) })).hidden)
  expect(Math.max(...short.map((value, i) => Math.abs(value - padded[i])))).toBeLessThan(1e-5)
})

test('a picture that is no multiple of the patch is refused', async () => {
  await expect(visionOf('clip-tiny-gelu', { size: { h: 16, w: 18 }, variant: 'gem' }, new Tensor('float32', new Float32Array(864), [1, 3, 16, 18]))).rejects.toThrow('multiples of 4 pixels; 18×16 is not')
})

test('every number of the text tower is used, none twice', async () => {
  const folder = fixtureFolder('clip-tiny-hugging-face')
  const checkpoint = await openCheckpoint(folder)
  const config = await readClipConfig(folder)
  const own = [...checkpoint.tensors].filter(([key]) => key.startsWith('text_')).reduce((sum, [, { shape }]) => sum + shape.reduce((product, side) => product * side, 1), 0)
  expect(clipTextNetwork(checkpoint, config.text, { output: { kind: 'embedding', size: config.embedding } }).parameters).toBe(own)
})
