import { expect, test } from 'vitest'
import { DISTANCE_MAX, nearestPrototypes, type Prototype } from '../../../main/memory/prototypes.ts'

const at = (classId: number, x: number, y: number, positive = true): Prototype => ({ classId, positive, vector: Float32Array.of(x, y) })

test('a region is of the class of what it resembles, the surer the nearer', () => {
  const known = [at(1, 0, 0), at(2, 1, 1)]
  const near = nearestPrototypes(Float32Array.of(0.02, 0), known)
  const further = nearestPrototypes(Float32Array.of(0.3, 0), known)
  expect(near.classId).toBe(1)
  expect(further.classId).toBe(1)
  expect(near.score).toBeGreaterThan(0.9)
  expect(further.score).toBeLessThan(near.score ?? 0)
})

test('nothing near, nothing known and nothing comparable mean no class', () => {
  const none = { classId: null, score: null }
  expect(nearestPrototypes(Float32Array.of(DISTANCE_MAX + 0.01, 0), [at(1, 0, 0)])).toEqual(none)
  expect(nearestPrototypes(Float32Array.of(0, 0), [])).toEqual(none)
  expect(nearestPrototypes(Float32Array.of(0, 0, 0), [at(1, 0, 0)])).toEqual(none)
  expect(nearestPrototypes(new Float32Array(0), [{ classId: 1, positive: true, vector: new Float32Array(0) }])).toEqual(none)
})

test('what was rejected speaks against its class and for no other', () => {
  expect(nearestPrototypes(Float32Array.of(0, 0), [at(1, 0.1, 0), at(1, 0, 0, false)]).classId).toBeNull()
  expect(nearestPrototypes(Float32Array.of(0, 0), [at(1, 0, 0, false), at(2, 0.2, 0)]).classId).toBe(2)
})

test('several of one class outvote a single one a little nearer, and an even contest is less sure', () => {
  const many = [at(1, 0.1, 0), at(2, 0.12, 0), at(2, 0, 0.12), at(2, -0.12, 0)]
  expect(nearestPrototypes(Float32Array.of(0, 0), many).classId).toBe(2)
  const alone = nearestPrototypes(Float32Array.of(0, 0), [at(1, 0.1, 0)]).score ?? 0
  const contested = nearestPrototypes(Float32Array.of(0, 0), [at(1, 0.1, 0), at(2, 0.101, 0)]).score ?? 0
  expect(contested).toBeLessThan(alone)
})
