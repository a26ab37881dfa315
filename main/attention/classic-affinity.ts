import type { Products } from '../products/products.ts'
import type { CellFeatures } from './classic-features.ts'

/** 1/σ of each feature column (CLASSIC_FEATURES): colour, wide colour, contrast (not used here), texture. */
const WEIGHTS = [20, 20, 20, 8, 8, 8, 0, 0, 0, 12, 12, 12, 12]
/** σ of the spatial term, in picture sides. */
const POSITION_SIGMA = 0.15
/** exp(−16) ≈ 1e-7: what is smaller is written as nothing. */
const EXPONENT_MAX = 16
/** After these the row sums of the symmetric matrix are within a few per cent of 1; the last pass makes them exact. */
const BALANCING_STEPS = 8

/**
 * Affinity of grid cells from their features: exp(−distance²/σ²) with a spatial term, the weights of Shi and Malik's
 * normalised cut (METHODS §4), balanced by Sinkhorn steps so that it is close to symmetric, then row-normalised.
 * σ and weights were chosen on 24 photos (docs/classic.md).
 * @returns f32[n, n] row-stochastic, n = rows · columns. One n×n product, one pass of exponentials, O(n²)
 */
export async function classicAffinity(features: CellFeatures, products: Products): Promise<Float32Array> {
  const { rows, columns, count, values } = features
  if (count !== WEIGHTS.length) throw new RangeError(`the features have ${count} columns; the classic affinity needs ${WEIGHTS.length}`)
  const n = rows * columns
  const dimensions = count + 2
  const points = new Float32Array(n * dimensions)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < count; k++) points[i * dimensions + k] = values[i * count + k] * WEIGHTS[k]
    points[i * dimensions + count] = ((i % columns) + 0.5) / columns / POSITION_SIGMA
    points[i * dimensions + count + 1] = (Math.floor(i / columns) + 0.5) / rows / POSITION_SIGMA
  }
  const affinity = await products.multiplyTransposed(points, points, n, dimensions, n)
  exponentials(affinity, n)
  const scale = await balancing(affinity, n, products)
  for (let i = 0, row = 0; i < n; i++, row += n) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += affinity[row + j] * scale[j]
    for (let j = 0; j < n; j++) affinity[row + j] *= scale[j] / sum
  }
  return affinity
}

/** In place: inner products to exp(−squared distance). Half is computed, in blocks so that the mirrored half stays in the cache. */
function exponentials(gram: Float32Array, n: number): void {
  const squares = Float64Array.from({ length: n }, (_, i) => gram[i * n + i])
  const block = 64
  for (let top = 0; top < n; top += block) {
    const bottom = Math.min(n, top + block)
    for (let left = top; left < n; left += block) {
      const right = Math.min(n, left + block)
      for (let i = top; i < bottom; i++) {
        for (let j = Math.max(left, i); j < right; j++) {
          const exponent = squares[i] + squares[j] - 2 * gram[i * n + j]
          const value = i === j ? 1 : exponent > EXPONENT_MAX ? 0 : Math.exp(-Math.max(0, exponent))
          gram[i * n + j] = value
          gram[j * n + i] = value
        }
      }
    }
  }
}

/** s with diag(s) · W · diag(s) near to doubly stochastic (symmetric Sinkhorn: s ← √(s / W s)). */
async function balancing(affinity: Float32Array, n: number, products: Products): Promise<Float32Array> {
  const held = await products.hold(affinity, n, n)
  try {
    const scale = new Float32Array(n).fill(1)
    for (let step = 0; step < BALANCING_STEPS; step++) {
      const sums = await held.times(scale, 1)
      for (let i = 0; i < n; i++) scale[i] = Math.sqrt(scale[i] / sums[i])
    }
    return scale
  } finally {
    held.release()
  }
}
