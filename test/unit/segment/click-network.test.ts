import { expect, test } from 'vitest'
import { EVIDENCE_COUNT } from '../../../main/segment/click-evidence.ts'
import { clickOdds } from '../../../main/segment/click-network.ts'
import { CLICK_NETWORKS } from '../../../main/segment/click-weights.ts'

const network = { first: [[1, -1], [2, 0]], firstBias: [0, -1], second: [[1, 1]], secondBias: [0.5], last: [-2], lastBias: 3 }

test('three layers, rectified between them', () => {
  // the first layer gives (max(0, a − b), max(0, 2a − 1)), the second their sum and a half
  expect([...clickOdds(network, [Float32Array.of(1, 0, 9, 2), Float32Array.of(0, 5, 9, 3)], Uint8Array.of(1, 1, 0, 1))]).toEqual([3 - 2 * 2.5, 3 - 2 * 0.5, 0, 3 - 2 * 3.5])
})

test('many px and inputs: each as by itself', () => {
  const n = 600, wide = { ...network, first: [[1, -1, 0.5, 2, -0.25], [2, 0, 0, 0, 1]] }
  const planes = Array.from({ length: 5 }, (_, k) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * (k + 1))))
  const allowed = Uint8Array.from({ length: n }, (_, i) => (i % 7 === 0 ? 0 : 1))
  const dot = (weights: readonly number[], values: readonly number[]): number => weights.reduce((sum, weight, k) => sum + weight * values[k], 0)
  clickOdds(wide, planes, allowed).forEach((odds, i) => {
    const first = wide.first.map((row, unit) => Math.max(0, dot(row, planes.map((plane) => plane[i])) + wide.firstBias[unit]))
    const second = wide.second.map((row, unit) => Math.max(0, dot(row, first) + wide.secondBias[unit]))
    expect(odds).toBeCloseTo(allowed[i] === 0 ? 0 : dot(wide.last, second) + wide.lastBias, 5)
  })
})

test('a network of other inputs is refused', () => {
  expect(() => clickOdds(network, [Float32Array.of(1)], Uint8Array.of(1))).toThrow('2 weights for 1 inputs')
})

test('the networks that ship take what there is to judge by', () => {
  for (const { first, firstBias, second, secondBias, last } of Object.values(CLICK_NETWORKS)) {
    expect(first.every((row) => row.length === EVIDENCE_COUNT)).toBe(true)
    expect([firstBias.length, second.every((row) => row.length === first.length), secondBias.length, last.length]).toEqual([first.length, true, second.length, second.length])
  }
})
