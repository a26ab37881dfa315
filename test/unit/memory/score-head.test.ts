import { expect, test } from 'vitest'
import type { Lesson } from '../../../main/memory/fusion-choice.ts'
import { largest, type TextEvidence } from '../../../main/memory/fusion.ts'
import { chooseScoreHead, scoresWith, type ScoreHead } from '../../../main/memory/score-head.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

const goOn = (): Promise<boolean> => Promise.resolve(true)
/** Feature of length 1, at an angle to the first axis. */
const at = (degrees: number): Float32Array => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
const CLASS_IDS = [7, 8, 9]
const text = (...cosines: number[]): TextEvidence => ({ classIds: CLASS_IDS, cosines: Float32Array.from(cosines) })

/** Classes that lie about 0°, 45° and 90°, and texts that are near them; the words of `unknown` say nothing. */
const textFor = (...unknown: readonly number[]) => (vector: Float32Array): TextEvidence =>
  text(...CLASS_IDS.map((classId, place) => (unknown.includes(classId) ? 0 : 0.3 * (vector[0] * at(45 * place)[0] + vector[1] * at(45 * place)[1]))))

/** Of each class so many, spread 10° about its place, four on an image. */
function regions(count: number, classIds: readonly number[] = CLASS_IDS): Lesson[] {
  const random = seededRandom(3)
  return Array.from({ length: count * classIds.length }, (_, i) => {
    const classId = classIds[i % classIds.length]
    return { classId, positive: true, imageId: i >> 2, vector: at(45 * CLASS_IDS.indexOf(classId) + 10 * (random() - 0.5)) }
  })
}
const choose = (lessons: readonly Lesson[], textOf: (vector: Float32Array) => TextEvidence, traits = 0) => chooseScoreHead(lessons, textOf, traits, goOn)
const learnt = async (...asked: Parameters<typeof choose>): Promise<ScoreHead> => {
  const head = await choose(...asked)
  if (!head) throw new Error('no head was chosen')
  return head
}
const named = (scores: TextEvidence): number => scores.classIds[largest(Float64Array.from(scores.cosines))]

test('a class whose word the text does not know is learnt, and those that it knows keep their names', async () => {
  const textOf = textFor(9)
  const head = await learnt(regions(60), textOf)
  expect(head).toMatchObject({ classIds: CLASS_IDS, lessons: 180 })
  expect([0, 45, 90].map((degrees) => named(textOf(at(degrees))))).toEqual([7, 8, 8])
  expect([0, 45, 90].map((degrees) => named(scoresWith(head, at(degrees), textOf(at(degrees)))))).toEqual([7, 8, 9])
})

test('where the text names right it stands alone, and where it is wrong too seldom to tell', async () => {
  expect(await choose(regions(12), textFor())).toBeNull()
  // a few of the last class, whom the text takes for the first by a hair
  const hair = (vector: Float32Array): TextEvidence => (vector[1] > 0.9 ? text(0.21, 0, 0.2) : textFor()(vector))
  const few = (count: number): Lesson[] => [...regions(20, [7, 8]), ...Array.from({ length: count }, (_, i) => ({ classId: 9, positive: true, imageId: i, vector: at(90) }))]
  // 2 names won against none lost are 2 / √2 deviations, 4 are 4 / √4
  expect(await choose(few(2), hair)).toBeNull()
  expect(named(scoresWith(await learnt(few(4), hair), at(90), hair(at(90))))).toBe(9)
})

test('of few accepted regions, or of one image alone, nothing is learnt', async () => {
  const textOf = textFor(8)
  expect(await choose(regions(9, [7, 8]), textOf)).toBeNull()
  expect(await choose(regions(20, [7, 8]).map((one) => ({ ...one, imageId: 1 })), textOf)).toBeNull()
  expect(await choose(regions(60, [7, 8]), textOf)).not.toBeNull()
})

test('nothing is taken from classes that nobody has taught: where the text is for one of these, it stands', async () => {
  // own words for the first two alone, all others known
  const textOf = (vector: Float32Array): TextEvidence => ({ ...textFor(8)(vector), cosines: textFor(8)(vector).cosines.map((cosine, place) => cosine + (place === 2 && vector[1] > 0.9 ? 0.1 : 0)) })
  const head = await learnt(regions(60, [7, 8]), textOf)
  expect(head.classIds).toEqual([7, 8])
  for (const degrees of [0, 20, 40, 44]) expect(named(scoresWith(head, at(degrees), textOf(at(degrees))))).toBe(degrees < 22 ? 7 : 8)
  for (const degrees of [70, 90, 110, 200]) {
    const known = textOf(at(degrees))
    if (named(known) === 9) expect(scoresWith(head, at(degrees), known)).toEqual(known)
  }
  expect(named(textOf(at(90)))).toBe(9)
})

test('of nothing, of classes without a text, of rejections and parts alone and of vectors without a feature nothing is learnt', async () => {
  const wrong = (): TextEvidence => text(0.1, 0, 0)
  const lessons = regions(60, [7, 8])
  expect(await choose(lessons, wrong)).not.toBeNull()
  expect(await choose([], wrong)).toBeNull()
  expect(await choose(lessons.map((one) => ({ ...one, classId: 99 })), wrong)).toBeNull()
  for (const some of [lessons, lessons.slice(0, 12)]) {
    expect(await choose(some.map((one) => ({ ...one, positive: false })), wrong)).toBeNull()
    expect(await choose(some.map((one) => ({ ...one, part: true })), wrong)).toBeNull()
  }
  expect(await choose(lessons, wrong, 2)).toBeNull()
})

test('a region rejected under a name has less of it, and a part that was rejected under another has more of its own', async () => {
  const textOf = (): TextEvidence => text(0.1, 0, 0)
  const margin = async (more: readonly Pick<Lesson, 'classId' | 'positive' | 'part'>[]): Promise<number> => {
    const head = await learnt([...regions(60, [7, 8]), ...more.map((one, i) => ({ ...one, imageId: i, vector: at(25) }))], textOf)
    const { cosines } = scoresWith(head, at(25), textOf())
    return cosines[1] - cosines[0]
  }
  const before = await margin([]), several = <T>(one: T): T[] => Array.from({ length: 20 }, () => one)
  expect(await margin(several({ classId: 8, positive: false }))).toBeLessThan(before - 0.01)
  expect(await margin(several({ classId: 7, positive: false }))).toBeGreaterThan(before + 0.01)
  expect(await margin(several({ classId: 8, positive: true, part: true }))).toBeGreaterThan(before + 0.01)
})

test('whoever has to go asks for nothing more', async () => {
  const lessons = regions(12)
  for (const [some, turns] of [[lessons, 0], [lessons, 2], [lessons, 40]] as const) {
    let asked = 0
    expect(await chooseScoreHead(some, () => text(0, 0.1, 0.2), 0, () => Promise.resolve(asked++ < turns))).toBeUndefined()
    expect(asked).toBe(turns + 1)
  }
})

test('scores are cosine + feature · weights + bias, and the cosine for classes that were not taught', () => {
  const head = { lessons: 3, classIds: [9, 7], weights: Float32Array.of(1, 2, -3, 0.25), bias: Float32Array.of(0.125, -1) }
  // exact in f32
  const feature = Float32Array.of(0.5, -0.25)
  const plain = text(0.5, 0.25, -1)
  expect(scoresWith(head, feature, plain)).toEqual(text(0.5 - 1.5 - 0.0625 - 1, 0.25, -1 + 0.5 - 0.5 + 0.125))
  expect(scoresWith(head, feature, { classIds: [8, 9], cosines: Float32Array.of(-1, 0.25) })).toEqual({ classIds: [8, 9], cosines: Float32Array.of(-1, 0.375) })
  expect(scoresWith({ ...head, classIds: [], weights: new Float32Array(0), bias: new Float32Array(0) }, feature, plain)).toEqual(plain)
  expect(plain).toEqual(text(0.5, 0.25, -1))
})

test('vectors of another length than the newest are left out, and traits are no features', async () => {
  const textOf = textFor(9), lessons = regions(60)
  const plain = await learnt(lessons, textOf)
  const older = lessons.map((one) => ({ ...one, classId: 7, vector: Float32Array.of(...one.vector, 1) }))
  expect(await choose([...older, ...lessons], textOf)).toEqual(plain)
  const random = seededRandom(8)
  expect(await choose(lessons.map((one) => ({ ...one, vector: Float32Array.of(...one.vector, random(), 100 * random()) })), textOf, 2)).toEqual(plain)
})
