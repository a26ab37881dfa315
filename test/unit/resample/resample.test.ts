import { describe, expect, test } from 'vitest'
import { axisWeights, type Kernel } from '../../../main/resample/axis-weights.ts'
import { resizeNearest } from '../../../main/resample/nearest.ts'
import { pillowBicubic } from '../../../main/resample/pillow-bicubic.ts'
import { pillowNearest } from '../../../main/resample/pillow-nearest.ts'
import { resize } from '../../../main/resample/resize.ts'
import { readFixture } from '../../reference/read-fixture.ts'

const fixture = readFixture('resample')
const CASES = [0, 1, 2, 3, 4, 5, 6, 7, 8]
/** relative to the largest input (about 3 in these fixtures): torch adds its taps in f32 */
const TOLERANCE = 1e-6 * 3

const largestDifference = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0)

describe('the six resampling kernels agree with torch and Pillow', () => {
  for (const kernel of ['bilinear', 'bicubic-antialiased', 'bicubic'] as const satisfies readonly Kernel[]) {
    test.each(CASES)(`${kernel} equals torch, case %i`, (index) => {
      const source = fixture.get(`source${index}`, Float32Array)
      const expected = fixture.get(`${kernel}${index}`, Float32Array)
      const [height, width, channels] = source.shape
      const out = resize(source.values, height, width, channels, expected.shape[0], expected.shape[1], kernel)
      expect(out.length).toBe(expected.values.length)
      expect(largestDifference(out, expected.values)).toBeLessThan(TOLERANCE)
    })
  }

  test.each(CASES)('torch nearest and both Pillow kernels agree to the bit, case %i', (index) => {
    const labels = fixture.get(`labels${index}`, Int32Array)
    const nearest = fixture.get(`nearest${index}`, Int32Array)
    const pillow = fixture.get(`pillowNearest${index}`, Int32Array)
    const pixels = fixture.get(`pixels${index}`, Uint8Array)
    const bicubic = fixture.get(`pillowBicubic${index}`, Uint8Array)
    const [h, w] = labels.shape
    const [oh, ow] = nearest.shape
    expect(resizeNearest(labels.values, h, w, oh, ow)).toEqual(nearest.values)
    expect(pillowNearest(labels.values, h, w, oh, ow)).toEqual(pillow.values)
    expect(pillowBicubic(pixels.values, h, w, 3, oh, ow)).toEqual(bicubic.values)
  })

  test('Pillow nearest keeps its accumulated indices where ties are exact (Cityscapes 1024 and 2048 to 320)', () => {
    expect(pillowNearest(fixture.get('tieColumn', Uint8Array).values, 1024, 1, 320, 1)).toEqual(fixture.get('tieNearest', Uint8Array).values)
    expect(pillowNearest(fixture.get('tieRow', Uint8Array).values, 1, 2048, 1, 320)).toEqual(fixture.get('tieRowNearest', Uint8Array).values)
  })
})

describe('invariants', () => {
  test('the weights of every output sum to one and stay inside the input', () => {
    for (const kernel of ['bilinear', 'bicubic-antialiased', 'bicubic'] as const) {
      for (const [from, to] of [[1, 9], [64, 320], [320, 64], [7, 5], [2, 3]]) {
        const { taps, first, weights } = axisWeights(from, to, kernel)
        for (let o = 0; o < to; o++) {
          expect(first[o]).toBeGreaterThanOrEqual(0)
          expect(first[o] + taps).toBeLessThanOrEqual(from)
          expect(weights.subarray(o * taps, (o + 1) * taps).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6)
        }
      }
    }
  })

  test('a flipped input gives the flipped output', () => {
    const source = fixture.get('source3', Float32Array).values.slice(0, 26)
    const forward = resize(source, 1, 26, 1, 1, 64, 'bicubic-antialiased')
    const backward = resize(source.slice().reverse(), 1, 26, 1, 1, 64, 'bicubic-antialiased').reverse()
    expect(largestDifference(forward, backward)).toBeLessThan(TOLERANCE)
  })

  test('a wrong length or size is refused with the numbers in the message', () => {
    expect(() => resize(new Float32Array(5), 2, 3, 1, 4, 4, 'bilinear')).toThrow('5 values, but 2×3×1 = 6')
    expect(() => axisWeights(0, 4, 'bilinear')).toThrow('sizes must be whole numbers ≥ 1')
  })
})
