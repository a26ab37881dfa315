import { expect, test } from 'vitest'
import { arrivalTimes, clickMembership, prepareClicks, STEPS_MAX, sweepThreshold } from '../../../main/segment/smart-click.ts'
import { prepareGeodesic, spreadGeodesic } from '../../../main/segment/click-geodesic.ts'
import { createClickWays } from '../../../main/segment/click-ways.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

const SIDE = 8, N = SIDE * SIDE
/** Cells of the left and right half hold together; a little leads across. */
function halves(): Float32Array {
  const affinity = new Float32Array(N * N)
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      const far = Math.hypot((i % SIDE) - (j % SIDE), Math.floor(i / SIDE) - Math.floor(j / SIDE))
      const same = i % SIDE < SIDE / 2 === j % SIDE < SIDE / 2
      affinity[i * N + j] = Math.exp(-far * far / 2) * (same ? 1 : 0.01)
    }
  }
  return affinity
}
const inLeft = (cell: number): boolean => cell % SIDE < SIDE / 2

test('the prepared affinity is symmetric and doubly stochastic', () => {
  const { starts, cells, weights } = prepareClicks(halves(), SIDE, SIDE)
  const dense = new Float32Array(N * N)
  for (let i = 0; i < N; i++) for (let at = starts[i]; at < starts[i + 1]; at++) dense[i * N + cells[at]] = weights[at]
  for (let i = 0; i < N; i++) {
    let sum = 0
    for (let j = 0; j < N; j++) {
      sum += dense[i * N + j]
      expect(dense[i * N + j]).toBeCloseTo(dense[j * N + i], 6)
    }
    expect(sum).toBeCloseTo(1, 1)
  }
  expect(() => prepareClicks(new Float32Array(3), SIDE, SIDE)).toThrow(/64 cells|4096/)
})

test('a walk reaches what holds together first, and the sweep stops at the border', () => {
  const graph = prepareClicks(halves(), SIDE, SIDE)
  const click = 3 * SIDE + 1
  const times = arrivalTimes(graph, click)
  expect(times[click]).toBe(0)
  const left = [...times].filter((_, cell) => inLeft(cell)), right = [...times].filter((_, cell) => !inLeft(cell))
  expect(Math.max(...left)).toBeLessThan(Math.min(...right))
  expect(Math.max(...right)).toBeLessThanOrEqual(STEPS_MAX + 1)
  const threshold = sweepThreshold(graph, times)
  expect([...times].map((time) => time <= threshold)).toEqual(Array.from({ length: N }, (_, cell) => inLeft(cell)))
})

test('the nearest click wins', () => {
  const graph = prepareClicks(halves(), SIDE, SIDE)
  const cells = [3 * SIDE + 1, 3 * SIDE + 6]
  const clicks = cells.map((cell, k) => ({ x: cell % SIDE, y: 3, include: k === 0 }))
  const membership = clickMembership(clicks, cells.map((cell) => arrivalTimes(graph, cell)), Infinity)
  expect([...membership].map((value) => value > 0)).toEqual(Array.from({ length: N }, (_, cell) => inLeft(cell)))
})

const FAR = 100
/** f32[height, width] of seeds alone */
function fromSeeds(lab: readonly Float32Array[], width: number, height: number, seeds: readonly number[], far = FAR): Float32Array {
  const distance = new Float32Array(width * height).fill(Infinity)
  spreadGeodesic(prepareGeodesic(lab, width, height), distance, seeds, far)
  return distance
}

test('the way of least colour change goes round a wall', () => {
  const lightness = new Float32Array(25)
  for (let y = 0; y < 4; y++) lightness[y * 5 + 2] = 1
  const flat = new Float32Array(25)
  const distance = fromSeeds([lightness, flat, flat], 5, 5, [0])
  expect(distance[0]).toBe(0)
  // down, across below the wall, up again: 12 steps and no change of colour
  expect(distance[4]).toBeCloseTo(12 * 0.004, 5)
  expect(distance[2]).toBeGreaterThan(1)
  expect(fromSeeds([lightness, flat, flat], 5, 5, [])[0]).toBe(Infinity)
  // ways are followed as far as asked: two steps
  expect([...fromSeeds([flat, flat, flat], 5, 5, [0], 0.009)].filter((value) => value < Infinity)).toHaveLength(6)
})

/** The naive version: the cheapest of all px that are open, again and again. */
function dijkstra([lightness, a, b]: readonly Float32Array[], width: number, height: number, seeds: readonly number[]): Float64Array {
  const distance = new Float64Array(width * height).fill(Infinity), done = new Set<number>()
  for (const seed of seeds) distance[seed] = 0
  while (done.size < distance.length) {
    let at = -1
    distance.forEach((value, i) => { if (!done.has(i) && (at < 0 || value < distance[at])) at = i })
    done.add(at)
    for (const to of [at % width > 0 ? at - 1 : -1, at % width < width - 1 ? at + 1 : -1, at - width, at + width]) {
      if (to >= 0 && to < distance.length) distance[to] = Math.min(distance[to], distance[at] + 0.004 + Math.abs(lightness[at] - lightness[to]) + Math.abs(a[at] - a[to]) + Math.abs(b[at] - b[to]))
    }
  }
  return distance
}

test('one click more, one less: ways kept from the question before are those found anew', () => {
  const width = 17, height = 13
  const random = seededRandom(3)
  const lab = [0, 1, 2].map(() => Float32Array.from({ length: width * height }, () => 0.2 * random()))
  const ways = createClickWays(prepareGeodesic(lab, width, height))
  for (const seeds of [[40], [40, 171], [171, 40, 9], [9, 171], []]) {
    const found = ways.from(seeds, FAR), wanted = dijkstra(lab, width, height, seeds)
    // f32 sums along a way of some tens of px
    found.forEach((value, i) => { expect(value === wanted[i] || Math.abs(value - wanted[i]) < 1e-5, `px ${i} from ${String(seeds)}: ${value}, not ${wanted[i]}`).toBe(true) })
  }
})
