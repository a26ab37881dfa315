import { expect, test } from 'vitest'
import { createOnnxProducts } from '../../../main/inference/onnx-products.ts'

/** f32 sums of a few hundred products of numbers below one, added in another order */
const TOLERANCE = 1e-4

function seeded(length: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  })
}

/** C[m, n] = A · B by the definition, A and B read through their own index. */
function naive(m: number, k: number, n: number, a: (i: number, l: number) => number, b: (l: number, j: number) => number): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    let sum = 0
    for (let l = 0; l < k; l++) sum += a(Math.floor(at / n), l) * b(l, at % n)
    return sum
  })
}

const worst = (got: Float32Array, want: number[]): number => {
  expect(got.length).toBe(want.length)
  return Math.max(0, ...want.map((value, i) => Math.abs(value - got[i])))
}

const products = createOnnxProducts(2)

test('two small matrices multiply as on paper', async () => {
  expect([...await products.multiply(Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 0, 0, 1, 1, 1), 2, 3, 2)]).toEqual([4, 5, 10, 11])
})

for (const [m, k, n] of [[1, 1, 1], [5, 3, 7], [1, 300, 4], [64, 17, 1], [33, 129, 65]]) {
  test(`the three products of ${m}×${k}×${n} agree with the definition`, async () => {
    const a = seeded(m * k, 1), b = seeded(k * n, 2), bt = seeded(n * k, 3), c = seeded(m * n, 4)
    expect(worst(await products.multiply(a, b, m, k, n), naive(m, k, n, (i, l) => a[i * k + l], (l, j) => b[l * n + j]))).toBeLessThan(TOLERANCE)
    expect(worst(await products.multiplyTransposed(a, bt, m, k, n), naive(m, k, n, (i, l) => a[i * k + l], (l, j) => bt[j * k + l]))).toBeLessThan(TOLERANCE)
    expect(worst(await products.transposedMultiply(a, c, m, k, n), naive(k, m, n, (i, l) => a[l * k + i], (l, j) => c[l * n + j]))).toBeLessThan(TOLERANCE)
  })
}

test('a held matrix multiplies from both sides until it is released', async () => {
  const a = seeded(12, 5), b = seeded(6, 6), c = seeded(8, 7)
  const held = await products.hold(a, 4, 3)
  expect(worst(await held.times(b, 2), naive(4, 3, 2, (i, l) => a[i * 3 + l], (l, j) => b[l * 2 + j]))).toBeLessThan(TOLERANCE)
  expect(worst(await held.transposedTimes(c, 2), naive(3, 4, 2, (i, l) => a[l * 3 + i], (l, j) => c[l * 2 + j]))).toBeLessThan(TOLERANCE)
  held.release()
  await expect(held.times(b, 2)).rejects.toThrow(/released/)
})

test('inputs are left as they were and outputs are new', async () => {
  const a = seeded(9, 8)
  const before = [...a]
  const product = await products.multiply(a, a, 3, 3, 3)
  expect([...a]).toEqual(before)
  expect(product.buffer).not.toBe(a.buffer)
})

test('a matrix of the wrong size is refused by name and size', async () => {
  await expect(products.multiply(new Float32Array(5), new Float32Array(4), 2, 2, 2)).rejects.toThrow('matrix A has 5 values; 2 × 2 needs 4')
})

test('a product without rows is empty', async () => {
  expect(await products.multiply(new Float32Array(0), new Float32Array(4), 0, 2, 2)).toHaveLength(0)
})
