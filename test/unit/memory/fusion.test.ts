import { expect, test } from 'vitest'
import { createFusion } from '../../../main/memory/fusion.ts'

/** Unit vector at an angle to the first axis. */
const at = (degrees: number): Float32Array => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
const lesson = (classId: number, degrees: number, positive = true) => ({ classId, positive, vector: at(degrees) })
const text = (...cosines: number[]) => ({ classIds: [7, 8], cosines: Float32Array.from(cosines) })

test('the logits are a hundred times the cosine with the text, and what is near adds α n / (n + n₀) exp(−β(1 − cosine))', () => {
  const weights = { alpha: 3, half: 1, beta: 2 }
  const fusion = createFusion([lesson(7, 0), lesson(7, 60), lesson(8, 90)], weights)
  const first = 100 * 0.25 + 3 * (2 / 3) * (Math.exp(-2 * (1 - Math.cos(Math.PI / 6))) + Math.exp(-2 * (1 - Math.cos(Math.PI / 6))))
  const second = 100 * 0.26 + 3 * (1 / 2) * Math.exp(-2 * (1 - Math.cos(Math.PI / 3)))
  const named = fusion?.name(at(30), text(0.25, 0.26))
  expect(named?.classId).toBe(7)
  const share = 1 / (1 + Math.exp(second - first))
  expect(named?.score).toBeCloseTo(share, 4)
  expect(named?.margin).toBeCloseTo(2 * share - 1, 4)
  expect(named?.entropy).toBeCloseTo(-(share * Math.log(share) + (1 - share) * Math.log(1 - share)) / Math.log(2), 4)
})

test('nothing remembered is no fusion; vectors of another length and classes that cannot be named count for nothing', () => {
  expect(createFusion([])).toBeNull()
  const far = createFusion([{ classId: 7, positive: true, vector: Float32Array.of(1, 0, 0) }])
  expect(far?.name(at(0), text(0.2, 0.3)).classId).toBe(8)
  const other = createFusion([lesson(99, 0)])
  expect(other?.name(at(0), text(0.2, 0.3))).toMatchObject({ classId: 8 })
  expect(other?.name(at(0), { classIds: [], cosines: new Float32Array(0) })).toEqual({ classId: null, score: null, margin: 0, entropy: 1 })
})

test('a rejected region counts against its class, where a person took the name away', () => {
  const even = text(0.3, 0.3)
  expect(createFusion([lesson(8, 0)])?.name(at(1), even).classId).toBe(8)
  expect(createFusion([lesson(8, 0, false)])?.name(at(1), even).classId).toBe(7)
  expect(createFusion([lesson(7, 0, false)])?.name(at(1), even).classId).toBe(8)
})

test('only the ten nearest vote, however many are remembered', () => {
  const near = Array.from({ length: 10 }, () => lesson(7, 5))
  const many = Array.from({ length: 500 }, () => lesson(8, 40))
  expect(createFusion([...many, ...near])?.name(at(0), text(0.3, 0.3)).classId).toBe(7)
})
