import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tensor } from 'onnxruntime-node'
import { expect } from 'vitest'
import { halfToFloat, readFloatTensor, readSafetensorsHeader } from '../../models/safetensors.ts'

/** Issue 4, "Agreement": max |ours − theirs| / max |theirs| of each map. */
export const FLOAT32_TOLERANCE = 1e-4
export const FLOAT16_TOLERANCE = 5e-3

export const fixtureFolder = (name: string): string => join(dirname(fileURLToPath(import.meta.url)), 'fixtures', name)

/** What the reference program computed: fixtures/NAME/expected.safetensors. */
export async function readExpected(name: string): Promise<{ readonly names: readonly string[]; get(key: string): Promise<Float32Array>; tensor(key: string): Promise<Tensor>; whole(key: string): Promise<Tensor> }> {
  const header = await readSafetensorsHeader(join(fixtureFolder(name), 'expected.safetensors'))
  const read = (key: string) => readFloatTensor(header, key, header.tensors.get(key)?.shape.length ?? 0)
  return {
    names: [...header.tensors.keys()],
    get: async (key) => (await read(key)).data,
    async tensor(key) {
      const { data, shape } = await read(key)
      return new Tensor('float32', data, shape)
    },
    async whole(key) {
      const { data, shape } = await read(key)
      return new Tensor('int64', BigInt64Array.from(data, (value) => BigInt(value)), shape)
    },
  }
}

/** A run's output as f32. */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor?.type === 'float32') return tensor.data as Float32Array
  if (tensor?.type === 'float16') return halfToFloat(new Uint16Array((tensor.data as Uint16Array).buffer, (tensor.data as Uint16Array).byteOffset, tensor.size))
  throw new Error(`no floats in a tensor of type ${tensor?.type}`)
}

/** max |a − b| / max |b| */
export function relativeError(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length)
  let worst = 0
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    // NaN must not pass for small
    const difference = Math.abs(found[i] - expected[i])
    if (!(difference <= worst)) worst = difference
    largest = Math.max(largest, Math.abs(expected[i]))
  }
  return worst / largest
}

/** Prints the error, as issue 4 asks, and holds it against the tolerance. */
export function expectAgreement(what: string, found: Float32Array, expected: Float32Array, tolerance: number): void {
  const error = relativeError(found, expected)
  console.info(`${what}: max relative error ${error.toExponential(1)}`)
  expect(error, what).toBeLessThanOrEqual(tolerance)
}
