import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { EngineError } from '../../../main/contract/errors.ts'
import type { EngineEvent } from '../../../main/contract/events.ts'
import { markOf } from '../../../main/contract/images.ts'
import type { Annotation } from '../../../main/contract/records.ts'
import type { ClassTexts } from '../../../main/prelabel/class-texts.ts'
import type { Fusion } from '../../../main/memory/fusion.ts'
import type { ScoreHead } from '../../../main/memory/score-head.ts'
import type { Learning } from '../../../main/prelabel/learning.ts'
import { createRefresh, type RefreshParts } from '../../../main/prelabel/refresh.ts'
import { createRegionLooks } from '../../../main/prelabel/region-looks.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { adding, edit, labelClass, newAnnotation, rectangle, scanned, updating } from '../project/sample-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'maskwright-refresh-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
let projects = 0

/** Three images with two proposals each, and a namer that calls everything the class taught last. */
function begun(parts: Partial<RefreshParts> = {}) {
  const file = openProjectFile(join(folder, `${++projects}.maskwright`), { create: { name: 'Refresh' } })
  const imageIds = file.images.applyScan(file.folders.add(folder), { added: ['a.jpg', 'b.jpg', 'c.jpg'].map((path) => scanned(path)), changed: [], missing: [], returned: [] })
  const [cat, dog] = [labelClass(file, 'cat'), labelClass(file, 'dog', { order: 1 })]
  edit(file, null, adding(cat, dog))
  for (const imageId of imageIds) {
    file.annotations.replacePending(imageId, [0, 20].map((x) => newAnnotation(imageId, { score: null, mask: rectangle(x, 0, 10, 10), areaPx2: 100, provenance: { source: 'method', method: 'regions', pack: 'classic', settings: { nameThreshold: 0.25 } } })))
  }
  const known = { classId: null as number | null, learnt: 0, lookAgain: () => false, texts: null as ClassTexts | null, fusion: null as Fusion | null, head: null as ScoreHead | null, busy: false }
  const events: EngineEvent[] = []
  const seen: number[] = [], again: { imageId: number; method: string | undefined; wanted: () => boolean }[] = []
  const looks = createRegionLooks()
  const refresh = createRefresh({
    file, looks,
    packs: () => ['classic'],
    learningOf: () => ({
      changed: () => undefined,
      behind: () => 0,
      lookAgain: () => Promise.resolve(known.lookAgain()),
      remembers: () => known.classId !== null,
      texts: () => Promise.resolve(known.texts),
      fusion: () => Promise.resolve(known.fusion),
      scoreHead: () => known.head,
      chosen: () => Promise.resolve(),
      learn: () => { known.learnt++; return Promise.resolve() },
      namer: () => Promise.resolve({ name: (_look, ticked) => {
        const classId = known.classId !== null && (ticked?.includes(known.classId) ?? true) ? known.classId : ticked?.[0] ?? null
        return { classId, score: classId === null ? null : 0.5, margin: 0.5, entropy: 0.25 }
      } }),
    }),
    see: (imageId, _pack, masks) => { seen.push(imageId); return Promise.resolve(masks.map(() => Float32Array.of(1))) },
    proposeAgain: (imageId, how, wanted) => { again.push({ imageId, method: how.method, wanted }); return Promise.resolve(true) },
    emit: (event) => { events.push(event) },
    log: (message) => { throw new Error(message) },
    jobRuns: () => false,
    isBusy: () => known.busy,
    ...parts,
  })
  const classesOf = (imageId: number) => file.annotations.ofImage(imageId).map(({ classId }) => classId)
  return { file, imageIds, cat, dog, known, events, seen, again, looks, refresh, classesOf, end: async () => { await refresh.close(); file.close() } }
}
const renamed = (events: readonly EngineEvent[]): number[] => events.flatMap((event) => (event.name === 'proposals.renamed' ? [event.data.imageId] : []))

test('a lesson names the proposals of every image anew, the one on screen first, and tells of it', async () => {
  const { imageIds: [a, b, c], cat, known, events, refresh, classesOf, file, end } = begun()
  refresh.onScreen(b)
  await refresh.settled()
  expect(renamed(events)).toEqual([])
  known.classId = cat.id
  refresh.taught()
  refresh.taught()
  await refresh.settled()
  expect(renamed(events)).toEqual([b, a, c])
  expect([a, b, c].map(classesOf)).toEqual([[cat.id, cat.id], [cat.id, cat.id], [cat.id, cat.id]])
  expect(events.filter(({ name }) => name === 'images.changed').map(({ data }) => data)).toEqual([{ imageIds: [b, a, c] }])
  expect(file.images.row(a)?.uncertainty).toBeCloseTo(0.375)
  expect(known.learnt).toBe(2)
  await end()
})

test('what other checkpoints taught is looked at again once nothing waits for a name; names follow when all of it was', async () => {
  const { imageIds: [a, b, c], cat, known, events, refresh, end } = begun()
  let outdated = 3
  known.lookAgain = () => {
    if (outdated === 1) known.classId = cat.id
    return outdated-- > 0
  }
  refresh.onScreen(a)
  await refresh.settled()
  expect(renamed(events)).toEqual([a, b, c])
  await end()
})

test('what a person locked, changed or judged keeps its name, and an edit made meanwhile is taken', async () => {
  const { file, imageIds: [a], cat, dog, known, refresh, end } = begun()
  const [first, second] = file.annotations.ofImage(a)
  edit(file, a, updating([first, { locked: true }]))
  known.classId = cat.id
  refresh.taught()
  await refresh.settled()
  expect(file.annotations.ofImage(a).map(({ classId }) => classId)).toEqual([null, cat.id])
  // the page had not heard of the new name yet
  edit(file, a, updating([second, { classId: dog.id, state: 'fixed' }]))
  known.classId = cat.id
  refresh.taught()
  await refresh.settled()
  expect(file.annotations.ofImage(a).map(({ classId, state }) => [classId, state])).toEqual([[null, 'pending'], [dog.id, 'fixed']])
  await end()
})

test('ticked classes restrict the names of their image at once, from what is known already', async () => {
  const { file, imageIds: [a, b], cat, dog, known, seen, refresh, classesOf, end } = begun()
  known.classId = cat.id
  refresh.taught()
  await refresh.settled()
  const row = file.images.row(a)
  if (row === undefined) throw new Error('the image is gone')
  const mark = markOf(row)
  edit(file, a, { added: [], removed: [], updated: [[mark, { ...mark, version: mark.version + 1, ticked: [dog.id] }]] })
  const before = seen.length
  refresh.ticked(a)
  await refresh.settled()
  expect([classesOf(a), classesOf(b)]).toEqual([[dog.id, dog.id], [cat.id, cat.id]])
  expect(seen).toHaveLength(before)
  await end()
})

test('an image that was named before the last lesson is named anew when it comes on screen, once', async () => {
  const { imageIds: [a, b], cat, known, events, refresh, end } = begun({ jobRuns: () => true })
  known.classId = cat.id
  refresh.onScreen(a)
  await refresh.settled()
  refresh.taught()
  await refresh.settled()
  // while a job runs no photo is read for the others
  expect(renamed(events)).toEqual([a])
  refresh.onScreen(b)
  await refresh.settled()
  refresh.onScreen(b)
  await refresh.settled()
  expect(renamed(events)).toEqual([a, b])
  await end()
})

test('how sure the names are is told for each proposal', async () => {
  const { file, imageIds: [a], refresh, end } = begun()
  const ids = file.annotations.ofImage(a).map((one: Annotation) => one.id)
  expect(await refresh.sureness(a)).toEqual(ids.map((id) => ({ id, margin: 0.5, entropy: 0.25, uncertainty: 0.375 })))
  await end()
})

test('names that a pack gave are fused with what is remembered; when the text is the better one by itself they come back', async () => {
  const { file, imageIds: [a, b], cat, dog, known, refresh, looks, classesOf, end } = begun()
  for (const imageId of [a, b]) {
    file.annotations.replacePending(imageId, [0, 20].map((x) => newAnnotation(imageId, { classId: cat.id, score: 0.6, mask: rectangle(x, 0, 10, 10), areaPx2: 100, provenance: { source: 'method', method: 'gem', pack: 'classic' } })))
    looks.put(imageId, file.annotations.ofImage(imageId).map(({ id, mask }) => ({ id, mask, vector: Float32Array.of(1), own: { classId: cat.id, score: 0.6 } })))
  }
  known.texts = { of: (_vector, possible) => ({ classIds: possible ?? [cat.id, dog.id], cosines: Float32Array.of(0.3, 0.2) }) }
  known.classId = dog.id
  known.fusion = { name: (regions) => regions.map(({ text: { classIds } }) => ({ classId: classIds.includes(dog.id) ? dog.id : cat.id, score: 0.9, margin: 0.8, entropy: 0.1, disagreement: 1 })) }
  refresh.taught()
  await refresh.settled()
  expect([a, b].map(classesOf)).toEqual([[dog.id, dog.id], [dog.id, dog.id]])
  expect(file.images.row(a)?.uncertainty).toBeCloseTo((1 - 0.8 + 0.1 + 1) / 3)
  expect((await refresh.sureness(a)).map(({ margin, disagreement }) => [margin, disagreement])).toEqual([[0.8, 1], [0.8, 1]])
  known.fusion = null
  refresh.taught()
  await refresh.settled()
  expect([a, b].map(classesOf)).toEqual([[cat.id, cat.id], [cat.id, cat.id]])
  expect(file.annotations.ofImage(a).map(({ score }) => score)).toEqual([0.6, 0.6])
  await end()
})

test('without a memory too a pack’s names keep to the ticked classes, and come back with the tick', async () => {
  const { file, imageIds: [a], cat, dog, known, refresh, looks, classesOf, end } = begun()
  file.annotations.replacePending(a, [0, 20].map((x) => newAnnotation(a, { classId: cat.id, score: 0.6, mask: rectangle(x, 0, 10, 10), areaPx2: 100, provenance: { source: 'method', method: 'gem', pack: 'classic' } })))
  looks.put(a, file.annotations.ofImage(a).map(({ id, mask }) => ({ id, mask, vector: Float32Array.of(1), own: { classId: cat.id, score: 0.6 } })))
  known.texts = { of: (_vector, possible) => ({ classIds: possible ?? [cat.id, dog.id], cosines: Float32Array.from(possible ?? [0, 0], () => 0.3) }) }
  const tick = (ticked: number[] | null) => {
    const row = file.images.row(a)
    if (row === undefined) throw new Error('the image is gone')
    const mark = markOf(row)
    edit(file, a, { added: [], removed: [], updated: [[mark, { ...mark, version: mark.version + 1, ticked }]] })
    refresh.ticked(a)
    return refresh.settled()
  }
  await tick([dog.id])
  expect(classesOf(a)).toEqual([dog.id, dog.id])
  await tick(null)
  expect(classesOf(a)).toEqual([cat.id, cat.id])
  await end()
})

test('what a job proposes while an image is looked at keeps its names and its uncertainty', async () => {
  const replaced: number[] = []
  const parts = begun({
    see: (imageId, _pack, masks) => {
      parts.file.annotations.replacePending(imageId, [newAnnotation(imageId, { classId: parts.dog.id, score: 0.9, mask: rectangle(40, 0, 10, 10), areaPx2: 100, provenance: { source: 'method', method: 'regions', pack: 'classic' } })], 0.125)
      replaced.push(imageId)
      return Promise.resolve(masks.map(() => Float32Array.of(1)))
    },
  })
  const { file, imageIds: [a], cat, dog, known, refresh, classesOf, end } = parts
  known.classId = cat.id
  refresh.onScreen(a)
  await expect.poll(() => replaced).toEqual([a])
  await refresh.settled()
  expect([classesOf(a), file.images.row(a)?.uncertainty]).toEqual([[dog.id], 0.125])
  await end()
})

test('a pack that is behind with its lessons leaves the others theirs', async () => {
  const learnt: string[] = []
  const learning = (name: string): Learning => ({
    changed: () => undefined, lookAgain: () => Promise.resolve(false), behind: () => 0, remembers: () => false, texts: () => Promise.resolve(null), fusion: () => Promise.resolve(null), scoreHead: () => null, chosen: () => Promise.resolve(),
    namer: () => Promise.resolve({ name: () => ({ classId: null, score: null, margin: 0, entropy: 1 }) }),
    learn: (_limit, goOn) => {
      for (let lesson = 0; lesson < 20 && goOn(); lesson++) learnt.push(name)
      return Promise.resolve()
    },
  })
  const { refresh, end } = begun({ packs: () => ['classic', 'demo'], learningOf: learning })
  refresh.taught()
  await refresh.settled()
  expect(['classic', 'demo'].map((name) => learnt.filter((one) => one === name).length)).toEqual([10, 10])
  await end()
})

test('what was proposed before a lesson was learnt gets its names by it', async () => {
  const { imageIds: [a, b, c], cat, known, refresh, events, end } = begun()
  known.classId = cat.id
  refresh.taught()
  // a job stores its proposals, named without the lesson just given
  refresh.named(b, null)
  await refresh.settled()
  expect(renamed(events)).toEqual([a, b, c])
  refresh.named(b, null)
  refresh.onScreen(b)
  await refresh.settled()
  expect(renamed(events)).toEqual([a, b, c])
  await end()
})

const headOf = (lessons: number): ScoreHead => ({ lessons, classIds: [], weights: new Float32Array(0), bias: new Float32Array(0) })
const byDemo = (imageId: number, over: Partial<Annotation['provenance']> = {}) => newAnnotation(imageId, { score: 0.5, mask: rectangle(0, 0, 10, 10), areaPx2: 100, provenance: { source: 'method', method: 'agg-gem', pack: 'demo', profile: 'corrected', ...over } })

test('where a head was learnt, images that nobody has touched are proposed for once more, in the background', async () => {
  const { file, imageIds: [a, b, c], known, again, refresh, end } = begun()
  for (const imageId of [a, b, c]) file.annotations.replacePending(imageId, [byDemo(imageId)])
  // of c a person has judged one
  const [judged] = file.annotations.ofImage(c)
  edit(file, c, updating([judged, { state: 'accepted' }]))
  refresh.onScreen(a)
  await refresh.settled()
  expect(again).toEqual([])
  known.head = headOf(30)
  // while a person is at work, or a job, it waits
  known.busy = true
  refresh.headChanged()
  await refresh.settled()
  expect(again).toEqual([])
  known.busy = false
  refresh.headChanged()
  await refresh.settled()
  // not what is on screen: a person is about to judge it
  expect(again).toMatchObject([{ imageId: b, method: 'agg-gem' }])
  // nor what comes on screen, or is touched, while it is being made
  expect(again[0].wanted()).toBe(true)
  refresh.onScreen(b)
  expect(again[0].wanted()).toBe(false)
  refresh.onScreen(a)
  edit(file, b, updating([file.annotations.ofImage(b)[0], { state: 'rejected' }]))
  expect(again[0].wanted()).toBe(false)
  await end()
})

test('proposals are made once more only where the head has learnt half as much again, and by no head in the published profile', async () => {
  const { file, imageIds: [a, b, c], known, again, refresh, end } = begun()
  file.annotations.replacePending(a, [byDemo(a, { learnt: 21 })])
  file.annotations.replacePending(b, [byDemo(b, { learnt: 20 })])
  file.annotations.replacePending(c, [byDemo(c, { profile: 'reference' })])
  known.head = headOf(30)
  refresh.headChanged()
  await refresh.settled()
  expect(again.map(({ imageId }) => imageId)).toEqual([b])
  await end()
})

test('the images after the one on screen are proposed for first', async () => {
  const { file, imageIds: [a, b, c], known, again, refresh, end } = begun()
  for (const imageId of [a, b, c]) file.annotations.replacePending(imageId, [byDemo(imageId)])
  known.head = headOf(30)
  refresh.onScreen(b)
  refresh.headChanged()
  await refresh.settled()
  expect(again.map(({ imageId }) => imageId)).toEqual([c, a])
  await end()
})

test('an image that cannot be proposed for once more keeps what it has, and the next one is tried', async () => {
  const told: string[] = [], tried: number[] = []
  const { file, imageIds: [a, b], known, refresh, end } = begun({ log: (message) => { told.push(message) }, proposeAgain: (imageId) => {
    tried.push(imageId)
    return Promise.reject(new EngineError('not-found', 'the photo is away'))
  } })
  for (const imageId of [a, b]) file.annotations.replacePending(imageId, [byDemo(imageId)])
  known.head = headOf(30)
  refresh.headChanged()
  await refresh.settled()
  expect(tried.toSorted((one, other) => one - other)).toEqual([a, b])
  expect(told[0]).toBe(`image ${tried[0]} keeps its proposals and their names: the photo is away`)
  expect(file.annotations.ofImage(a)).toHaveLength(1)
  await end()
})

test('where a network would have to look at photos again, none but the first is proposed for once more', async () => {
  const tried: number[] = []
  const { file, imageIds, known, refresh, end } = begun({ proposeAgain: (imageId) => { tried.push(imageId); return Promise.resolve(false) } })
  for (const imageId of imageIds) file.annotations.replacePending(imageId, [byDemo(imageId)])
  known.head = headOf(30)
  refresh.headChanged()
  await refresh.settled()
  expect(tried).toEqual([imageIds[0]])
  await end()
})
