/**
 * Inner products of some vectors with many: C[p, n] = A[p, d] · B[n, d]ᵀ. Four of A go through two of B at a time, so that a number
 * is fetched once for several products and the sums do not wait for one another. O(p · n · d).
 * @param few   p vectors f32[d]
 * @param many  f32[n, d], one after another
 * @returns f32[p, n]
 */
export function cosines(few: readonly Float32Array[], many: Float32Array, d: number): Float32Array {
  const n = many.length / d
  const out = new Float32Array(few.length * n)
  const whole = few.length - (few.length % 4)
  for (let p = 0; p < whole; p += 4) four(few.slice(p, p + 4), many, d, out.subarray(p * n, (p + 4) * n))
  for (let p = whole; p < few.length; p++) one(few[p], many, d, out.subarray(p * n, (p + 1) * n))
  return out
}

/** @param out f32[4, n] */
function four([a0, a1, a2, a3]: readonly Float32Array[], many: Float32Array, d: number, out: Float32Array): void {
  const n = many.length / d
  for (let j = 0; j < n; j += 2) {
    // an odd last one twice
    const next = Math.min(j + 1, n - 1)
    const b0 = j * d, b1 = next * d
    let s00 = 0, s10 = 0, s20 = 0, s30 = 0, s01 = 0, s11 = 0, s21 = 0, s31 = 0
    for (let k = 0; k < d; k++) {
      const x = many[b0 + k], y = many[b1 + k]
      s00 += a0[k] * x
      s01 += a0[k] * y
      s10 += a1[k] * x
      s11 += a1[k] * y
      s20 += a2[k] * x
      s21 += a2[k] * y
      s30 += a3[k] * x
      s31 += a3[k] * y
    }
    out[j] = s00
    out[next] = s01
    out[n + j] = s10
    out[n + next] = s11
    out[2 * n + j] = s20
    out[2 * n + next] = s21
    out[3 * n + j] = s30
    out[3 * n + next] = s31
  }
}

/** @param out f32[n] */
function one(a: Float32Array, many: Float32Array, d: number, out: Float32Array): void {
  for (let j = 0, at = 0; j < out.length; j++, at += d) {
    let first = 0, second = 0, third = 0, fourth = 0, k = 0
    for (; k + 3 < d; k += 4) {
      first += a[k] * many[at + k]
      second += a[k + 1] * many[at + k + 1]
      third += a[k + 2] * many[at + k + 2]
      fourth += a[k + 3] * many[at + k + 3]
    }
    for (; k < d; k++) first += a[k] * many[at + k]
    out[j] = first + second + third + fourth
  }
}
