import { expect, test } from 'vitest'
import { chebyshevEigenvectors } from '../../../main/segment/chebyshev-eigenvectors.ts'
import { mergeRegions, withoutSpecks } from '../../../main/segment/merge-regions.ts'
import { createOnnxProducts } from '../../../main/inference/onnx-products.ts'

const plane = (rows: string[]): Uint16Array => Uint16Array.from(rows.join(''), Number)

test('specks go to the neighbour with the longest border', () => {
  const labels = plane(['1111', '1211', '3333', '3333'])
  expect([...withoutSpecks(labels, 4, 4, 2)]).toEqual([...plane(['1111', '1111', '3333', '3333'])])
})

test('a picture of specks alone becomes one part, and one of a single pixel stays', () => {
  expect(new Set(withoutSpecks(Uint16Array.from({ length: 36 }, (_, at) => at), 6, 6, 36)).size).toBe(1)
  expect([...withoutSpecks(Uint16Array.of(7), 1, 1, 5)]).toEqual([7])
})

test('neighbours that look alike become one region and others stay apart', () => {
  const columns = 12, rows = 8
  const labels = Int32Array.from({ length: columns * rows }, (_, at) => Math.floor((at % columns) / 4))
  // the left two of three stripes have the same colour
  const features = Float32Array.from({ length: columns * rows }, (_, at) => (at % columns < 8 ? 0.2 : 0.9))
  const { regions, count } = mergeRegions(labels, features, [1], columns, rows)
  expect(count).toBe(2)
  expect([...regions.subarray(0, columns)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
})

test('a cluster in two places is two regions', () => {
  const columns = 9, rows = 6
  const labels = Int32Array.from({ length: columns * rows }, (_, at) => Math.floor((at % columns) / 3) % 2)
  const features = Float32Array.from({ length: columns * rows }, (_, at) => Math.floor((at % columns) / 3) % 2)
  expect(mergeRegions(labels, features, [1], columns, rows).count).toBe(3)
})

test('the eigenvectors of a path of coupled cells are the cosines of the textbook', async () => {
  // doubly stochastic walk on a path of n cells with reflecting ends: eigenvalues ½ + ½ cos(πk/n)
  const n = 40
  const walk = new Float32Array(n * n)
  for (let i = 0; i < n; i++) {
    walk[i * n + i] += 0.5
    walk[i * n + Math.max(0, i - 1)] += 0.25
    walk[i * n + Math.min(n - 1, i + 1)] += 0.25
  }
  const { points, values, residual } = await chebyshevEigenvectors(walk, n, 4, 1, createOnnxProducts(1))
  expect(residual).toBeLessThan(1e-3)
  for (let k = 0; k < 4; k++) {
    expect(values[k]).toBeCloseTo(0.5 + 0.5 * Math.cos((Math.PI * k) / n), 4)
    let along = 0
    for (let i = 0; i < n; i++) along += points[i * 4 + k] * Math.cos((Math.PI * k * (i + 0.5)) / n) * Math.sqrt((k === 0 ? 1 : 2) / n)
    expect(Math.abs(along)).toBeCloseTo(1, 2)
  }
})

test('a spectrum that falls off quickly, with more vectors than it has large values, is right too', async () => {
  // every cell with every other: one eigenvalue ¾ + ¼, all others ¼ — and two separate blocks of it
  const n = 60
  const blocks = Float32Array.from({ length: n * n }, (_, at) => {
    const i = Math.floor(at / n), j = at % n
    return (i === j ? 0.25 : 0) + (i % 2 === j % 2 ? 0.75 / (n / 2) : 0)
  })
  const { points, values, residual } = await chebyshevEigenvectors(blocks, n, 5, 3, createOnnxProducts(1))
  expect([...values].map((value) => Number(value.toFixed(3)))).toEqual([1, 1, 0.25, 0.25, 0.25])
  expect(residual).toBeLessThan(1e-3)
  for (let a = 0; a < 5; a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0
      for (let i = 0; i < n; i++) product += points[i * 5 + a] * points[i * 5 + b]
      expect(product).toBeCloseTo(a === b ? 1 : 0, 4)
    }
  }
})
