import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { openCheckpoint } from '../../../models/checkpoint.ts'
import { clipTextConfig } from '../../../models/clip-config.ts'
import { clipTextNetwork } from '../../../models/clip-text.ts'
import { readConfig } from '../../../models/config.ts'
import { noisedLatents, STABLE_DIFFUSION_SCHEDULE, timeEmbedding } from '../../../models/diffusion-schedule.ts'
import type { ComputeType, Network } from '../../../models/graph-builder.ts'
import { unetNetwork, type UNetOptions } from '../../../models/stable-diffusion-unet.ts'
import { vaeConfig, vaeEncoderNetwork } from '../../../models/stable-diffusion-vae.ts'
import { unetConfig } from '../../../models/unet-config.ts'
import { expectAgreement, fixtureFolder, floats, FLOAT16_TOLERANCE, FLOAT32_TOLERANCE, readExpected } from '../../reference/agreement.ts'
import { runNetwork } from '../../reference/run-network.ts'

/** A map computed in f32 and handed over as f16 is rounded to 11 bits; entries far below the largest to fewer. */
const HALF_OUTPUT_TOLERANCE = 5e-4

async function unetOf(name: string, options: Omit<UNetOptions, 'grid'>) {
  const folder = join(fixtureFolder(name), 'unet')
  const expected = await readExpected(name)
  const config = unetConfig(await readConfig(folder))
  const sample = await expected.tensor('sample')
  const network = unetNetwork(await openCheckpoint(folder), config, { ...options, grid: { h: sample.dims[2], w: sample.dims[3] } })
  const feeds: Record<string, Tensor> = { sample, context: await expected.tensor('context'), time: new Tensor('float32', timeEmbedding(config, 100), [1, config.channels[0]]) }
  if (options.outputs.classMaps === true) feeds.selection = await expected.tensor('selection')
  return { network, expected, outputs: await runNetwork(network, feeds) }
}

// the first is 1.x shaped, F32, latents 8×16; the second 2.x shaped (heads by level, linear projections), F16 in the file, 8×8
const NETWORKS = ['diffusion-tiny-1', 'diffusion-tiny-2'] as const
const PRECISIONS: readonly (readonly [ComputeType, number])[] = [['float32', FLOAT32_TOLERANCE], ['float16', FLOAT16_TOLERANCE]]

for (const [compute, tolerance] of PRECISIONS) {
  test.each(NETWORKS)(`${compute}: the UNet of %s agrees with diffusers: every self- and cross-attention and the prediction`, async (name) => {
    const { outputs, expected } = await unetOf(name, { outputs: { layers: true, prediction: true }, compute })
    const layers = expected.names.filter((key) => key.startsWith('self/') || key.startsWith('cross/'))
    expect(layers.length).toBe(32)
    for (const key of layers) expectAgreement(`${name} ${key} ${compute}`, floats(outputs[key]), await expected.get(key), tolerance)
    expectAgreement(`${name} prediction ${compute}`, floats(outputs.prediction), await expected.get('prediction'), tolerance)
  })

  test.each(NETWORKS)(`${compute}: affinities and class maps of %s agree with the published aggregations, heads together or one by one`, async (name) => {
    for (const headByHeadBytes of [undefined, 0]) {
      for (const affinity of ['report', 'diffseg'] as const) {
        const { outputs, expected } = await unetOf(name, { outputs: { affinity, classMaps: true }, compute, ...(headByHeadBytes === undefined ? {} : { headByHeadBytes }) })
        const how = `${name} ${compute} ${headByHeadBytes === 0 ? 'head by head' : 'heads together'}`
        expectAgreement(`${how} affinity ${affinity}`, floats(outputs.affinity), await expected.get(`affinity/${affinity}`), Math.max(tolerance, HALF_OUTPUT_TOLERANCE))
        expectAgreement(`${how} class maps`, floats(outputs.class_maps), await expected.get('class_maps'), tolerance)
      }
    }
  })
}

test.each(NETWORKS)('the sharp affinity of %s agrees with the published code, per head and as a chain', async (name) => {
  for (const sharp of ['per-head', 'chain'] as const) {
    const { outputs, expected } = await unetOf(name, { outputs: { sharp } })
    expectAgreement(`${name} sharp ${sharp}`, floats(outputs.sharp), await expected.get(`sharp/${sharp}`), HALF_OUTPUT_TOLERANCE)
  }
})

/**
 * Entries near a tenth of their column's largest fall on either side of the floor in half precision, and a whole column is divided by
 * another sum then: single entries move by what the floor cuts off.
 */
const FLOOR_TOLERANCE = 0.03
test.each(NETWORKS)('float16: the sharp affinity of %s per head is near the published code’s, but for entries at the floor', async (name) => {
  const { outputs, expected } = await unetOf(name, { outputs: { sharp: 'per-head' }, compute: 'float16' })
  const [found, wanted] = [floats(outputs.sharp), await expected.get('sharp/per-head')]
  expectAgreement(`${name} sharp float16`, found, wanted, FLOOR_TOLERANCE)
  const total = wanted.reduce((sum, value) => sum + Math.abs(value), 0)
  const apart = found.reduce((sum, value, i) => sum + Math.abs(value - wanted[i]), 0) / total
  console.info(`${name} sharp float16: mean relative difference ${apart.toExponential(1)}`)
  expect(apart).toBeLessThanOrEqual(FLOAT16_TOLERANCE)
})

test('rows of the affinity sum to 1, whatever the weights', async () => {
  for (const affinity of ['report', 'diffseg'] as const) {
    const { outputs } = await unetOf('diffusion-tiny-1', { outputs: { affinity } })
    const rows = floats(outputs.affinity)
    const n = 128
    for (let row = 0; row < n; row++) expect(rows.subarray(row * n, (row + 1) * n).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 3)
  }
})

test('nothing after the last map is in the graph, and all weights are in the graph of the whole network', async () => {
  const name = 'diffusion-tiny-1'
  const checkpoint = await openCheckpoint(join(fixtureFolder(name), 'unet'))
  const config = unetConfig(await readConfig(join(fixtureFolder(name), 'unet')))
  const uses = (network: Network, key: string) => Buffer.from(network.model).includes(key)
  const grid = { h: 8, w: 16 }
  const affinity = unetNetwork(checkpoint, config, { grid, outputs: { affinity: 'report' } })
  const last = 'up_blocks.3.attentions.2.transformer_blocks.0'
  expect(uses(affinity, `${last}.attn1.to_k`)).toBe(true)
  expect(uses(affinity, `${last}.attn1.to_v`)).toBe(false)
  expect(uses(affinity, `${last}.attn2`)).toBe(false)
  expect(uses(affinity, 'conv_out.weight')).toBe(false)
  const classMaps = unetNetwork(checkpoint, config, { grid, outputs: { classMaps: true } })
  expect(uses(classMaps, `${last}.attn2.to_k`)).toBe(true)
  expect(uses(classMaps, `${last}.attn2.to_v`)).toBe(false)
  const sharp = unetNetwork(checkpoint, config, { grid, outputs: { sharp: 'per-head' } })
  expect(uses(sharp, 'up_blocks.3.attentions.1.transformer_blocks.0.attn1.to_k')).toBe(true)
  expect(uses(sharp, 'up_blocks.3.attentions.1.transformer_blocks.0.attn1.to_v')).toBe(false)
  expect(uses(sharp, 'up_blocks.3.attentions.2')).toBe(false)
  const all = [...checkpoint.tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0)
  expect(unetNetwork(checkpoint, config, { grid, outputs: { prediction: true } }).parameters).toBe(all)
})

test('noised latents and time embedding agree with diffusers\' scheduler and embedding', async () => {
  const expected = await readExpected('diffusion-tiny-1')
  const sample = noisedLatents(await expected.get('latents'), await expected.get('noise'), STABLE_DIFFUSION_SCHEDULE, 100)
  expectAgreement('noised latents', sample, await expected.get('sample'), 1e-6)
  expectAgreement('time embedding', timeEmbedding({ channels: [8], flipSineCosine: true, frequencyShift: 0 }, 100), await expected.get('time'), 1e-5)
})

for (const [compute, tolerance] of PRECISIONS) {
  test(`${compute}: the VAE encoder agrees with diffusers, and old files of the same weights give the same`, async () => {
    const name = 'diffusion-tiny-1'
    const folder = join(fixtureFolder(name), 'vae')
    const expected = await readExpected(name)
    const config = vaeConfig(await readConfig(folder))
    const pixels = await expected.tensor('vae/pixels')
    const size = { h: 32, w: 48 }
    const { latents } = await runNetwork(vaeEncoderNetwork(await openCheckpoint(folder), config, { size, compute }), { pixels })
    expect(latents.dims).toEqual([1, 4, 4, 6])
    expectAgreement(`VAE ${compute}`, floats(latents), await expected.get('vae/latents'), tolerance)

    const scratch = mkdtempSync(join(tmpdir(), 'maskwright-vae-'))
    try {
      const old = renamed(readFileSync(join(folder, 'diffusion_pytorch_model.safetensors')), [['.to_q.', '.query.'], ['.to_k.', '.key.'], ['.to_v.', '.value.'], ['.to_out.0.', '.proj_attn.']])
      writeFileSync(join(scratch, 'old.safetensors'), old)
      const again = await runNetwork(vaeEncoderNetwork(await openCheckpoint(scratch), config, { size, compute }), { pixels })
      expect(floats(again.latents)).toEqual(floats(latents))
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  })
}

/** The same safetensors file with parts of its keys renamed. */
function renamed(file: Buffer, names: readonly (readonly [string, string])[]): Buffer {
  const length = Number(file.readBigUInt64LE(0))
  const header = names.reduce((text, [from, to]) => text.replaceAll(from, to), file.subarray(8, 8 + length).toString('utf8'))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(Buffer.byteLength(header)))
  return Buffer.concat([prefix, Buffer.from(header), file.subarray(8 + length)])
}

test('the text encoder agrees with transformers on the empty caption of two tokens', async () => {
  const name = 'diffusion-tiny-1'
  const folder = join(fixtureFolder(name), 'text_encoder')
  const expected = await readExpected(name)
  const { hidden } = await runNetwork(clipTextNetwork(await openCheckpoint(folder), clipTextConfig(await readConfig(folder)), { output: { kind: 'hidden' } }), { tokens: await expected.whole('text/tokens') })
  expect(hidden.dims).toEqual([1, 2, 12])
  expectAgreement('text encoder', floats(hidden), await expected.get('text/hidden'), FLOAT32_TOLERANCE)
})

test('a grid that the levels do not divide, and a config of another architecture, are refused by name', async () => {
  const folder = join(fixtureFolder('diffusion-tiny-1'), 'unet')
  const config = await readConfig(folder)
  const checkpoint = await openCheckpoint(folder)
  expect(() => unetNetwork(checkpoint, unetConfig(config), { grid: { h: 8, w: 12 }, outputs: { affinity: 'report' } })).toThrow('multiples of 8; 12×8 is not')
  expect(() => unetNetwork(checkpoint, { ...unetConfig(config), contextSize: 13 }, { grid: { h: 8, w: 8 }, outputs: { affinity: 'report' } }))
    .toThrow(/tensor "down_blocks\.0\.attentions\.0\.transformer_blocks\.0\.attn2\.to_k\.weight" has shape \[8, 12\]; by its config \[8, 13\] is wanted/)
})
