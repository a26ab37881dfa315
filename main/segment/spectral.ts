import type { Products } from '../products/products.ts'
import { checkAffinity } from './check-input.ts'
import { kMeans, kMeansPlusPlus, SCIKIT_LEARN_RULE, TORCH_KMEANS_RULE, type Clustering } from './k-means.ts'
import { leadingLeftVectors } from './lanczos.ts'
import type { Profile } from './profile.ts'
import { seededRandom } from './seeded-random.ts'

/** Of k-means, as published (their generator differs, so the draw does too). */
const RESTARTS = 8
export const SPECTRAL_SEED = 123

export interface SpectralOptions {
  /** k: number of vectors and of clusters, at most n are used */
  readonly clusterCount: number
  /** k-means restarts, the best inertia wins; default 8 */
  readonly restarts?: number
  /** default 123, the published seed */
  readonly seed?: number
  readonly profile: Profile
}

export interface SpectralClusters {
  /** i32[n], 0 … count − 1, every cluster non-empty, numbered by first cell */
  readonly labels: Int32Array
  readonly count: number
  /** largest ‖A v − σ u‖ / σ₁ of the vectors used */
  readonly residual: number
}

export interface SpectralEmbedding {
  /** f64[n, vectors]: D₁^−½ U, row-major */
  readonly points: Float64Array
  readonly vectors: number
  readonly singularValues: Float64Array
  readonly residual: number
}

/**
 * U' = D₁^−½ U with U the leading left singular vectors (the trivial first included) of D₁^−½ A D₂^−½, where D₁, D₂ are
 * the row and column sums: the normalised cut's embedding for a matrix that is not symmetric (REFERENCE §5). The scalings
 * are applied to the vectors, so A is never copied.
 * @param affinity f32[n, n] row-stochastic
 */
export async function spectralEmbedding(affinity: Float32Array, n: number, vectorCount: number, seed: number, products: Products): Promise<SpectralEmbedding> {
  const rowScale = new Float64Array(n)
  const columnScale = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0, at = i * n; j < n; j++, at++) {
      sum += affinity[at]
      columnScale[j] += affinity[at]
    }
    rowScale[i] = sum
  }
  const inverseRoot = (sum: number): number => (sum > 0 ? 1 / Math.sqrt(sum) : 0)
  for (let i = 0; i < n; i++) {
    rowScale[i] = inverseRoot(rowScale[i])
    columnScale[i] = inverseRoot(columnScale[i])
  }
  const held = await products.hold(affinity, n, n)
  try {
    const { left, singularValues, residual } = await leadingLeftVectors({
      rows: n,
      columns: n,
      times: async (x, width) => scaled(await held.times(scaled(x, columnScale, width), width), rowScale, width),
      transposedTimes: async (x, width) => scaled(await held.transposedTimes(scaled(x, rowScale, width), width), columnScale, width),
    }, vectorCount, seededRandom(seed))
    const vectors = singularValues.length
    const points = new Float64Array(n * vectors)
    for (let v = 0; v < vectors; v++) for (let i = 0; i < n; i++) points[i * vectors + v] = left[v * n + i] * rowScale[i]
    return { points, vectors, singularValues, residual }
  } finally {
    held.release()
  }
}

/**
 * Spectral clusters of an affinity: `clusterCount` vectors, then k-means with restarts in that many dimensions (REFERENCE
 * §5). `reference` uses the published k-means rule (absolute tolerance, zero vector for an empty cluster, F11), `corrected`
 * scikit-learn's. About 40 passes over the matrix and O(restarts · iterations · n · k²).
 * @param affinity f32[n, n] row-stochastic
 * @throws RangeError for a wrong shape, a NaN, a negative entry, a row that does not sum to 1, or a cluster count < 1
 */
export async function spectralClusters(affinity: Float32Array, n: number, options: SpectralOptions, products: Products): Promise<SpectralClusters> {
  const { clusterCount, seed = SPECTRAL_SEED } = options
  checkAffinity(affinity, n)
  if (!Number.isInteger(clusterCount) || clusterCount < 1) throw new RangeError(`clusterCount is ${clusterCount}; it must be a whole number ≥ 1`)
  return clustersOf(await spectralEmbedding(affinity, n, Math.min(clusterCount, n), seed, products), n, options)
}

/**
 * Clusters in the first `clusterCount` vectors of an embedding that has at least as many, or n. O(restarts · iterations · n · k²).
 */
export function clustersOf(embedding: SpectralEmbedding, n: number, { clusterCount, restarts = RESTARTS, seed = SPECTRAL_SEED, profile }: SpectralOptions): SpectralClusters {
  const k = Math.min(clusterCount, n)
  const vectors = Math.min(k, embedding.vectors)
  const points = leadingColumns(embedding.points, n, embedding.vectors, vectors)
  const random = seededRandom(seed)
  const rule = profile === 'reference' ? TORCH_KMEANS_RULE : SCIKIT_LEARN_RULE
  let best: Clustering | null = null
  for (let r = 0; r < Math.max(1, restarts); r++) {
    const clustering = kMeans(points, n, vectors, kMeansPlusPlus(points, n, vectors, k, random), k, rule)
    if (best === null || clustering.inertia < best.inertia) best = clustering
  }
  return { ...renumbered(best?.labels ?? new Int32Array(n)), residual: embedding.residual }
}

/** @param points f64[n, columns] @returns f64[n, kept] */
function leadingColumns(points: Float64Array, n: number, columns: number, kept: number): Float64Array {
  if (kept === columns) return points
  const out = new Float64Array(n * kept)
  for (let i = 0; i < n; i++) for (let v = 0; v < kept; v++) out[i * kept + v] = points[i * columns + v]
  return out
}

function scaled(x: Float32Array, scale: Float64Array, width: number): Float32Array {
  const out = new Float32Array(x.length)
  for (let k = 0, at = 0; k < scale.length; k++) {
    const factor = scale[k]
    for (let j = 0; j < width; j++, at++) out[at] = x[at] * factor
  }
  return out
}

/** Numbers the clusters by their first cell, without gaps. */
function renumbered(labels: Int32Array): { labels: Int32Array; count: number } {
  const names = new Map<number, number>()
  const out = labels.map((label) => {
    const name = names.get(label) ?? names.size
    names.set(label, name)
    return name
  })
  return { labels: out, count: names.size }
}
