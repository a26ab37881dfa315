import { expect, test } from 'vitest'
import { arrivalTimes, clickMembership, prepareClicks, STEPS_MAX, sweepThreshold } from '../../../main/segment/smart-click.ts'

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
