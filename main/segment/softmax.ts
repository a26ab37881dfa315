const LOG2_E = Math.LOG2E
/** 2^−k for k = 0 … 127 */
const POWERS = Float64Array.from({ length: 128 }, (_, k) => 2 ** -k)

/**
 * e^x for x ≤ 0 within 6e-9 relative, 0 below −87 (where f32 would be subnormal): the Taylor polynomial of 2^f on |f| ≤ ½ and
 * a table. V8's Math.exp is a call out of the loop; 171 classes × 320² pixels make 17 million of them.
 */
export function expOfNegative(x: number): number {
  if (x < -87) return 0
  const t = x * LOG2_E
  const k = (0.5 - t) | 0
  const f = (t + k) * Math.LN2
  return POWERS[k] * (1 + f * (1 + f * (1 / 2 + f * (1 / 6 + f * (1 / 24 + f * (1 / 120 + f * (1 / 720 + f / 5040)))))))
}

/**
 * p = softmax over classes of scores / temperature, row by row, in place of `out` (which may be `scores`). Stable for any
 * finite input. O(n · c).
 * @param scores f32[n, c]; the published temperatures are 0.1 (VOC) and 0.01 (others)
 */
export function softmaxRows(scores: Float32Array, classCount: number, temperature: number, out: Float32Array): void {
  if (!(temperature > 0)) throw new RangeError(`temperature is ${temperature}; it must be above 0`)
  const inverse = 1 / temperature
  for (let at = 0; at < scores.length; at += classCount) {
    let most = -Infinity
    for (let i = at; i < at + classCount; i++) if (scores[i] > most) most = scores[i]
    let sum = 0
    for (let i = at; i < at + classCount; i++) {
      const value = expOfNegative((scores[i] - most) * inverse)
      out[i] = value
      sum += value
    }
    const scale = 1 / sum
    for (let i = at; i < at + classCount; i++) out[i] *= scale
  }
}
