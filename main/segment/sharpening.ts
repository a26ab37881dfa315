import type { Products } from '../products/products.ts'

/** added to maxima and sums, as the published code does, so that empty columns and rows stay zero */
const EPSILON = 1e-5

/**
 * CLIPer's sharper attention map: each column divided by its maximum, entries below 0.1 set to 0, rows normalised. A row that
 * loses every entry keeps its own cell. O(n²).
 * @param map f32[n, n] row-stochastic attention of one head @param out f32[n, n], may be `map`
 */
export function sharpen(map: Float32Array, n: number, out: Float32Array, threshold: number = 0.1): void {
  const most = new Float32Array(n)
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < n; j++, at++) if (map[at] > most[j]) most[j] = map[at]
  for (let i = 0; i < n; i++) {
    const row = i * n
    let sum = 0
    for (let j = 0; j < n; j++) {
      const value = map[row + j] / (most[j] + EPSILON)
      const kept = value < threshold ? 0 : value
      out[row + j] = kept
      sum += kept
    }
    if (sum > 0) {
      const scale = 1 / sum
      for (let j = 0; j < n; j++) out[row + j] *= scale
    } else out[row + i] = 1
  }
}

/**
 * Scores through the product of sharpened maps, right to left, so that the n × n product is never formed; then each class is
 * rescaled to (max after + max before)/2. The published code keeps the heads apart and multiplies over all heads of all layers
 * (linsun449/cliper.code, ovs/pipeline.py), not the mean over heads; give one map per head for that. O(maps · n² · c).
 * @param maps   f32[n, n] each, already sharpened, in the order of the product
 * @param scores f32[n, c]
 */
export async function sharpenedScores(maps: readonly Float32Array[], scores: Float32Array, n: number, classCount: number, products: Products): Promise<Float32Array> {
  let refined = scores
  for (const map of maps.toReversed()) refined = await products.multiply(map, refined, n, n, classCount)
  const out = refined.slice()
  for (let c = 0; c < classCount; c++) {
    let before = -Infinity
    let after = -Infinity
    for (let at = c; at < scores.length; at += classCount) {
      if (scores[at] > before) before = scores[at]
      if (refined[at] > after) after = refined[at]
    }
    const scale = after > 0 ? (after + before) / 2 / after : 1
    for (let at = c; at < out.length; at += classCount) out[at] *= scale
  }
  return out
}
