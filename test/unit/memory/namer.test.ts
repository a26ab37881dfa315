import { expect, test } from 'vitest'
import { addShares, growTree } from '../../../main/memory/forest.ts'
import { trainNamer } from '../../../main/memory/namer.ts'
import type { Prototype } from '../../../main/memory/prototypes.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

const LAYOUT = { samples: 4, columns: 3 }
/** A region vector of two numbers, then four cells of three around a value. */
const look = (x: number, y: number, cell: number, seed = 1): Float32Array => {
  const random = seededRandom(seed)
  return Float32Array.of(x, y, ...Array.from({ length: 12 }, () => cell + 0.02 * random()))
}
const one = (classId: number, vector: Float32Array, positive = true): Prototype => ({ classId, positive, vector })
const train = (prototypes: readonly Prototype[]) => trainNamer(prototypes, LAYOUT, seededRandom(1))

test('trees tell classes apart that no single threshold can', () => {
  const random = seededRandom(5)
  const n = 400
  const samples = Float32Array.from({ length: n * 2 }, () => random())
  const labels = Uint16Array.from({ length: n }, (_, i) => (samples[2 * i] > 0.5 === samples[2 * i + 1] > 0.5 ? 1 : 0))
  const forest = { classCount: 2, trees: Array.from({ length: 20 }, () => growTree(samples, 2, labels, 2, random)) }
  let right = 0
  for (let i = 0; i < 200; i++) {
    const x = random(), y = random()
    const shares = new Float64Array(2)
    addShares(forest, Float32Array.of(x, y), 0, shares)
    expect(shares[0] + shares[1]).toBeCloseTo(1, 5)
    if (shares[1] > 0.5 === (x > 0.5 === y > 0.5)) right++
  }
  expect(right).toBeGreaterThan(170)
})

test('cells decide between two classes whose region vectors are the same', async () => {
  const namer = await train([one(7, look(0, 0, 0.1, 1)), one(7, look(0, 0, 0.1, 2)), one(9, look(0, 0, 0.8, 3)), one(9, look(0, 0, 0.8, 4))])
  expect(namer?.name(look(0.01, 0, 0.1, 9), null)).toMatchObject({ classId: 7 })
  const naming = namer?.name(look(0.01, 0, 0.8, 9), null)
  expect(naming?.classId).toBe(9)
  expect(naming?.margin).toBeGreaterThan(0.5)
  expect(naming?.entropy).toBeLessThan(0.8)
})

test('ticked classes leave no other, and what is like nothing known has no name', async () => {
  const namer = await train([one(7, look(0, 0, 0.1)), one(9, look(0.1, 0, 0.8))])
  expect(namer?.name(look(0, 0, 0.1, 3), [9])).toMatchObject({ classId: 9 })
  expect(namer?.name(look(0, 0, 0.1, 3), [])).toMatchObject({ classId: null, score: null, margin: 0, entropy: 1 })
  expect(namer?.name(look(2, 0, 0.1), null)).toMatchObject({ classId: null, score: null })
})

test('a rejected region speaks against its class and for no other', async () => {
  const rejected = [one(7, look(0, 0, 0.1, 1)), one(9, look(0.3, 0, 0.1, 2)), one(7, look(0.02, 0, 0.1, 3), false), one(7, look(0.01, 0, 0.1, 4), false)]
  expect((await train(rejected.slice(0, 2)))?.name(look(0.02, 0, 0.1, 5), null).classId).toBe(7)
  expect((await train(rejected))?.name(look(0.02, 0, 0.1, 5), null).classId).toBe(9)
})

test('the same lessons give the same names to the bit, and training can be stopped', async () => {
  const lessons = Array.from({ length: 30 }, (_, i) => one(i % 3, look(0.01 * i, 0, 0.1 * (i % 3), i)))
  const [first, second] = [await train(lessons), await train(lessons)]
  expect(first?.name(look(0.1, 0, 0.12, 50), null)).toEqual(second?.name(look(0.1, 0, 0.12, 50), null))
  expect(await trainNamer(lessons, LAYOUT, seededRandom(1), () => Promise.resolve(false))).toBeUndefined()
})

test('with nothing learnt nothing has a name', async () => {
  expect((await train([]))?.name(look(0, 0, 0.1), null)).toMatchObject({ classId: null, score: null })
})

test('trees and remembered regions that name a region differently disagree', async () => {
  const namer = await train([one(7, look(0, 0, 0.1, 1)), one(7, look(0, 0, 0.1, 2)), one(9, look(0.5, 0, 0.8, 3)), one(9, look(0.5, 0, 0.8, 4))])
  expect(namer?.name(look(0.01, 0, 0.1, 9), null).disagreement).toBe(0)
  // its cells look like the one, as a whole it is like the other
  expect(namer?.name(look(0.01, 0, 0.8, 9), null).disagreement).toBe(1)
})
