import { describe, expect, test } from 'vitest'
import { boxMean } from '../../../main/segment/box-mean.ts'
import { guidedLabels } from '../../../main/segment/guided-upsampling.ts'
import { photoGuide } from '../../../main/segment/photo-guide.ts'

const W = 96
const H = 64
/** A photo whose left part up to column `edge` is dark green, the rest light red. */
function twoColours(edge: number): Uint8Array {
  const photo = new Uint8Array(W * H * 3)
  for (let i = 0; i < W * H; i++) photo.set(i % W < edge ? [20, 90, 30] : [220, 120, 110], i * 3)
  return photo
}
/** Hard planes on a 12 × 8 grid: left of `cell` plane 0, else plane 1. */
function twoPlanes(cell: number): Float32Array {
  const planes = new Float32Array(2 * 96)
  for (let i = 0; i < 96; i++) planes[(i % 12 < cell ? 0 : 96) + i] = 1
  return planes
}
const wrongPixels = (labels: Uint16Array, edge: number): number => labels.reduce((wrong, label, i) => wrong + (label === (i % W < edge ? 0 : 1) ? 0 : 1), 0)

describe('guided upsampling', () => {
  test('follows the photo’s edge that the grid misses by up to half a cell', () => {
    for (const edge of [44, 46, 48, 50, 52]) expect(wrongPixels(guidedLabels(twoPlanes(6), 2, photoGuide(twoColours(edge), W, H, 12, 8)), edge)).toBe(0)
  })

  test('a photo without edges leaves the grid’s border where it is', () => {
    const labels = guidedLabels(twoPlanes(6), 2, photoGuide(new Uint8Array(W * H * 3).fill(128), W, H, 12, 8))
    expect(wrongPixels(labels, 48)).toBeLessThanOrEqual(H)
  })

  test('a mirrored photo and grid give the mirrored labels', () => {
    const mirror = <T extends Uint8Array | Uint16Array | Float32Array>(source: T, width: number, channels: number): T => {
      const out = source.slice() as T
      for (let i = 0; i < source.length / channels; i++) {
        const from = Math.floor(i / width) * width + width - 1 - (i % width)
        for (let c = 0; c < channels; c++) out[i * channels + c] = source[from * channels + c]
      }
      return out
    }
    const straight = guidedLabels(twoPlanes(5), 2, photoGuide(twoColours(42), W, H, 12, 8))
    const mirrored = guidedLabels(mirror(twoPlanes(5), 12, 1), 2, photoGuide(mirror(twoColours(42), W, 3), W, H, 12, 8))
    expect(mirror(mirrored, W, 1)).toEqual(straight)
  })

  test('one plane wins everywhere; absent planes never win; a single cell and a single pixel work', () => {
    expect(guidedLabels(new Float32Array(96).fill(1), 1, photoGuide(twoColours(40), W, H, 12, 8)).every((label) => label === 0)).toBe(true)
    const planes = new Float32Array(3 * 96)
    planes.fill(1, 96, 192)
    expect(guidedLabels(planes, 3, photoGuide(twoColours(40), W, H, 12, 8)).every((label) => label === 1)).toBe(true)
    expect([...guidedLabels(Float32Array.of(0.4, 0.6), 2, photoGuide(Uint8Array.of(1, 2, 3), 1, 1, 1, 1))]).toEqual([1])
  })

  test('a wrong photo or planes are refused with the numbers', () => {
    expect(() => guidedLabels(new Float32Array(5), 2, photoGuide(twoColours(40), W, H, 12, 8))).toThrow('planes hold 5 values')
    expect(() => guidedLabels(twoPlanes(6), 2, photoGuide(new Uint8Array(9), W, H, 12, 8))).toThrow('the photo holds 9 bytes')
  })
})

test('the box mean equals the window’s plain mean, borders cut off', () => {
  const [w, h, r] = [7, 5, 2]
  const source = Float64Array.from({ length: w * h }, (_, i) => (i * 37) % 11)
  const out = new Float64Array(w * h)
  boxMean(source, w, h, r, new Float64Array(w * h), out)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let sum = 0
      let count = 0
      for (let v = Math.max(0, y - r); v <= Math.min(h - 1, y + r); v++) for (let u = Math.max(0, x - r); u <= Math.min(w - 1, x + r); u++, count++) sum += source[v * w + u]
      expect(out[y * w + x]).toBeCloseTo(sum / count, 10)
    }
  }
})
