import type { Products } from '../products/products.ts'

/** Cells a product adds up in f32 before the sum goes on in double: 4096 at once miss 1e-6 relative on a peaked affinity (1.2e-6). */
const BLOCK = 1024

/**
 * Method 2: AGG[i, c] = Σ_j SA[j, i] · CA[j, c] / Σ_j SA[j, i] (REFERENCE §6.3; D2 is the column normalisation), as plain
 * products CAᵀ · SA, so that SA is never transposed (45 ms instead of 60 for SAᵀ · CA with 171 classes). The column sums ride
 * along as one more class. A cell nobody attends to (column sum 0, NaN in the published code) keeps its own scores. O(n² · c).
 * @param affinity f32[n, n] row-stochastic @param scores f32[n, c]
 * @returns f32[n, c]
 */
export async function aggregate(affinity: Float32Array, scores: Float32Array, n: number, classCount: number, products: Products): Promise<Float32Array> {
  const product = new Float64Array((classCount + 1) * n)
  for (let from = 0; from < n; from += BLOCK) {
    const length = Math.min(BLOCK, n - from)
    const byClass = new Float32Array((classCount + 1) * length)
    for (let i = 0; i < length; i++) for (let c = 0; c < classCount; c++) byClass[c * length + i] = scores[(from + i) * classCount + c]
    byClass.fill(1, classCount * length)
    const part = await products.multiply(byClass, affinity.subarray(from * n, (from + length) * n), classCount + 1, length, n)
    for (let i = 0; i < part.length; i++) product[i] += part[i]
  }
  const out = new Float32Array(n * classCount)
  for (let i = 0; i < n; i++) {
    const sum = product[classCount * n + i]
    if (sum > 0) {
      const inverse = 1 / sum
      for (let c = 0; c < classCount; c++) out[i * classCount + c] = product[c * n + i] * inverse
    } else {
      for (let c = 0; c < classCount; c++) out[i * classCount + c] = scores[i * classCount + c]
    }
  }
  return out
}

/** AggSD's hidden normalisation (D4): each class column divided by its sum over the cells + 1e-10, in place. */
export function normaliseColumns(scores: Float32Array, classCount: number): void {
  const sums = new Float64Array(classCount).fill(1e-10)
  scores.forEach((value, i) => { sums[i % classCount] += value })
  for (let i = 0; i < scores.length; i++) scores[i] /= sums[i % classCount]
}

/** AggSD on VOC (D4): each class column (x − |min|) / (max − min + 1e-10), in place. */
export function stretchColumns(scores: Float32Array, classCount: number): void {
  for (let c = 0; c < classCount; c++) {
    let least = Infinity
    let most = -Infinity
    for (let i = c; i < scores.length; i += classCount) {
      if (scores[i] < least) least = scores[i]
      if (scores[i] > most) most = scores[i]
    }
    const scale = 1 / (most - least + 1e-10)
    for (let i = c; i < scores.length; i += classCount) scores[i] = (scores[i] - Math.abs(least)) * scale
  }
}
