import { describe, expect, test } from 'vitest'
import { normaliseColumns, stretchColumns } from '../../../main/segment/aggregation.ts'
import { withReportBackground, withSosBackground, withStuffFloorBackground } from '../../../main/segment/background.ts'
import { iteratedRefinement, lowEntropyWeights, reduceEntropy } from '../../../main/segment/entropy-refinement.ts'
import { grabCut } from '../../../main/segment/grabcut.ts'
import { ClusterScores } from '../../../main/segment/labelling.ts'
import { narrowBandCut } from '../../../main/segment/narrow-band-cut.ts'
import { pamr } from '../../../main/segment/pamr.ts'
import { presenceScores } from '../../../main/segment/presence.ts'
import { restartedWalk, WALK_DEFAULTS } from '../../../main/segment/restarted-walk.ts'
import { sharpen, sharpenedScores } from '../../../main/segment/sharpening.ts'
import { softmaxRows } from '../../../main/segment/softmax.ts'
import { naiveProducts } from './naive-products.ts'

const f32 = (...values: number[]): Float32Array => Float32Array.from(values)
const rounded = (values: Float32Array | Float64Array): number[] => [...values].map((value) => Math.round(value * 1e5) / 1e5)

describe('probabilities and backgrounds, by hand', () => {
  test('softmax is stable far out and sums to one', () => {
    const out = new Float32Array(4)
    softmaxRows(f32(1000, 1000, -1e30, 3), 2, 0.01, out)
    expect(rounded(out)).toEqual([0.5, 0.5, 0, 1])
    expect(() => softmaxRows(f32(1), 1, 0, out)).toThrow('temperature is 0')
  })

  test('softmax equals Math.exp’s within f32 rounding over the whole range', () => {
    const scores = Float32Array.from({ length: 2000 }, (_, i) => -i / 20)
    const out = new Float32Array(2000)
    softmaxRows(scores, 2000, 1, out)
    const sum = scores.reduce((total, score) => total + Math.exp(score), 0)
    scores.forEach((score, i) => { if (score > -80) expect(Math.abs(out[i] * sum / Math.exp(score) - 1)).toBeLessThan(3e-7) })
  })

  test('the report’s background is max(0, 1 − max p − 0.8)', () => {
    expect(rounded(withReportBackground(f32(0.05, 0.02, 0.3, 0.1), 2))).toEqual([0.15, 0.05, 0.02, 0, 0.3, 0.1])
  })

  test('sos is prepended, the stuff rule takes the largest stuff name or the floor', () => {
    expect(rounded(withSosBackground(f32(0.2, 0.4), 1, f32(0.7, 0.1)))).toEqual([0.7, 0.2, 0.1, 0.4])
    expect(rounded(withStuffFloorBackground(f32(0.3, 0.5, 0.2, 0.05, 0.04, 0.01), 1, 2))).toEqual([0.5, 0.3, 1, 0.05])
  })

  test('cluster scores are means over the pixels; ties go to the lowest class', () => {
    const scores = new ClusterScores(3, 2)
    scores.add(f32(0.9, 0.1, 0.2, 0.8, 0.5, 0.5), Uint16Array.of(0, 0, 2), 0, 3)
    expect([...scores.winners()]).toEqual([0, 0, 0])
    expect(rounded(scores.means())).toEqual([0.55, 0.45, 0, 0, 0.5, 0.5])
  })

  test('AggSD’s column normalisations', () => {
    const p = f32(1, 2, 3, 2)
    normaliseColumns(p, 2)
    expect(rounded(p)).toEqual([0.25, 0.5, 0.75, 0.5])
    stretchColumns(p, 2)
    expect(rounded(p)).toEqual([0, 0, 1, 0])
  })

  test('presence is half of both maxima', () => {
    expect(rounded(presenceScores(f32(0.2, 0.6, 0.4, 0.1), f32(0.4, 0.2, 0.3, 0.3), 2))).toEqual([0.4, 0.45])
  })
})

describe('sharper affinities', () => {
  test('sharpen divides by the column maximum, drops what is under a tenth and normalises rows', () => {
    const out = new Float32Array(4)
    sharpen(f32(0.95, 0.05, 0.05, 0.95), 2, out)
    expect([...out]).toEqual([1, 0, 0, 1])
    sharpen(f32(0.5, 0.5, 0.25, 0.75), 2, out)
    expect(out[0] + out[1]).toBeCloseTo(1, 6)
    expect(out[0] / out[1]).toBeCloseTo(1 / (0.5 / 0.75), 3)
    sharpen(new Float32Array(4), 2, out)
    expect([...out]).toEqual([1, 0, 0, 1])
  })

  test('sharpened scores are rescaled to the mean of the maxima', async () => {
    const out = await sharpenedScores([f32(0.5, 0.5, 0.5, 0.5)], f32(1, 0, 0, 0), 2, 2, naiveProducts)
    expect(rounded(out)).toEqual([0.75, 0, 0.75, 0])
  })

  test('reducing the entropy keeps rows stochastic, lowers the entropy, leaves uniform and one-hot rows', () => {
    const rows = f32(0.5, 0.3, 0.2, 1 / 3, 1 / 3, 1 / 3, 0, 1, 0)
    const out = new Float32Array(9)
    reduceEntropy(rows, 3, 0.5, 3, out)
    const entropy = (at: number): number => -[0, 1, 2].reduce((sum, j) => sum + (out[at + j] > 0 ? out[at + j] * Math.log(out[at + j]) : 0), 0)
    for (const at of [0, 3, 6]) expect(out[at] + out[at + 1] + out[at + 2]).toBeCloseTo(1, 6)
    expect(entropy(0)).toBeLessThan(0.9)
    expect(rounded(out.subarray(3))).toEqual(rounded(rows.subarray(3)))
  })

  test('iterated refinement keeps each class’s peak; focused heads weigh more', async () => {
    const out = await iteratedRefinement(f32(0.5, 0.5, 0.25, 0.75), f32(1, 0, 0, 0.4), 2, 2, 4, naiveProducts)
    expect(Math.max(out[0], out[2])).toBeCloseTo(1, 5)
    expect(Math.max(out[1], out[3])).toBeCloseTo(0.4, 5)
    const weights = lowEntropyWeights([f32(1, 0, 0, 1), f32(0.5, 0.5, 0.5, 0.5)], 2)
    expect(weights[0] + weights[1]).toBeCloseTo(1, 12)
    expect(weights[0] / weights[1]).toBeCloseTo(2, 6)
  })

  test('the restarted walk stays a distribution, satisfies its own equation, and restart 1 changes nothing', async () => {
    const affinity = f32(0.7, 0.3, 0, 0.1, 0.8, 0.1, 0, 0.5, 0.5)
    const scores = f32(1, 0, 0.5, 0.5, 0, 1)
    const options = { ...WALK_DEFAULTS, tolerance: 1e-7, maxSteps: 200 }
    const out = await restartedWalk(affinity, scores, 1, 3, 2, options, naiveProducts)
    for (let i = 0; i < 3; i++) expect(out[2 * i] + out[2 * i + 1]).toBeCloseTo(1, 5)
    const local = [[0, 1], [0, 1, 2], [1, 2]].map((cells) => cells.reduce((sum, j) => sum + out[2 * j], 0) / cells.length)
    for (let i = 0; i < 3; i++) {
      const far = [0, 1, 2].reduce((sum, j) => sum + affinity[i * 3 + j] * out[2 * j], 0)
      expect(out[2 * i]).toBeCloseTo(0.5 * scores[2 * i] + 0.5 * (0.8 * far + 0.2 * local[i]), 5)
    }
    expect(rounded(await restartedWalk(affinity, scores, 1, 3, 2, { ...options, restart: 1 }, naiveProducts))).toEqual(rounded(scores))
  })
})

describe('edges of the photo', () => {
  const W = 60
  const H = 40
  const photo = new Uint8Array(W * H * 3)
  for (let i = 0; i < W * H; i++) photo.set(i % W < 33 ? [30, 60 + (i % 7), 200] : [200, 180 - (i % 5), 40], i * 3)
  const border = (edge: number): Uint16Array => Uint16Array.from({ length: W * H }, (_, i) => (i % W < edge ? 4 : 9))

  test('the narrow-band cut moves a border by up to its radius, and not a far one', () => {
    for (const edge of [30, 33, 36]) expect(narrowBandCut(border(edge), W, H, photo)).toEqual(border(33))
    const far = narrowBandCut(border(15), W, H, photo, { radiusPx: 4, smoothness: 6 })
    expect(far.every((label, i) => label === (i % W < 11 ? 4 : i % W >= 19 && i % W < 33 ? 9 : label))).toBe(true)
  })

  test('grabcut claims by colour, whatever the border', () => {
    expect(grabCut(border(26), W, H, photo, W, H)).toEqual(border(33))
    expect(grabCut(new Uint16Array(W * H).fill(3), W, H, photo, W, H).every((label) => label === 3)).toBe(true)
  })

  test('PAMR keeps the sum of memberships and pulls a blurred border to the edge', () => {
    const guide = new Float64Array(3 * W * H)
    for (let i = 0; i < W * H; i++) for (let c = 0; c < 3; c++) guide[c * W * H + i] = photo[i * 3 + c] / 255
    const soft = new Float32Array(2 * W * H)
    for (let i = 0; i < W * H; i++) {
      const left = 1 / (1 + Math.exp(((i % W) - 31) / 3))
      soft.set([left, 1 - left], 2 * i)
    }
    const out = pamr(soft, 2, W, H, guide, { dilations: [1, 2, 4, 8], iterations: 10 })
    let wrong = 0
    for (let i = 0; i < W * H; i++) {
      expect(out[2 * i] + out[2 * i + 1]).toBeCloseTo(1, 4)
      if ((out[2 * i] > out[2 * i + 1]) !== (i % W < 33)) wrong++
    }
    expect(wrong).toBeLessThanOrEqual(H)
  })
})
