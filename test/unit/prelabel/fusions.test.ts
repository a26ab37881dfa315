import { expect, test } from 'vitest'
import type { Lesson } from '../../../main/memory/fusion-choice.ts'
import type { ClassTexts } from '../../../main/prelabel/class-texts.ts'
import { createFusions } from '../../../main/prelabel/fusions.ts'

/** Text that has both classes the wrong way round: by it the first axis is of the second class. */
const texts: ClassTexts = { of: (vector) => ({ classIds: [7, 8], cosines: Float32Array.of(0.3 * vector[1], 0.3 * vector[0]) }) }
const at = (degrees: number): Float32Array => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
/** A trait says the class, and the feature does not. */
const traited = (i: number): Lesson => ({ imageId: i >> 2, classId: 7 + (i % 2), positive: true, vector: Float32Array.of(...at(i % 9), i % 2) })
const lesson = (i: number): Lesson => ({ imageId: i >> 2, classId: 7 + (i % 2), positive: true, vector: at((i % 2) * 40 + (i % 9)) })
const region = (degrees: number) => ({ vector: at(degrees), text: texts.of(at(degrees), null) })

function begun(lessons: Lesson[], traits = 0) {
  const known = { going: true, weighed: 0, heads: 0, turns: 0, texts, wait: Promise.resolve() }
  const fusions = createFusions({
    lessonsOf: (goOn) => Promise.resolve(goOn() ? [...lessons] : undefined), texts: () => Promise.resolve(known.texts), traits,
    weighed: () => { known.weighed++ }, headChanged: () => { known.heads++ }, log: (message) => { throw new Error(message) },
    otherWork: async (goOn) => { known.turns++; await known.wait; await new Promise<void>((resolve) => { setImmediate(resolve) }); return goOn() },
  })
  return { fusions, known, goOn: () => known.going }
}

test('a lesson votes at once by the weights chosen before; they are chosen anew meanwhile, and that is told', async () => {
  const lessons = Array.from({ length: 12 }, (_, i) => lesson(i))
  const { fusions, known, goOn } = begun(lessons)
  const first = await fusions.of(false, goOn)
  expect(first?.name([region(2)])[0].classId).toBe(7)
  expect(await fusions.of(false, goOn)).toBe(first)
  expect(known.weighed).toBe(0)
  const turns = known.turns
  lessons.push(...Array.from({ length: 12 }, (_, i) => lesson(12 + i)), ...Array.from({ length: 8 }, (_, i): Lesson => ({ imageId: 90 + i, classId: 8, positive: true, vector: at(200) })))
  fusions.changed()
  const second = await fusions.of(false, goOn)
  expect(known.weighed).toBe(0)
  expect(second?.name([region(200)])[0].classId).toBe(8)
  await expect.poll(() => known.weighed).toBe(1)
  expect(known.turns).toBeGreaterThan(turns)
  // chosen by all that is known: it stays
  await fusions.of(false, goOn)
  await new Promise<void>((resolve) => { setTimeout(resolve, 20) })
  expect(known.weighed).toBe(1)
  // chosen anew, and no other weights
  fusions.changed()
  await fusions.of(false, goOn)
  await new Promise<void>((resolve) => { setTimeout(resolve, 50) })
  expect(known.weighed).toBe(1)
})

test('weights come first, the head follows when it is trained', async () => {
  const { fusions, known, goOn } = begun(Array.from({ length: 60 }, (_, i) => traited(i)), 1)
  const names = async () => (await fusions.of(false, goOn))?.name([0, 1].map((trait) => ({ ...region(4), vector: Float32Array.of(...at(4), trait) }))).map(({ classId }) => classId)
  expect(new Set(await names())).not.toEqual(new Set([7, 8]))
  await expect.poll(() => known.weighed).toBe(1)
  expect(await names()).toEqual([7, 8])
})

test('what is chosen for words that were changed meanwhile, or for a project that was closed, is dropped', async () => {
  const lessons = Array.from({ length: 24 }, (_, i) => lesson(i))
  const { fusions, known, goOn } = begun(lessons)
  await fusions.of(false, goOn)
  fusions.changed()
  await fusions.of(false, goOn)
  known.texts = { ...texts }
  await fusions.of(false, goOn)
  await new Promise<void>((resolve) => { setTimeout(resolve, 50) })
  expect(known.weighed).toBe(0)
  fusions.changed()
  await fusions.of(false, goOn)
  known.going = false
  await new Promise<void>((resolve) => { setTimeout(resolve, 50) })
  expect(known.weighed).toBe(0)
  fusions.changed()
  await expect(fusions.of(false, goOn)).rejects.toMatchObject({ code: 'cancelled' })
})

test('a head on the features is there once it was chosen, stays while it is chosen for other words, and goes with the checkpoints', async () => {
  const { fusions, known, goOn } = begun(Array.from({ length: 60 }, (_, i) => traited(i)).map((one, i) => ({ ...one, vector: Float32Array.of(...at((i % 2) * 40 + (i % 9)), i % 2) })), 1)
  expect(fusions.scoreHead(false)).toBeNull()
  await fusions.chosen(false, goOn)
  expect(fusions.scoreHead(false)).toMatchObject({ lessons: 60, classIds: [7, 8] })
  expect([known.heads, fusions.scoreHead(true)]).toEqual([1, null])
  // the same lessons make the same head: nobody is told
  fusions.changed()
  await fusions.of(false, goOn)
  await new Promise<void>((resolve) => { setTimeout(resolve, 100) })
  expect(known.heads).toBe(1)
  known.texts = { ...texts }
  await fusions.of(false, goOn)
  expect(fusions.scoreHead(false)?.lessons).toBe(60)
  fusions.forgetHeads()
  expect(fusions.scoreHead(false)).toBeNull()
})

const soon = () => new Promise<void>((resolve) => { setTimeout(resolve, 20) })

test('a class that is added or called otherwise waits for no choice: names are given by the one before, and it is made anew meanwhile', async () => {
  const { fusions, known, goOn } = begun(Array.from({ length: 60 }, (_, i) => lesson(i)))
  await fusions.of(false, goOn)
  let choose: () => void = () => undefined
  known.wait = new Promise<void>((resolve) => { choose = resolve })
  const { turns } = known
  // the new class is where no lesson is
  known.texts = { of: (vector) => ({ classIds: [7, 8, 9], cosines: Float32Array.of(0.3 * vector[1], 0.3 * vector[0], -vector[0]) }) }
  const fusion = await fusions.of(false, goOn)
  expect(fusion?.name([2, 42, 180].map((degrees) => ({ vector: at(degrees), text: known.texts.of(at(degrees), null) }))).map(({ classId }) => classId)).toEqual([7, 8, 9])
  // a choice has begun
  expect(known.turns).toBe(turns + 1)
  choose()
})

test('a lesson given while the weights are chosen for the first time begins no second choice beside it', async () => {
  const { fusions, known, goOn } = begun(Array.from({ length: 60 }, (_, i) => lesson(i)))
  let choose: () => void = () => undefined
  known.wait = new Promise<void>((resolve) => { choose = resolve })
  const first = fusions.of(false, goOn)
  await soon()
  fusions.changed()
  const second = fusions.of(false, goOn)
  await soon()
  expect(known.turns).toBe(1)
  choose()
  for (const fusion of [await first, await second]) expect(fusion?.name([region(2)])[0].classId).toBe(7)
  // what was learnt since is weighed after it
  await expect.poll(() => known.turns).toBeGreaterThan(1)
})
