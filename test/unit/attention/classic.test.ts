import { expect, test } from 'vitest'
import { classicAffinity } from '../../../main/attention/classic-affinity.ts'
import { CELL_PX, CLASSIC_FEATURES, classicFeatures } from '../../../main/attention/classic-features.ts'
import { labPlanes } from '../../../main/attention/lab-colour.ts'
import { regionVector } from '../../../main/attention/region-vector.ts'
import { createOnnxProducts } from '../../../main/inference/onnx-products.ts'
import { encodePlane } from '../../../main/masks/rle.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

const products = createOnnxProducts(2)
/** f32 sums of a few hundred values */
const TOLERANCE = 2e-5
const SIDE = 12

function picture(columns: number, rows: number, colour: (x: number, y: number) => readonly [number, number, number]): Uint8Array {
  const width = columns * CELL_PX
  return Uint8Array.from({ length: width * rows * CELL_PX * 3 }, (_, at) => colour(Math.floor(at / 3) % width, Math.floor(at / 3 / width))[at % 3])
}
function noisy(seed: number): Uint8Array {
  const random = seededRandom(seed)
  const width = SIDE * CELL_PX
  const values = Float64Array.from({ length: width * width }, random)
  return picture(SIDE, SIDE, (x, y) => {
    const base = x < width / 2 ? [200, 60, 40] as const : [30, 90, 180] as const
    const noise = 50 * values[y * width + x]
    return [base[0] + noise, base[1] + noise, base[2] + noise]
  })
}
const mirrored = (rgb: Uint8Array, width: number): Uint8Array =>
  Uint8Array.from({ length: rgb.length }, (_, at) => {
    const pixel = Math.floor(at / 3), x = pixel % width
    return rgb[3 * (pixel - x + (width - 1 - x)) + (at % 3)]
  })

test('white, black, red and blue have the Lab values of the standard', () => {
  const planes = labPlanes(Uint8Array.of(255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 0, 255), 4)
  const expected = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.2], [32.3, 79.19, -107.86]]
  expected.forEach((lab, pixel) => lab.forEach((value, channel) => expect(100 * planes[channel][pixel]).toBeCloseTo(value, 1)))
})

test('the rows of the affinity sum to 1, and no entry is negative', async () => {
  const affinity = await classicAffinity(classicFeatures(noisy(1), SIDE, SIDE), products)
  const n = SIDE * SIDE
  for (let i = 0; i < n; i++) {
    const row = affinity.subarray(i * n, (i + 1) * n)
    expect(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(TOLERANCE)
    expect(Math.min(...row)).toBeGreaterThanOrEqual(0)
  }
})

test('the affinity is close to symmetric, so that its columns sum to nearly 1', async () => {
  const affinity = await classicAffinity(classicFeatures(noisy(2), SIDE, SIDE), products)
  const n = SIDE * SIDE
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += affinity[i * n + j]
    expect(sum).toBeCloseTo(1, 2)
  }
})

test('cells of one half belong together more than cells across the edge', async () => {
  const affinity = await classicAffinity(classicFeatures(noisy(3), SIDE, SIDE), products)
  const n = SIDE * SIDE
  const cell = (x: number, y: number) => y * SIDE + x
  expect(affinity[cell(2, 5) * n + cell(4, 5)]).toBeGreaterThan(10 * affinity[cell(5, 5) * n + cell(7, 5)])
})

test('a mirrored picture has the mirrored affinity', async () => {
  const rgb = noisy(4)
  const n = SIDE * SIDE
  const a = await classicAffinity(classicFeatures(rgb, SIDE, SIDE), products)
  const b = await classicAffinity(classicFeatures(mirrored(rgb, SIDE * CELL_PX), SIDE, SIDE), products)
  const flip = (cell: number) => cell - (cell % SIDE) + (SIDE - 1 - (cell % SIDE))
  let worst = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) worst = Math.max(worst, Math.abs(a[i * n + j] - b[flip(i) * n + flip(j)]))
  expect(worst).toBeLessThan(TOLERANCE)
})

test('a constant picture has no texture, no contrast and an affinity of places alone', async () => {
  const features = classicFeatures(picture(SIDE, SIDE, () => [120, 120, 120]), SIDE, SIDE)
  const column = (name: (typeof CLASSIC_FEATURES)[number]) => features.values.filter((_, at) => at % features.count === CLASSIC_FEATURES.indexOf(name))
  for (const name of ['L-contrast', 'texture-0', 'texture-90'] as const) expect(Math.max(...column(name))).toBeLessThan(1e-3)
  const affinity = await classicAffinity(features, products)
  const n = SIDE * SIDE
  expect(affinity.every(Number.isFinite)).toBe(true)
  expect(affinity[0 * n + 1]).toBeGreaterThan(affinity[0 * n + 5])
})

test('a picture one cell wide works, and a picture of the wrong size is refused', async () => {
  const features = classicFeatures(picture(1, 9, (_, y) => [10 * y, 40, 90]), 1, 9)
  const affinity = await classicAffinity(features, products)
  for (let i = 0; i < 9; i++) expect(affinity.subarray(i * 9, (i + 1) * 9).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4)
  expect(() => classicFeatures(new Uint8Array(10), 1, 9)).toThrow('the picture has 10 bytes; a grid of 1 × 9 cells needs 4 × 36 × 3 = 432')
})

test('a vertical edge is texture of orientation 0 and a horizontal one of orientation 90', () => {
  const mean = (rgb: Uint8Array, name: (typeof CLASSIC_FEATURES)[number]) => {
    const { values, count } = classicFeatures(rgb, SIDE, SIDE)
    return values.filter((_, at) => at % count === CLASSIC_FEATURES.indexOf(name)).reduce((sum, value) => sum + value, 0)
  }
  const stripes = picture(SIDE, SIDE, (x) => (x % 6 < 3 ? [255, 255, 255] : [0, 0, 0]))
  expect(mean(stripes, 'texture-0')).toBeGreaterThan(1)
  expect(mean(stripes, 'texture-90')).toBe(0)
})

test('a region looks like its mirror image, unlike another colour, and an empty mask like nothing', () => {
  const rgb = noisy(5), width = SIDE * CELL_PX
  const features = classicFeatures(rgb, SIDE, SIDE)
  const half = (left: boolean) => encodePlane(Uint8Array.from({ length: width * width }, (_, at) => ((at % width < width / 2) === left ? 1 : 0)), width, width)
  const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, k) => value - b[k]))
  const one = regionVector(features, half(true), width, width)
  const same = regionVector(classicFeatures(mirrored(rgb, width), SIDE, SIDE), half(false), width, width)
  const other = regionVector(features, half(false), width, width)
  expect(distance(one, same)).toBeLessThan(1e-4)
  expect(distance(one, other)).toBeGreaterThan(0.5)
  expect(regionVector(features, encodePlane(new Uint8Array(width * width), width, width), width, width)).toHaveLength(0)
})
