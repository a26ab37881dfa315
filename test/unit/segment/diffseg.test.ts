import { describe, expect, test } from 'vitest'
import { anchorCoordinates, DIFFSEG_DEFAULTS, diffSegMaps, labelsOfMaps } from '../../../main/segment/diffseg.ts'
import { anchorDivergences, firstProposals, mergeProposals } from '../../../main/segment/divergence-merging.ts'
import { refineProposals } from '../../../main/segment/proposal-refinement.ts'
import { readFixture } from '../../reference/read-fixture.ts'
import { naiveProducts } from './naive-products.ts'

const fixture = readFixture('diffseg')
const methods = readFixture('methods')
const [H, W] = methods.get('shape', Int32Array).values
const N = H * W
const CASES = ['strict', 'published', 'loose'] as const
const affinityOf = (name: (typeof CASES)[number]): Float32Array => (name === 'loose' ? fixture.get('looseAffinity', Float32Array) : methods.get('affinity', Float32Array)).values
/** f32 means of at most 192 rows */
const TOLERANCE = 1e-6

function expectClose(values: Float32Array, expected: Float32Array): void {
  expect(values.length).toBeGreaterThanOrEqual(expected.length)
  let worst = 0
  expected.forEach((value, i) => { worst = Math.max(worst, Math.abs(value - values[i])) })
  expect(worst).toBeLessThan(TOLERANCE)
}

const agreement = (labels: Uint16Array, expected: Uint8Array): number => labels.reduce((same, label, i) => same + (label === expected[i] ? 1 : 0), 0) / labels.length

test('the anchors of 64 cells are 1, 5, …, 61; a small grid has one per cell', () => {
  expect([...anchorCoordinates(64, 16)]).toEqual(Array.from({ length: 16 }, (_, i) => 1 + 4 * i))
  expect([...anchorCoordinates(12, 16)]).toEqual(Array.from({ length: 12 }, (_, i) => i))
  expect([...anchorCoordinates(1, 16)]).toEqual([0])
})

describe('against the published formulation: elementwise KL in torch, scikit-learn k-means', () => {
  test.each(CASES)('%s: the same proposals after every iteration, order-dependence included, and the same labels', async (name) => {
    const affinity = affinityOf(name)
    const thresholds = [...fixture.get(`${name}Thresholds`, Float64Array).values]
    const [first, second, third, maps] = fixture.get(`${name}Counts`, Int32Array).values
    const perSide = name === 'loose' ? 6 : 16
    const columns = anchorCoordinates(W, perSide)
    const anchors = Int32Array.from([...anchorCoordinates(H, perSide)].flatMap((y) => [...columns].map((x) => y * W + x)))

    const zero = await firstProposals(affinity, N, anchors, await anchorDivergences(affinity, N, anchors, naiveProducts), thresholds[0], naiveProducts)
    expect(zero.length / N).toBe(first)
    const stride = Math.max(1, Math.floor(first / 24))
    const shown = Float32Array.from(Array.from({ length: Math.ceil(first / stride) }, (_, i) => [...zero.subarray(i * stride * N, (i * stride + 1) * N)]).flat())
    expectClose(shown, fixture.get(`${name}First`, Float32Array).values)
    const one = await mergeProposals(zero, N, thresholds[1], naiveProducts)
    expect(one.length / N).toBe(second)
    expectClose(one, fixture.get(`${name}Second`, Float32Array).values)
    const two = await mergeProposals(one, N, thresholds[2], naiveProducts)
    expect(two.length / N).toBe(third)
    expectClose(two, fixture.get(`${name}Third`, Float32Array).values)
    const refined = await refineProposals(affinity, N, two, naiveProducts)
    expect(refined.length / N).toBe(maps)
    expectClose(refined, fixture.get(`${name}Maps`, Float32Array).values)

    const whole = await diffSegMaps(affinity, H, W, { thresholds, anchorsPerSide: perSide, refine: true, profile: 'reference' }, naiveProducts)
    const { labels } = labelsOfMaps(whole, H, W, 80, 80)
    expect(agreement(labels, fixture.get(`${name}Labels`, Uint8Array).values)).toBeGreaterThanOrEqual(0.999)
  })
})

describe('defined answers', () => {
  const identity = (n: number): Float32Array => Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))

  test('zeros are refused in the reference profile, with the place, and clamped in the corrected one', async () => {
    await expect(diffSegMaps(identity(16), 4, 4, { ...DIFFSEG_DEFAULTS, profile: 'reference' }, naiveProducts)).rejects.toThrow('exact zero at row 0, column 1')
    const { maps, count } = await diffSegMaps(identity(16), 4, 4, DIFFSEG_DEFAULTS, naiveProducts)
    expect(count).toBe(16)
    expect(maps.every(Number.isFinite)).toBe(true)
  })

  test('a uniform affinity is one cluster, one cell too, and a threshold of zero keeps every anchor apart', async () => {
    expect((await diffSegMaps(new Float32Array(64 * 64).fill(1 / 64), 8, 8, DIFFSEG_DEFAULTS, naiveProducts)).count).toBe(1)
    expect((await diffSegMaps(Float32Array.of(1), 1, 1, DIFFSEG_DEFAULTS, naiveProducts)).count).toBe(1)
    const none = await diffSegMaps(affinityOf('published'), H, W, { ...DIFFSEG_DEFAULTS, thresholds: [0, 0, 0], refine: false }, naiveProducts)
    expect(none.count).toBe(N)
    expect(none.maps.every(Number.isFinite)).toBe(true)
  })

  test('every pixel has a cluster and every cluster a pixel', async () => {
    const maps = await diffSegMaps(affinityOf('strict'), H, W, { ...DIFFSEG_DEFAULTS, thresholds: [0.2, 0.2, 0.2] }, naiveProducts)
    const { labels, count } = labelsOfMaps(maps, H, W, 40, 40)
    expect(new Set(labels).size).toBe(count)
    expect(Math.max(...labels)).toBe(count - 1)
  })
})
