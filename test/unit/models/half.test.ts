import { expect, test } from 'vitest'
import { floatToHalf } from '../../../models/half.ts'
import { halfToFloat } from '../../../models/safetensors.ts'

test('every half that is a number comes back as itself', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i)
  const back = floatToHalf(halfToFloat(all))
  for (let i = 0; i < 65_536; i++) if ((i & 0x7fff) <= 0x7c00) expect(back[i]).toBe(i)
})

test('values between two halves go to the nearer one, ties to the even one', () => {
  const between = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20, 2 ** -25, 3 * 2 ** -25, 65_519, 65_520, -70_000]
  expect([...halfToFloat(floatToHalf(Float32Array.from(between)))]).toEqual([1, 1 + 2 ** -9, 1 + 2 ** -10, 0, 2 ** -23, 65_504, Infinity, -Infinity])
  expect(floatToHalf(Float32Array.of(Number.NaN))[0] & 0x7fff).toBeGreaterThan(0x7c00)
})
