import { expect, test } from 'vitest'
import { chooseFusion } from '../../../main/memory/fusion-choice.ts'
import { cosines } from '../../../main/memory/cosines.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'
import { createFusion, FUSION_WEIGHTS, nameByText, type Fusion, type TextEvidence } from '../../../main/memory/fusion.ts'

/** Unit vector at an angle to the first axis. */
const at = (degrees: number): Float32Array => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
const lesson = (classId: number, degrees: number, positive = true) => ({ classId, positive, vector: at(degrees) })
const name = (fusion: Fusion | null, vector: Float32Array, evidence: TextEvidence) => fusion?.name([{ vector, text: evidence }])[0]
const text = (...cosines: number[]) => ({ classIds: [7, 8], cosines: Float32Array.from(cosines) })

test('the logits are a hundred times the cosine with the text, and what is near adds α n / (n + n₀) exp(−β(1 − cosine))', () => {
  const weights = { alpha: 3, half: 1, beta: 2 }
  const fusion = createFusion([lesson(7, 0), lesson(7, 60), lesson(8, 90)], weights)
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
  expect(createFusion([])).toBeNull()
  const far = createFusion([{ classId: 7, positive: true, vector: Float32Array.of(1, 0, 0) }])
  expect(name(far, at(0), text(0.2, 0.3))?.classId).toBe(8)
  const other = createFusion([lesson(99, 0)])
  expect(name(other, at(0), text(0.2, 0.3))).toMatchObject({ classId: 8 })
  expect(name(other, at(0), { classIds: [], cosines: new Float32Array(0) })).toEqual({ classId: null, score: null, margin: 0, entropy: 1 })
})

test('a rejected region counts against its class, where a person took the name away', () => {
  const even = text(0.3, 0.3)
  expect(name(createFusion([lesson(8, 0)]), at(1), even)?.classId).toBe(8)
  expect(name(createFusion([lesson(8, 0, false)]), at(1), even)?.classId).toBe(7)
  expect(name(createFusion([lesson(7, 0, false)]), at(1), even)?.classId).toBe(8)
})

test('only the ten nearest vote, however many are remembered', () => {
  const near = Array.from({ length: 10 }, () => lesson(7, 5))
  const many = Array.from({ length: 500 }, () => lesson(8, 40))
  expect(name(createFusion([...many, ...near]), at(0), text(0.3, 0.3))?.classId).toBe(7)
})

test('the regions of an image are named as one after another', () => {
  const random = seededRandom(2)
  const unit = (): Float32Array => at(360 * random())
  const fusion = createFusion(Array.from({ length: 33 }, (_, i) => ({ classId: 7 + (i % 2), positive: i % 5 !== 0, vector: unit() })))
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
  const weights = await chooseFusion(lessons, textOf)
  expect(weights?.alpha).toBeGreaterThan(0)
  const fusion = createFusion(lessons, weights ?? undefined)
  expect(nameByText(textOf(at(2))).classId).toBe(8)
  expect([name(fusion, at(2), textOf(at(2)))?.classId, name(fusion, at(42), textOf(at(42)))?.classId]).toEqual([7, 8])
})

test('a young project keeps the weights that did no harm elsewhere, and whoever has to go is not kept', async () => {
  const few = taught(4, true), one = taught(8, true)
  expect(await chooseFusion(few.lessons, few.textOf)).toBe(FUSION_WEIGHTS)
  expect(await chooseFusion(one.lessons.map((each) => ({ ...each, imageId: 1 })), one.textOf)).toBe(FUSION_WEIGHTS)
  expect(await chooseFusion(one.lessons, one.textOf, () => Promise.resolve(false))).toBeUndefined()
})

test('the text and the memory disagree where they name a region differently', () => {
  const fusion = createFusion([lesson(7, 0), lesson(8, 90)])
  expect(name(fusion, at(5), text(0.3, 0.2))?.disagreement).toBe(0)
  expect(name(fusion, at(5), text(0.2, 0.3))?.disagreement).toBe(1)
  expect(name(createFusion([lesson(99, 0)]), at(5), text(0.2, 0.3))?.disagreement).toBeUndefined()
})
