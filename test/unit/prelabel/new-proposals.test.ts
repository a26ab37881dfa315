import { expect, test } from 'vitest'
import { encodePlane } from '../../../main/masks/rle.ts'
import type { Namer } from '../../../main/memory/namer.ts'
import { newProposals, possibleClasses } from '../../../main/prelabel/new-proposals.ts'

/** Calls every region class 7 with the score its vector holds. */
const namer: Namer = { name: ([score], ticked) => (ticked === null || ticked.includes(7) ? { classId: 7, score, margin: score, entropy: 1 - score } : { classId: null, score: null, margin: 0, entropy: 1 }) }
const region = (score: number) => ({ mask: encodePlane(new Uint8Array(4).fill(1), 2, 2), areaPx2: 4, vector: Float32Array.of(score) })
const named = (score: number, rule: Parameters<typeof newProposals>[4]) => newProposals(1, [region(score)], [], namer, rule, { source: 'method' }).proposals.map(({ classId, score: kept }) => [classId, kept])

test('a name that scores less than the threshold is not given, and leaves no score behind', () => {
  expect(named(0.5, { possible: null, nameThreshold: 0.25 })).toEqual([[7, 0.5]])
  expect(named(0.25, { possible: null, nameThreshold: 0.25 })).toEqual([[7, 0.25]])
  expect(named(0.125, { possible: null, nameThreshold: 0.25 })).toEqual([[null, null]])
  expect(named(0.125, { possible: null, nameThreshold: 0 })).toEqual([[7, 0.125]])
})

test('only classes that the job is about and that are ticked are proposed', () => {
  expect(named(0.5, { possible: [8, 9], nameThreshold: 0 })).toEqual([[null, null]])
  expect(possibleClasses(null, null)).toBeNull()
  expect(possibleClasses([1, 2], null)).toEqual([1, 2])
  expect(possibleClasses(null, [2, 3])).toEqual([2, 3])
  expect(possibleClasses([1, 2], [2, 3])).toEqual([2])
})
