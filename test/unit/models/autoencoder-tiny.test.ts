import { expect, test } from 'vitest'
import { autoencoderTinyConfig } from '../../../models/autoencoder-tiny.ts'
import { openCheckpoint } from '../../../models/checkpoint.ts'
import { Config, readConfig } from '../../../models/config.ts'
import type { ComputeType } from '../../../models/graph-builder.ts'
import { latentEncoder } from '../../../models/latent-encoder.ts'
import { expectAgreement, fixtureFolder, floats, FLOAT16_TOLERANCE, FLOAT32_TOLERANCE, readExpected } from '../../reference/agreement.ts'
import { runNetwork } from '../../reference/run-network.ts'

const NAME = 'autoencoder-tiny'
const folder = fixtureFolder(NAME)
const PRECISIONS: readonly (readonly [ComputeType, number])[] = [['float32', FLOAT32_TOLERANCE], ['float16', FLOAT16_TOLERANCE]]

test.each(PRECISIONS)('%s: the encoder agrees with diffusers, levels with several blocks and with none', async (compute, tolerance) => {
  const expected = await readExpected(NAME)
  const encoder = latentEncoder(await readConfig(folder))
  expect([encoder.cell, encoder.latentChannels]).toEqual([8, 4])
  const latents = (await runNetwork(encoder.network(await openCheckpoint(folder), { size: { h: 32, w: 48 }, compute }), { pixels: await expected.tensor('pixels') })).latents
  expect(latents.dims).toEqual([1, 4, 4, 6])
  expectAgreement(`${NAME} ${compute}`, floats(latents), await expected.get('latents'), tolerance)
})

test('every number of it is used, and what does not fit is refused by name', async () => {
  const checkpoint = await openCheckpoint(folder)
  const config = await readConfig(folder)
  const all = [...checkpoint.tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0)
  expect(latentEncoder(config).network(checkpoint, { size: { h: 8, w: 8 } }).parameters).toBe(all)
  expect(() => latentEncoder(config).network(checkpoint, { size: { h: 8, w: 12 } })).toThrow('multiples of 8 pixels; 12×8 is not')
  const other = (fields: object) => () => autoencoderTinyConfig(new Config('config.json', fields))
  expect(other({ act_fn: 'silu' })).toThrow('"act_fn" is "silu"')
  expect(other({ encoder_block_out_channels: [64, 64, 32, 64] })).toThrow('the same for every level')
  expect(other({ num_encoder_blocks: [1, 3.5] })).toThrow('whole numbers')
  expect(() => latentEncoder(new Config('config.json', { _class_name: 'VQModel' }))).toThrow('"_class_name" is "VQModel"; one of AutoencoderKL, AutoencoderTiny is wanted')
  expect(() => latentEncoder(new Config('config.json', { _class_name: 'AutoencoderTiny' })).network(checkpoint, { size: { h: 8, w: 8 } })).toThrow(/tensor "encoder\.layers\.0\.weight" has shape \[12, 3, 3, 3\]; by its config \[64, 3, 3, 3\] is wanted/)
})
