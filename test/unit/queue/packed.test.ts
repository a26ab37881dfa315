import { expect, test } from 'vitest'
import { pack, unpack } from '../../../main/queue/packed.ts'

test('data comes back as it was, typed arrays of every kind and at every place included', () => {
  const data = {
    text: 'é', nothing: null, list: [1, 2.5, -3], bytes: Uint8Array.of(1, 2, 3), vectors: [Float32Array.of(0.1, -2), new Float32Array(0)],
    view: new Float32Array([9, 1, 2, 9]).subarray(1, 3), whole: Int32Array.of(-1), wide: Float64Array.of(Math.PI), small: Uint16Array.of(65535),
  }
  const back = unpack(pack(data)) as typeof data
  expect(back).toEqual(data)
  expect(back.vectors[0]).toBeInstanceOf(Float32Array)
  expect(back.bytes.constructor).toBe(Uint8Array)
  // its own memory, not the whole message's
  expect(back.bytes.buffer.byteLength).toBe(3)
})

test('what is not packed data is refused', () => {
  expect(() => unpack(Buffer.from([0xc1]).toString('base64'))).toThrow()
})
