import { expect, test } from 'vitest'
import { areaOf, encodePlane } from '../../../main/masks/rle.ts'
import { labelRegions, regionDisagreement, regionScore, withoutBorderDots } from '../../../main/pipeline/label-proposals.ts'
import { planWindows, windowFeatures } from '../../../main/pipeline/window-features.ts'
import { NO_CLASS } from '../../../main/segment/score-maps.ts'

const O = NO_CLASS
/** Two things of class 0, stuff of class 1 in three parts, a place of no class. */
const LABELS = Uint16Array.from([
  0, 0, 1, 1, 1, 0,
  0, 0, 1, O, 1, 0,
  1, 1, 0, O, 0, 1,
])

test('things are one region a connected part, stuff is one region; largest first, no class is none', () => {
  const regions = labelRegions(LABELS, 6, 3, (label) => label === 1, 0)
  expect(regions.map(({ label, areaPx2 }) => [label, areaPx2])).toEqual([[1, 8], [0, 4], [0, 2], [0, 1], [0, 1]])
  for (const { mask, areaPx2 } of regions) expect(areaOf(mask)).toBe(areaPx2)
})

test('what is too small is left out; a stuff class counts as a whole', () => {
  expect(labelRegions(LABELS, 6, 3, (label) => label === 1, 2).map(({ label, areaPx2 }) => [label, areaPx2])).toEqual([[1, 8], [0, 4], [0, 2]])
  expect(labelRegions(LABELS, 6, 3, () => false, 5).map(({ areaPx2 }) => areaPx2)).toEqual([5])
})

test('dots of less than half a cell go to what is around them, of a class or of none; what fills half a cell stays', () => {
  // cells of 4×2 px, so that dots are of 3 px and less
  const labels = Uint16Array.from([
    0, 0, 0, 1, O, O, O, O,
    0, O, 0, 0, O, 1, O, O,
    0, 0, 0, 0, O, 2, 2, O,
    0, 0, 0, 0, O, 2, 2, O,
    0, 0, 0, 0, O, O, O, O,
    0, 1, 0, 0, O, O, O, O,
  ])
  expect([...withoutBorderDots({ labels, width: 8, height: 6, grid: { width: 2, height: 3 } })]).toEqual([
    0, 0, 0, 0, O, O, O, O,
    0, 0, 0, 0, O, O, O, O,
    0, 0, 0, 0, O, 2, 2, O,
    0, 0, 0, 0, O, 2, 2, O,
    0, 0, 0, 0, O, O, O, O,
    0, 0, 0, 0, O, O, O, O,
  ])
})

test('a region’s score is the mean share of its class over its cells, by area', () => {
  // 2×1 cells: 0.75 of class 7 here, 0.25 there; rows need not sum to 1
  const channels = { p: Float32Array.of(1.5, 0.5, 0.25, 0.75), classes: [7, 9] }
  const whole = labelRegions(new Uint16Array(8).fill(7), 4, 2, () => true, 0)[0].mask
  const left = labelRegions(Uint16Array.from([7, 7, O, O, 7, 7, O, O]), 4, 2, () => true, 0)[0].mask
  const grid = { width: 2, height: 1 }
  expect(regionScore(channels, grid, whole, 4, 2, 7)).toEqual({ score: 0.5, margin: 0, entropy: 1 })
  expect(regionScore(channels, grid, left, 4, 2, 7)).toMatchObject({ score: 0.75, margin: 0.5 })
  expect(regionScore(channels, grid, left, 4, 2, 9)).toMatchObject({ score: 0.25, margin: 0 })
  expect(regionScore({ p: Float32Array.of(1, 1), classes: [7] }, grid, left, 4, 2, 7)).toEqual({ score: 1, margin: 1, entropy: 0 })
})

test('a region is disputed as far as the scores alone give its cells another class', () => {
  const grid = { width: 2, height: 1 }
  const whole = encodePlane(new Uint8Array(8).fill(1), 4, 2)
  expect(regionDisagreement(Uint16Array.of(7, 7), grid, whole, 4, 2, 7)).toBe(0)
  expect(regionDisagreement(Uint16Array.of(7, 9), grid, whole, 4, 2, 7)).toBe(0.5)
  expect(regionDisagreement(Uint16Array.of(O, 9), grid, whole, 4, 2, 7)).toBe(1)
})

test('windows of a pack of 448 px are the published ones: 336 px, 112 apart, the last at the edge', () => {
  expect(planWindows(640, 480, 448, 16)).toEqual({ width: 448, height: 336, side: 336, places: [{ x: 0, y: 0 }, { x: 112, y: 0 }] })
  expect(planWindows(300, 600, 448, 16)).toMatchObject({ width: 336, height: 672, places: [{ x: 0, y: 0 }, { x: 0, y: 112 }, { x: 0, y: 224 }, { x: 0, y: 336 }] })
  expect(planWindows(100, 100, 448, 16).places).toEqual([{ x: 0, y: 0 }])
})

test('features of windows lie where their window lay, averaged where windows overlap', async () => {
  const plan = { width: 6, height: 4, side: 4, places: [{ x: 0, y: 0 }, { x: 2, y: 0 }] }
  // each pixel's red says where it is; a window's feature of a cell is the red of its first pixel, and the window's number
  const rgb = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => (i % 3 === 0 ? i / 3 : 0))
  let window = 0
  const { features, h, w, size } = await windowFeatures(rgb, plan, 2, (cut) => {
    window++
    return Promise.resolve({ features: Float32Array.from([0, 2, 8, 10].flatMap((pixel) => [cut[pixel * 3], window])), h: 2, w: 2, size: 2 })
  })
  expect([h, w, size]).toEqual([2, 3, 2])
  expect([...features]).toEqual([0, 1, 2, 1.5, 4, 2, 12, 1, 14, 1.5, 16, 2])
})
