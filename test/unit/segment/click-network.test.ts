import { expect, test } from 'vitest'
import { EVIDENCE_COUNT } from '../../../main/segment/px-evidence.ts'
import { clickOdds } from '../../../main/segment/click-network.ts'
import { CLICK_NETWORKS } from '../../../main/segment/click-weights.ts'
import { naiveProducts } from './naive-products.ts'

const network = { first: [[1, -1], [2, 0]], firstBias: [0, -1], second: [[1, 1]], secondBias: [0.5], last: [-2], lastBias: 3 }

test('three layers, rectified between them', async () => {
  // the first layer gives (max(0, a − b), max(0, 2a − 1)), the second their sum and a half
  expect([...await clickOdds(network, Float32Array.of(1, 0, 9, 2, 0, 5, 9, 3), Uint8Array.of(1, 1, 0, 1), naiveProducts)]).toEqual([3 - 2 * 2.5, 3 - 2 * 0.5, 0, 3 - 2 * 3.5])
})

test('many px and inputs: each as by itself', async () => {
  const n = 600, wide = { ...network, first: [[1, -1, 0.5, 2, -0.25], [2, 0, 0, 0, 1]] }
  const evidence = Float32Array.from({ length: 5 * n }, (_, at) => Math.sin((at % n) * (Math.floor(at / n) + 1)))
  const allowed = Uint8Array.from({ length: n }, (_, i) => (i % 7 === 0 ? 0 : 1))
  const dot = (weights: readonly number[], values: readonly number[]): number => weights.reduce((sum, weight, k) => sum + weight * values[k], 0)
  const found = await clickOdds(wide, evidence, allowed, naiveProducts)
  found.forEach((odds, i) => {
    const first = wide.first.map((row, unit) => Math.max(0, dot(row, Array.from({ length: 5 }, (_, k) => evidence[k * n + i])) + wide.firstBias[unit]))
    const second = wide.second.map((row, unit) => Math.max(0, dot(row, first) + wide.secondBias[unit]))
    expect(odds).toBeCloseTo(allowed[i] === 0 ? 0 : dot(wide.last, second) + wide.lastBias, 5)
  })
})

test('a network of other inputs is refused', async () => {
  await expect(clickOdds(network, Float32Array.of(1), Uint8Array.of(1), naiveProducts)).rejects.toThrow('the network takes 2 inputs, and there are 1')
})

test('the networks that ship take what there is to judge by', () => {
  for (const { first, firstBias, second, secondBias, last } of Object.values(CLICK_NETWORKS)) {
    expect(first.every((row) => row.length === EVIDENCE_COUNT)).toBe(true)
    expect([firstBias.length, second.every((row) => row.length === first.length), secondBias.length, last.length]).toEqual([first.length, true, second.length, second.length])
  }
})
