export interface Eigen {
  /** f64[m], descending */
  readonly values: Float64Array
  /** f64[m, m], row i is the unit eigenvector of values[i] */
  readonly vectors: Float64Array
}

/**
 * All eigenpairs of a small dense symmetric matrix: Householder tridiagonalisation, then implicit QL (the classical
 * EISPACK pair tred2/tql2; Golub & Van Loan §8.3). O(m³).
 * @param matrix f64[m, m], only its lower triangle is read
 * @throws Error when QL needs more than 60 sweeps for one value (a NaN in the input)
 */
export function symmetricEigen(matrix: Float64Array, m: number): Eigen {
  // z is column-major in effect: z[i*m + j]; rows are transformed so that column j ends as eigenvector j.
  const z = matrix.slice(0, m * m)
  const d = new Float64Array(m)
  const e = new Float64Array(m)
  for (let i = m - 1; i > 0; i--) {
    const last = i - 1
    let h = 0
    let scale = 0
    for (let k = 0; k <= last; k++) scale += Math.abs(z[i * m + k])
    if (last === 0 || scale === 0) {
      e[i] = z[i * m + last]
    } else {
      for (let k = 0; k <= last; k++) {
        z[i * m + k] /= scale
        h += z[i * m + k] * z[i * m + k]
      }
      const f = z[i * m + last]
      const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h)
      e[i] = scale * g
      h -= f * g
      z[i * m + last] = f - g
      let sum = 0
      for (let j = 0; j <= last; j++) {
        z[j * m + i] = z[i * m + j] / h
        let product = 0
        for (let k = 0; k <= j; k++) product += z[j * m + k] * z[i * m + k]
        for (let k = j + 1; k <= last; k++) product += z[k * m + j] * z[i * m + k]
        e[j] = product / h
        sum += e[j] * z[i * m + j]
      }
      const half = sum / (h + h)
      for (let j = 0; j <= last; j++) {
        const u = z[i * m + j]
        const q = (e[j] -= half * u)
        for (let k = 0; k <= j; k++) z[j * m + k] -= u * e[k] + q * z[i * m + k]
      }
    }
    d[i] = h
  }
  d[0] = 0
  e[0] = 0
  for (let i = 0; i < m; i++) {
    if (d[i] !== 0) {
      for (let j = 0; j < i; j++) {
        let g = 0
        for (let k = 0; k < i; k++) g += z[i * m + k] * z[k * m + j]
        for (let k = 0; k < i; k++) z[k * m + j] -= g * z[k * m + i]
      }
    }
    d[i] = z[i * m + i]
    z[i * m + i] = 1
    for (let j = 0; j < i; j++) {
      z[j * m + i] = 0
      z[i * m + j] = 0
    }
  }
  // QL rotates pairs of columns; on the transpose these are contiguous rows.
  const rows = new Float64Array(m * m)
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) rows[j * m + i] = z[i * m + j]
  for (let i = 1; i < m; i++) e[i - 1] = e[i]
  if (m > 0) e[m - 1] = 0
  for (let l = 0; l < m; l++) {
    for (let sweep = 0; ; sweep++) {
      let end = l
      while (end < m - 1 && Math.abs(e[end]) > Number.EPSILON * (Math.abs(d[end]) + Math.abs(d[end + 1]))) end++
      if (end === l) break
      if (sweep === 60) throw new Error('the small eigenproblem did not converge in 60 sweeps; does the matrix hold a NaN?')
      let g = (d[l + 1] - d[l]) / (2 * e[l])
      let r = Math.hypot(g, 1)
      g = d[end] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
      let s = 1
      let c = 1
      let p = 0
      let i = end - 1
      for (; i >= l; i--) {
        const f = s * e[i]
        const b = c * e[i]
        r = Math.hypot(f, g)
        e[i + 1] = r
        if (r === 0) {
          d[i + 1] -= p
          e[end] = 0
          break
        }
        s = f / r
        c = g / r
        g = d[i + 1] - p
        const t = (d[i] - g) * s + 2 * c * b
        p = s * t
        d[i + 1] = g + p
        g = c * t - b
        for (let k = 0, low = i * m, high = low + m; k < m; k++, low++, high++) {
          const upper = rows[high]
          const lower = rows[low]
          rows[high] = s * lower + c * upper
          rows[low] = c * lower - s * upper
        }
      }
      if (r === 0 && i >= l) continue
      d[l] -= p
      e[l] = g
      e[end] = 0
    }
  }
  const order = Array.from({ length: m }, (_, i) => i).sort((a, b) => d[b] - d[a])
  const values = new Float64Array(m)
  const vectors = new Float64Array(m * m)
  order.forEach((from, to) => {
    values[to] = d[from]
    vectors.set(rows.subarray(from * m, (from + 1) * m), to * m)
  })
  return { values, vectors }
}
