import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { int8Range } from '../../../main/inference/int8-range.ts'
import { openCheckpoint } from '../../../models/checkpoint.ts'
import { readClipConfig } from '../../../models/clip-config.ts'
import { clipTextNetwork } from '../../../models/clip-text.ts'
import { clipVisionNetwork } from '../../../models/clip-vision.ts'
import { quantisedRows, writeInt8Checkpoint, type Int8Range } from '../../../models/int8-checkpoint.ts'
import { expectAgreement, fixtureFolder, floats, readExpected } from '../../reference/agreement.ts'
import { runNetwork } from '../../reference/run-network.ts'

const scratch = mkdtempSync(join(tmpdir(), 'maskwright-int8-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/**
 * Weights keep 7 or 6 bits and a sign, activations 8 bits of one scale for the whole matrix. The tiny networks (32 wide, random) average
 * little of it out; a mistake in the layout gives errors near 1.
 */
const TOLERANCE: Readonly<Record<Int8Range, number>> = { 127: 0.06, 63: 0.1 }
const NAMES = ['clip-tiny-hugging-face', 'clip-tiny-gelu', 'clip-tiny-open-clip'] as const

test('a row is rounded to its own scale, and read back within half a step', () => {
  const matrix = Float32Array.from([0, 0.5, -1, 100, 50, -25])
  const table = quantisedRows(matrix, 2, 3, 127, false)
  expect([...table.values]).toEqual([0, 64, -127, 127, 64, -32])
  expect(table.scales[0]).toBeCloseTo(1 / 127, 7)
  expect(table.scales[1]).toBeCloseTo(100 / 127, 5)
  expect([...quantisedRows(matrix, 2, 3, 127, true).values]).toEqual([0, 127, 64, 64, -127, -32])
  matrix.forEach((value, i) => expect(Math.abs(table.values[i] * table.scales[Math.trunc(i / 3)] - value)).toBeLessThanOrEqual(table.scales[Math.trunc(i / 3)] / 2 + 1e-6))
  expect([...quantisedRows(new Float32Array(3), 1, 3, 63, false).values]).toEqual([0, 0, 0])
})

for (const range of [127, 63] as const) {
  test.for(NAMES)(`weights up to ±${range}: both towers of %s say nearly what the float networks say`, async (name, { skip }) => {
    // such weights are used only where this is not so (main/inference/int8-range.ts)
    const most = await int8Range(), overflows = `this processor’s 8-bit sums overflow with weights above ±${most}, so none are written for it`
    if (range > most) {
      console.info(`skipped: ${overflows}`)
      skip(overflows)
    }
    const folder = fixtureFolder(name)
    const config = await readClipConfig(folder)
    const expected = await readExpected(name)
    const path = join(scratch, `${name}-${range}.safetensors`)
    await writeInt8Checkpoint(await openCheckpoint(folder), config, range, path)
    const int8 = await openCheckpoint(path)
    const variants = name === 'clip-tiny-open-clip' ? [['gem', 'gem']] as const : [['clip', 'clip'], ['maskclip', 'maskclip'], ['clip-surgery', 'clip_surgery']] as const
    for (const [variant, key] of variants) {
      const network = await clipVisionNetwork(int8, config.vision, config.embedding, { size: { h: 24, w: 20 }, variant, streamBlocks: 3 })
      expect(network.quantised).toBe(true)
      const { features } = await runNetwork(network, { pixels: await expected.tensor('pixels') })
      expectAgreement(`${name} ${variant} int8 ±${range}`, floats(features), await expected.get(key), TOLERANCE[range])
    }
    const text = clipTextNetwork(int8, config.text, { output: { kind: 'embedding', size: config.embedding } })
    const { embeddings } = await runNetwork(text, { tokens: await expected.whole('tokens'), ends: await expected.whole('ends') })
    expectAgreement(`${name} text int8 ±${range}`, floats(embeddings), await expected.get('text'), TOLERANCE[range])
  })
}

test('the file holds what the networks use, as many numbers as the float one', async () => {
  const folder = fixtureFolder('clip-tiny-open-clip')
  const config = await readClipConfig(folder)
  const path = join(scratch, 'whole.safetensors')
  const float = await openCheckpoint(folder)
  await writeInt8Checkpoint(float, config, 127, path)
  const int8 = await openCheckpoint(path)
  const numbers = (tensors: typeof float.tensors) => [...tensors].filter(([name]) => !name.endsWith('.scale')).reduce((sum, [, { shape }]) => sum + shape.reduce((product, side) => product * side, 1), 0)
  expect(numbers(int8.tensors)).toBe(numbers(float.tensors))
  expect([...int8.tensors.values()].every(({ dtype }) => dtype === 'I8' || dtype === 'F32')).toBe(true)
})
