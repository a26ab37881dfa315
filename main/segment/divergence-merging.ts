import type { Products } from '../products/products.ts'

/** Values below this are taken as this in logarithms (F1). */
const FLOOR = 1e-12
/** The products' f32 rounding stays below 1e-5 nat; pairs closer than this to the threshold are computed again directly. */
const BORDERLINE = 1e-4

/**
 * Divergence in nat of each anchor's row of the affinity from every row, whatever the threshold. ½ Σ (x − y)(log x − log y) is expanded
 * to ½[H(x) + H(y) − x·log y − y·log x] with H(x) = x·log x: two products instead of 256 · n² differences.
 * @param affinity f32[n, n] @param anchors i32[a] rows
 * @returns f64[a, n]
 */
export async function anchorDivergences(affinity: Float32Array, n: number, anchors: Int32Array, products: Products): Promise<Float64Array> {
  const a = anchors.length
  const anchorRows = new Float32Array(a * n)
  const anchorLogs = new Float32Array(a * n)
  const logs = new Float32Array(n * n)
  const own = ownEntropies(affinity, n, n, logs)
  anchors.forEach((row, i) => {
    anchorRows.set(affinity.subarray(row * n, (row + 1) * n), i * n)
    anchorLogs.set(logs.subarray(row * n, (row + 1) * n), i * n)
  })
  const forward = await products.multiplyTransposed(anchorRows, logs, a, n, n)
  const backward = await products.multiplyTransposed(anchorLogs, affinity, a, n, n)
  const divergences = new Float64Array(a * n)
  for (let i = 0, at = 0; i < a; i++) for (let j = 0; j < n; j++, at++) divergences[at] = 0.5 * (own[anchors[i]] + own[j] - forward[at] - backward[at])
  return divergences
}

/**
 * Iteration 0: for each anchor the mean of all rows of the affinity within `threshold` of the anchor's row. Borderline pairs are
 * computed again directly in double.
 * @param affinity f32[n, n] @param anchors i32[a] rows @param divergences f64[a, n]
 * @returns f32[a, n]
 */
export async function firstProposals(affinity: Float32Array, n: number, anchors: Int32Array, divergences: Float64Array, threshold: number, products: Products): Promise<Float32Array> {
  const a = anchors.length
  const weights = new Float32Array(a * n)
  for (let i = 0; i < a; i++) {
    let count = 0
    for (let j = 0; j < n; j++) {
      let divergence = divergences[i * n + j]
      if (Math.abs(divergence - threshold) < BORDERLINE) divergence = directDivergence(affinity, anchors[i] * n, affinity, j * n, n)
      if (divergence < threshold) {
        weights[i * n + j] = 1
        count++
      }
    }
    // a threshold of 0 leaves out even the anchor itself; the anchor's own row is then the defined answer
    if (count === 0) weights[i * n + anchors[i]] = 1
    else for (let j = 0; j < n; j++) weights[i * n + j] /= count
  }
  return products.multiply(weights, affinity, a, n, n)
}

/**
 * Iterations 1, 2, …: greedy in list order. A proposal not yet matched gathers every proposal within `threshold`, matched or
 * not, and becomes their mean; so one proposal can be in several groups and the order matters (F10).
 * @param proposals f32[m, n] @returns f32[groups, n]
 */
export async function mergeProposals(proposals: Float32Array, n: number, threshold: number, products: Products): Promise<Float32Array> {
  const m = proposals.length / n
  const logs = new Float32Array(m * n)
  const own = ownEntropies(proposals, m, n, logs)
  const cross = await products.multiplyTransposed(proposals, logs, m, n, m)
  const matched = new Uint8Array(m)
  const groups: Float32Array[] = []
  for (let i = 0; i < m; i++) {
    if (matched[i] === 1) continue
    matched[i] = 1
    const sum = new Float64Array(n)
    let count = 0
    for (let j = 0; j < m; j++) {
      let divergence = i === j ? 0 : 0.5 * (own[i] + own[j] - cross[i * m + j] - cross[j * m + i])
      if (i !== j && Math.abs(divergence - threshold) < BORDERLINE) divergence = directDivergence(proposals, i * n, proposals, j * n, n)
      if (!(divergence < threshold) && i !== j) continue
      matched[j] = 1
      count++
      for (let t = 0, at = j * n; t < n; t++, at++) sum[t] += proposals[at]
    }
    groups.push(Float32Array.from(sum, (value) => value / count))
  }
  const out = new Float32Array(groups.length * n)
  groups.forEach((group, g) => out.set(group, g * n))
  return out
}

/** Fills logs = log max(x, 1e-12) and gives x·log x of each row, in double. */
function ownEntropies(rows: Float32Array, m: number, n: number, logs: Float32Array): Float64Array {
  const own = new Float64Array(m)
  for (let i = 0; i < m; i++) {
    let sum = 0
    for (let j = 0, at = i * n; j < n; j++, at++) {
      const value = rows[at]
      const log = Math.log(value > FLOOR ? value : FLOOR)
      logs[at] = log
      sum += value * log
    }
    own[i] = sum
  }
  return own
}

function directDivergence(x: Float32Array, xAt: number, y: Float32Array, yAt: number, n: number): number {
  let sum = 0
  for (let t = 0; t < n; t++) {
    const a = Math.max(x[xAt + t], FLOOR)
    const b = Math.max(y[yAt + t], FLOOR)
    sum += (a - b) * (Math.log(a) - Math.log(b))
  }
  return 0.5 * sum
}
