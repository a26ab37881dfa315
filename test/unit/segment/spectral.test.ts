import { describe, expect, test } from 'vitest'
import { kMeans, kMeansPlusPlus, SCIKIT_LEARN_RULE } from '../../../main/segment/k-means.ts'
import { leadingLeftVectors } from '../../../main/segment/lanczos.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'
import { spectralClusters, spectralEmbedding } from '../../../main/segment/spectral.ts'
import { symmetricEigen } from '../../../main/segment/symmetric-eigen.ts'
import { readFixture } from '../../reference/read-fixture.ts'
import { naiveProducts } from './naive-products.ts'

const fixture = readFixture('spectral')
const SIDES = { small: 64, medium: 144 } as const

/** Block-diagonal uniform affinity: `blocks` equal groups that share nothing. */
function blockAffinity(n: number, blocks: number): Float32Array {
  const size = n / blocks
  return Float32Array.from({ length: n * n }, (_, at) => (Math.floor(Math.floor(at / n) / size) === Math.floor((at % n) / size) ? 1 / size : 0))
}

describe('the small eigenproblem', () => {
  test('gives back the matrix, orthonormal vectors and descending values', () => {
    const m = 30
    const random = seededRandom(4)
    const a = new Float64Array(m * m)
    for (let i = 0; i < m; i++) for (let j = 0; j <= i; j++) a[i * m + j] = a[j * m + i] = random() - 0.5
    const { values, vectors } = symmetricEigen(a, m)
    for (let i = 0; i < m; i++) {
      if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1])
      for (let j = 0; j < m; j++) {
        let rebuilt = 0
        let product = 0
        for (let k = 0; k < m; k++) {
          rebuilt += values[k] * vectors[k * m + i] * vectors[k * m + j]
          product += vectors[i * m + k] * vectors[j * m + k]
        }
        expect(rebuilt).toBeCloseTo(a[i * m + j], 12)
        expect(product).toBeCloseTo(i === j ? 1 : 0, 12)
      }
    }
  })

  test('takes one by one, zero and diagonal matrices', () => {
    expect([...symmetricEigen(Float64Array.of(3), 1).values]).toEqual([3])
    expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0])
    expect([...symmetricEigen(Float64Array.of(1, 0, 0, 0, 5, 0, 0, 0, 2), 3).values]).toEqual([5, 2, 1])
  })
})

describe('leading left vectors against numpy’s full SVD', () => {
  test.each(['small', 'medium'] as const)('%s: values within 1e-5 σ₁, residual ≤ 1e-5, subspace cosine ≥ 0.9999', async (name) => {
    const n = SIDES[name]
    const affinity = fixture.get(`${name}Affinity`, Float32Array).values
    const sigma = fixture.get(`${name}Sigma`, Float64Array).values
    const expected = fixture.get(`${name}Left`, Float64Array)
    const k = expected.shape[0]
    const { points, singularValues, residual } = await spectralEmbedding(affinity, n, k, 123, naiveProducts)
    expect(residual).toBeLessThanOrEqual(1e-5)
    for (let i = 0; i < k; i++) expect(Math.abs(singularValues[i] - sigma[i])).toBeLessThanOrEqual(1e-5)
    expect(sigma[k - 1] / sigma[k]).toBeGreaterThan(1.01)
    expect(leastCosine(points, expected.values, n, k)).toBeGreaterThanOrEqual(0.9999)
  })

  test('finds every one of twelve equal singular values, more than one block holds', async () => {
    const { singularValues, residual } = await spectralEmbedding(blockAffinity(96, 12), 96, 14, 1, naiveProducts)
    expect([...singularValues.subarray(0, 12)].every((sigma) => Math.abs(sigma - 1) < 1e-5)).toBe(true)
    expect(singularValues[12]).toBeLessThan(1e-3)
    expect(residual).toBeLessThanOrEqual(1e-5)
  })

  test('a rectangular map and a zero map have defined answers', async () => {
    const zero = await leadingLeftVectors({ rows: 5, columns: 3, times: async (_, w) => new Float32Array(5 * w), transposedTimes: async (_, w) => new Float32Array(3 * w) }, 2, seededRandom(1))
    expect([...zero.singularValues]).toEqual([0, 0])
    expect(zero.left.every(Number.isFinite)).toBe(true)
  })
})

/** Smallest cosine of the principal angles between two spaces of k vectors, `points` f64[n, k] and `rows` f64[k, n]. */
function leastCosine(points: Float64Array, rows: Float64Array, n: number, k: number): number {
  const overlap = new Float64Array(k * k)
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) for (let t = 0; t < n; t++) overlap[i * k + j] += points[t * k + i] * rows[j * n + t]
  const squared = new Float64Array(k * k)
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) for (let t = 0; t < k; t++) squared[i * k + j] += overlap[i * k + t] * overlap[j * k + t]
  return Math.sqrt(symmetricEigen(squared, k).values[k - 1])
}

describe('k-means', () => {
  /** Every point compared with every centre in every iteration. */
  function plain(points: Float64Array, n: number, d: number, start: Float64Array, k: number, iterations: number): Int32Array {
    const centres = start.slice(), labels = new Int32Array(n)
    for (let iteration = 0; ; iteration++) {
      for (let i = 0; i < n; i++) {
        const distances = Array.from({ length: k }, (_, c) => Array.from({ length: d }, (_axis, j) => (points[i * d + j] - centres[c * d + j]) ** 2).reduce((sum, value) => sum + value, 0))
        labels[i] = distances.indexOf(Math.min(...distances))
      }
      if (iteration === iterations) return labels
      for (let c = 0; c < k; c++) {
        const mine = Array.from(labels.keys()).filter((i) => labels[i] === c)
        for (let j = 0; j < d; j++) centres[c * d + j] = mine.reduce((sum, i) => sum + points[i * d + j], 0) / mine.length
      }
    }
  }

  test('bounds leave out work and change no label', () => {
    const random = seededRandom(5)
    for (const [n, d, k] of [[200, 2, 5], [300, 8, 12], [150, 3, 20]]) {
      const points = Float64Array.from({ length: n * d }, random)
      const start = kMeansPlusPlus(points, n, d, k, random)
      const { labels, iterations } = kMeans(points, n, d, start, k, { ...SCIKIT_LEARN_RULE, maxIterations: 4 })
      expect(iterations).toBe(4)
      expect([...labels]).toEqual([...plain(points, n, d, start, k, 4)])
    }
  })

  test.each(['small', 'medium', 'empty'])('%s: the same partition as scikit-learn from the same start', (name) => {
    const points = fixture.get(`${name}Points`, Float64Array)
    const start = fixture.get(`${name}Start`, Float64Array)
    const [n, d] = points.shape
    const result = kMeans(points.values, n, d, start.values, start.shape[0], SCIKIT_LEARN_RULE)
    expect(result.labels).toEqual(fixture.get(`${name}Labels`, Int32Array).values)
    expect(result.inertia).toBeCloseTo(fixture.get(`${name}Inertia`, Float64Array).values[0], 6)
  })
})

describe('spectral clusters', () => {
  test('separate blocks become one cluster each, numbered by first cell, in both profiles', async () => {
    for (const profile of ['reference', 'corrected'] as const) {
      const { labels, count } = await spectralClusters(blockAffinity(48, 4), 48, { clusterCount: 4, profile }, naiveProducts)
      expect(count).toBe(4)
      expect([...labels]).toEqual(Array.from({ length: 48 }, (_, i) => Math.floor(i / 12)))
    }
  })

  test.each(['clear', 'clearWide'])('%s: the same partition as full SVD and scikit-learn’s k-means, from the same cells and with restarts, in both profiles', async (name) => {
    const affinity = fixture.get(`${name}Affinity`, Float32Array)
    const [n] = affinity.shape
    const cells = fixture.get(`${name}StartCells`, Int32Array).values
    const k = cells.length
    const { points } = await spectralEmbedding(affinity.values, n, k, 123, naiveProducts)
    const start = Float64Array.from({ length: k * k }, (_, at) => points[cells[Math.floor(at / k)] * k + (at % k)])
    // our vectors are theirs but for a rotation, so the same cells are the same start
    const fromCells = kMeans(points, n, k, start, k, SCIKIT_LEARN_RULE)
    expect(fromCells.labels).toEqual(fixture.get(`${name}FromCells`, Int32Array).values)
    const expected = fixture.get(`${name}Labels`, Int32Array).values
    for (const profile of ['reference', 'corrected'] as const) {
      const { labels, count } = await spectralClusters(affinity.values, n, { clusterCount: k, profile }, naiveProducts)
      expect([profile, count, new Set(expected.map((label, i) => label * n + labels[i])).size]).toEqual([profile, k, k])
    }
  })

  test('a permuted affinity gives the permuted partition', async () => {
    const affinity = fixture.get('smallAffinity', Float32Array).values
    const flipped = affinity.slice().reverse()
    const options = { clusterCount: 4, restarts: 20, profile: 'corrected' } as const
    const straight = await spectralClusters(affinity, 64, options, naiveProducts)
    const back = await spectralClusters(flipped, 64, options, naiveProducts)
    const pairs = new Set(straight.labels.map((label, i) => label * 100 + back.labels[63 - i]))
    expect(pairs.size).toBe(4)
  })

  test('one cell, one cluster, the identity and a uniform matrix have defined answers', async () => {
    const options = { clusterCount: 20, profile: 'corrected' } as const
    expect(await spectralClusters(Float32Array.of(1), 1, options, naiveProducts)).toMatchObject({ labels: Int32Array.of(0), count: 1 })
    expect((await spectralClusters(blockAffinity(8, 1), 8, { ...options, clusterCount: 1 }, naiveProducts)).count).toBe(1)
    const identity = await spectralClusters(blockAffinity(16, 16), 16, options, naiveProducts)
    expect(identity.count).toBe(16)
    const uniform = await spectralClusters(blockAffinity(30, 1), 30, options, naiveProducts)
    expect(uniform.residual).toBeLessThan(1e-5)
    expect(uniform.labels.every((label) => label >= 0 && label < uniform.count)).toBe(true)
  })

  test('says what is wrong with a bad affinity', async () => {
    const options = { clusterCount: 2, profile: 'corrected' } as const
    const bad = (change: (a: Float32Array) => void) => {
      const a = blockAffinity(4, 1)
      change(a)
      return spectralClusters(a, 4, options, naiveProducts)
    }
    await expect(bad((a) => { a[5] = NaN })).rejects.toThrow('row 1 of the affinity holds a NaN')
    await expect(bad((a) => { a[5] = 2 })).rejects.toThrow('row 1 of the affinity sums to 2.75, not to 1')
    await expect(bad((a) => { a[5] = -0.25; a[6] = 0.75 })).rejects.toThrow('negative value')
    await expect(spectralClusters(new Float32Array(7), 4, options, naiveProducts)).rejects.toThrow('4×4 = 16 are needed')
    await expect(spectralClusters(blockAffinity(4, 1), 4, { ...options, clusterCount: 0 }, naiveProducts)).rejects.toThrow('clusterCount is 0')
  })
})
