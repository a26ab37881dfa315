import { expect, test } from 'vitest'
import { chooseFusion } from '../../../main/memory/fusion-choice.ts'
import { cosines } from '../../../main/memory/cosines.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'
import { createFusion, FUSION_WEIGHTS, nameByText, type Fusion, type FusionWeights, type TextEvidence } from '../../../main/memory/fusion.ts'
import type { Prototype } from '../../../main/memory/prototypes.ts'

/** Unit vector at an angle to the first axis. */
const at = (degrees: number): Float32Array => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
const lesson = (classId: number, degrees: number, positive = true) => ({ classId, positive, vector: at(degrees) })
const remembering = (lessons: readonly Prototype[], weights: FusionWeights = FUSION_WEIGHTS) => createFusion(lessons, { weights, head: null })
const name = (fusion: Fusion | null, vector: Float32Array, evidence: TextEvidence) => fusion?.name([{ vector, text: evidence }])[0]
const text = (...cosines: number[]) => ({ classIds: [7, 8], cosines: Float32Array.from(cosines) })

test('the logits are a hundred times the cosine with the text, and what is near adds α n / (n + n₀) exp(−β(1 − cosine))', () => {
  const weights = { alpha: 3, half: 1, beta: 2 }
  const fusion = remembering([lesson(7, 0), lesson(7, 60), lesson(8, 90)], weights)
  const first = 100 * 0.25 + 3 * (2 / 3) * (Math.exp(-2 * (1 - Math.cos(Math.PI / 6))) + Math.exp(-2 * (1 - Math.cos(Math.PI / 6))))
  const second = 100 * 0.26 + 3 * (1 / 2) * Math.exp(-2 * (1 - Math.cos(Math.PI / 3)))
  const named = name(fusion, at(30), text(0.25, 0.26))
  expect(named?.classId).toBe(7)
  const share = 1 / (1 + Math.exp(second - first))
  expect(named?.score).toBeCloseTo(share, 4)
  expect(named?.margin).toBeCloseTo(2 * share - 1, 4)
  expect(named?.entropy).toBeCloseTo(-(share * Math.log(share) + (1 - share) * Math.log(1 - share)) / Math.log(2), 4)
})

test('nothing remembered is no fusion; vectors of another length and classes that cannot be named count for nothing', () => {
  expect(remembering([])).toBeNull()
  const far = remembering([{ classId: 7, positive: true, vector: Float32Array.of(1, 0, 0) }])
  expect(name(far, at(0), text(0.2, 0.3))?.classId).toBe(8)
  const other = remembering([lesson(99, 0)])
  expect(name(other, at(0), text(0.2, 0.3))).toMatchObject({ classId: 8 })
  expect(name(other, at(0), { classIds: [], cosines: new Float32Array(0) })).toEqual({ classId: null, score: null, margin: 0, entropy: 1 })
})

test('a rejected region counts against its class, where a person took the name away', () => {
  const even = text(0.3, 0.3)
  expect(name(remembering([lesson(8, 0)]), at(1), even)?.classId).toBe(8)
  expect(name(remembering([lesson(8, 0, false)]), at(1), even)?.classId).toBe(7)
  expect(name(remembering([lesson(7, 0, false)]), at(1), even)?.classId).toBe(8)
})

test('only the ten nearest vote, however many are remembered', () => {
  const near = Array.from({ length: 10 }, () => lesson(7, 5))
  const many = Array.from({ length: 500 }, () => lesson(8, 40))
  expect(name(remembering([...many, ...near]), at(0), text(0.3, 0.3))?.classId).toBe(7)
})

test('the regions of an image are named as one after another', () => {
  const random = seededRandom(2)
  const unit = (): Float32Array => at(360 * random())
  const fusion = remembering(Array.from({ length: 33 }, (_, i) => ({ classId: 7 + (i % 2), positive: i % 5 !== 0, vector: unit() })))
  const regions = Array.from({ length: 7 }, () => ({ vector: unit(), text: text(random(), random()) }))
  expect(fusion?.name(regions)).toEqual(regions.map((region) => fusion?.name([region])[0]))
})

test('inner products of some vectors with many', () => {
  const random = seededRandom(4)
  for (const [p, n, d] of [[1, 1, 1], [3, 5, 7], [4, 4, 8], [9, 10, 6]]) {
    const few = Array.from({ length: p }, () => Float32Array.from({ length: d }, random)), many = Float32Array.from({ length: n * d }, random)
    const found = cosines(few, many, d)
    // f32 of a sum of some terms
    few.forEach((a, i) => { for (let j = 0; j < n; j++) expect(found[i * n + j]).toBeCloseTo(a.reduce((sum, value, k) => sum + value * many[j * d + k], 0), 5) })
  }
})

/** Regions of two classes about 0° and 40°, four on each of some images. @param swapped  a text that has the classes the wrong way round */
function taught(images: number, swapped: boolean) {
  const random = seededRandom(1)
  const lessons = Array.from({ length: 4 * images }, (_, i) => ({ ...lesson(7 + (i % 2), (i % 2) * 40 + 8 * random()), imageId: Math.floor(i / 4) }))
  const textOf = (vector: Float32Array) => text(...(swapped ? [0.3 * vector[1], 0.3 * vector[0]] : [0.3 * vector[0], 0.3 * vector[1]]))
  return { lessons, textOf }
}

test('where the text knows the classes it stands alone, where it does not the memory weighs enough', async () => {
  // 0.3 · cos and 0.3 · sin: the text parts the two at 45°, so it takes those about 40° for the first class
  const known = taught(8, false)
  const better = { ...known, textOf: (vector: Float32Array) => text(vector[0] > 0.95 ? 0.3 : 0.2, vector[0] > 0.95 ? 0.2 : 0.3) }
  expect(await chooseFusion(better.lessons, better.textOf)).toBeNull()
  const { lessons, textOf } = taught(8, true)
  const rule = await chooseFusion(lessons, textOf)
  expect(rule?.weights.alpha).toBeGreaterThan(0)
  const fusion = rule === null || rule === undefined ? null : createFusion(lessons, rule)
  expect(nameByText(textOf(at(2))).classId).toBe(8)
  expect([name(fusion, at(2), textOf(at(2)))?.classId, name(fusion, at(42), textOf(at(42)))?.classId]).toEqual([7, 8])
})

test('in a young project lessons weigh only where the text is seen to call much of what was accepted something else', async () => {
  const [right, wrong, one] = [taught(4, false), taught(4, true), taught(8, true)]
  expect(await chooseFusion(right.lessons, (vector) => text(vector[0] > 0.95 ? 0.3 : 0.2, vector[0] > 0.95 ? 0.2 : 0.3))).toBeNull()
  expect(await chooseFusion(wrong.lessons, wrong.textOf)).toMatchObject({ head: null })
  const ofOneImage = one.lessons.map((each) => ({ ...each, imageId: 1 }))
  expect(await chooseFusion(ofOneImage, one.textOf)).toMatchObject({ head: null })
})

test('whoever has to go keeps nothing half chosen', async () => {
  const { lessons, textOf } = taught(8, true)
  expect(await chooseFusion(lessons, textOf, 0, () => Promise.resolve(false))).toBeUndefined()
  let turns = 4
  expect(await chooseFusion(lessons.map((one) => ({ ...one, vector: withTrait(one.vector, 0) })), textOf, 1, () => Promise.resolve(turns-- > 0))).toBeUndefined()
})

const withTrait = (vector: Float32Array, trait: number): Float32Array => Float32Array.of(...vector, trait)

test('a head on traits parts what text and features cannot, and has no say where traits say nothing', async () => {
  const random = seededRandom(3)
  const textOf = () => text(0.25, 0.252)
  const regions = (telling: boolean) => Array.from({ length: 60 }, (_, i) => ({ ...lesson(7 + (i % 2), 10 * random()), imageId: Math.floor(i / 4), trait: telling ? i % 2 : random() })).map(({ trait, ...one }) => ({ ...one, vector: withTrait(one.vector, trait) }))
  const lessons = regions(true)
  const rule = await chooseFusion(lessons, textOf, 1)
  expect(rule?.head).not.toBeNull()
  const fusion = rule === null || rule === undefined ? null : createFusion(lessons, rule, 1)
  expect([0, 1].map((trait) => name(fusion, withTrait(at(5), trait), textOf())?.classId)).toEqual([7, 8])
  // classes may be asked for in another order, or only one of them
  expect(name(fusion, withTrait(at(5), 0), { classIds: [8, 7], cosines: Float32Array.of(0.252, 0.25) })?.classId).toBe(7)
  expect(name(fusion, withTrait(at(5), 0), { classIds: [8], cosines: Float32Array.of(0.252) })).toMatchObject({ classId: 8, score: 1 })
  const mute = await chooseFusion(regions(false), textOf, 1)
  expect(mute?.head ?? null).toBeNull()
})

test('where no accepted region is of a class that has a text, no head is trained, for nothing could judge it', async () => {
  const lessons = Array.from({ length: 60 }, (_, i) => ({ ...lesson(i % 2 === 0 ? 99 : 7, 10 * (i % 3), i % 2 === 0), imageId: Math.floor(i / 4) })).map((one) => ({ ...one, vector: withTrait(one.vector, 1) }))
  let turns = 0
  expect(await chooseFusion(lessons, () => text(0.25, 0.252), 1, () => { turns++; return Promise.resolve(true) })).toBeNull()
  // four a turn
  expect(turns).toBe(60 / 4)
})

test('the text and the memory disagree where they name a region differently', () => {
  const fusion = remembering([lesson(7, 0), lesson(8, 90)])
  expect(name(fusion, at(5), text(0.3, 0.2))?.disagreement).toBe(0)
  expect(name(fusion, at(5), text(0.2, 0.3))?.disagreement).toBe(1)
  expect(name(remembering([lesson(99, 0)]), at(5), text(0.2, 0.3))?.disagreement).toBeUndefined()
})
