import type { Products } from '../../../main/products/products.ts'

/** Triple loops in double, rounded once: the reference the tests run on. */
export const naiveProducts: Products = {
  multiply: async (a, b, m, k, n) => gemm(m, n, k, (i, t) => a[i * k + t], (t, j) => b[t * n + j]),
  multiplyTransposed: async (a, b, m, k, n) => gemm(m, n, k, (i, t) => a[i * k + t], (t, j) => b[j * k + t]),
  transposedMultiply: async (a, b, m, k, n) => gemm(k, n, m, (i, t) => a[t * k + i], (t, j) => b[t * n + j]),
  hold: async (a, m, k) => ({
    times: (b, n) => naiveProducts.multiply(a, b, m, k, n),
    transposedTimes: (b, n) => naiveProducts.transposedMultiply(a, b, m, k, n),
    release: () => undefined,
  }),
}

function gemm(rows: number, columns: number, depth: number, a: (i: number, t: number) => number, b: (t: number, j: number) => number): Float32Array {
  const out = new Float32Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0
      for (let t = 0; t < depth; t++) sum += a(i, t) * b(t, j)
      out[i * columns + j] = sum
    }
  }
  return out
}
