import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Provenance } from '../../../main/contract/records.ts'
import { EMPTY_MASK } from '../../../main/masks/mask.ts'
import { adding, annotation, codeOf, edit, errorOf, labelClass, newAnnotation, newProject, rectangle, testFolder, updating } from './sample-project.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { newMark } from '../new-mark.ts'

const folder = testFolder()
let count = 0
const fresh = () => newProject(join(folder, `${++count}.maskwright`))

test('an annotation comes back as it was written, every field', () => {
  const { project, imageIds: [a] } = fresh()
  const cat = labelClass(project, 'cat', { synonyms: ['kitten', 'Kätzchen'], carried: { supercategory: 'animal' }, importedId: -3, extent: 'stuff', order: 7 })
  edit(project, null, adding(cat))
  const written = annotation(project, a, {
    classId: cat.id, mask: rectangle(0, 0, 100, 80), areaPx2: 8000, score: 0.1, z: -4, crowd: true, locked: true, importedId: 12, carried: { attributes: { occluded: false } },
    provenance: { source: 'method', method: 'regions', settings: { clusterCount: 20, edgeSnap: 'guided', windows: false } },
  })
  const box = annotation(project, a, { mask: { ...EMPTY_MASK, runs: new Uint8Array(0) }, areaPx2: 12, boxOnly: [1.5, 2, 3, 4], score: null })
  edit(project, a, adding(written, box))
  expect(project.annotations.ofImage(a)).toEqual([written, box])
  expect(Object.getPrototypeOf(project.annotations.ofImage(a)[0].mask.runs)).toBe(Uint8Array.prototype)
  expect(project.classes.list()).toEqual([cat])
  project.close()
})

test('annotations are listed from back to front, ties by id', () => {
  const { project, imageIds: [a] } = fresh()
  const [top, low, tie] = [annotation(project, a, { z: 5 }), annotation(project, a, { z: -1 }), annotation(project, a, { z: 5 })]
  edit(project, a, adding(tie, top, low))
  expect(project.annotations.ofImage(a).map(({ id }) => id)).toEqual([low.id, top.id, tie.id])
  project.close()
})

test.each([
  ['whose runs cover more than its box', { mask: { x: 0, y: 0, width: 2, height: 2, runs: new Uint8Array([0, 5]) }, areaPx2: 5 }, /cover more than its box of 2×2/],
  ['whose last run is cut off', { mask: { x: 0, y: 0, width: 20, height: 20, runs: new Uint8Array([0, 0x83]) }, areaPx2: 3 }, /cut off/],
  ['that reaches out of its image', { mask: rectangle(95, 0, 10, 2), areaPx2: 20 }, /reaches out of image a.jpg of 100×80/],
  ['whose area is not its mask’s', { areaPx2: 7 }, /says 7 px², but its mask has 200/],
  ['with half a box', { mask: { x: 0, y: 0, width: 0, height: 3, runs: new Uint8Array(0) }, areaPx2: 0 }, /0×3/],
] as const)('a mask %s is refused and nothing is written', (_, patch, message) => {
  const { project, imageIds: [a] } = fresh()
  const error = errorOf(() => edit(project, a, adding(annotation(project, a), annotation(project, a, patch))))
  expect([error.code, error.message]).toEqual(['bad-input', expect.stringMatching(message)])
  expect(project.annotations.ofImage(a)).toEqual([])
  expect(codeOf(() => project.annotations.replacePending(a, [newAnnotation(a, patch)]))).toBe('bad-input')
  project.close()
})

test('a job replaces only pending proposals, whatever else is there', () => {
  const { project, imageIds: [a, b] } = fresh()
  const kept = (['accepted', 'fixed', 'rejected', 'drawn'] as const).map((state) => annotation(project, a, { state, locked: state === 'drawn' }))
  edit(project, a, adding(...kept))
  project.annotations.replacePending(a, [newAnnotation(a), newAnnotation(a)])
  project.annotations.replacePending(b, [newAnnotation(b)])
  const before = project.annotations.ofImage(a).filter(({ state }) => state === 'pending')
  const diff = project.annotations.replacePending(a, [newAnnotation(a, { score: 0.2 })])
  expect(diff?.removed).toEqual(before)
  expect(project.annotations.ofImage(a)).toEqual([...kept, ...(diff?.added ?? [])])
  expect(project.annotations.ofImage(b)).toHaveLength(1)
  expect(codeOf(() => project.annotations.replacePending(a, [newAnnotation(a, { state: 'accepted' })]))).toBe('bad-input')
  expect(codeOf(() => project.annotations.replacePending(a, [newAnnotation(b)]))).toBe('bad-input')
  expect(codeOf(() => project.annotations.replacePending(999, []))).toBe('not-found')
  project.close()
})

test('a job leaves an image alone that a person has meanwhile finished', () => {
  const { project, imageIds: [a] } = fresh()
  project.annotations.replacePending(a, [newAnnotation(a)])
  edit(project, a, updating([newMark(a), { state: 'done' }]))
  expect(project.annotations.replacePending(a, [])).toBeNull()
  expect(project.annotations.ofImage(a)).toHaveLength(1)
  project.close()
})

test('what a pack has not learnt is found by image, and forgotten when it changes', () => {
  const { project, imageIds: [a, b] } = fresh()
  const cat = labelClass(project, 'cat')
  edit(project, null, adding(cat))
  const [kept, rejected, unnamed, other] = [annotation(project, a, { classId: cat.id }), annotation(project, a, { classId: cat.id, state: 'rejected' }), annotation(project, a), annotation(project, b, { classId: cat.id })]
  edit(project, a, adding(kept, rejected, unnamed))
  edit(project, b, adding(other))
  project.annotations.replacePending(b, [newAnnotation(b, { classId: cat.id })])
  expect(project.annotations.untaught('classic', '', 10)).toEqual([{ imageId: a, annotations: [kept, rejected] }, { imageId: b, annotations: [other] }])
  expect(project.annotations.untaught('classic', '', 1)).toHaveLength(1)
  expect(project.annotations.untaught('classic', '', 1, b)).toEqual([{ imageId: b, annotations: [other] }])
  expect(project.annotations.untaught('classic', '', 1, 999)).toEqual([])
  const entry = { classId: cat.id, pack: 'classic', checkpoints: '', positive: true }
  const vector = new Float32Array([0.1, -2, 3e-8])
  project.memory.put([
    { ...entry, annotationId: kept.id, imageId: a, vector },
    { ...entry, annotationId: rejected.id, imageId: a, positive: false, vector: new Float32Array(0) },
    { ...entry, annotationId: other.id, imageId: b, positive: false, vector }, // learnt as rejected, but it is kept
    { ...entry, annotationId: unnamed.id, imageId: a, vector }, // learnt with a class that it no longer has
    { ...entry, annotationId: 99_999, imageId: a, vector }, // removed meanwhile
  ])
  expect(project.memory.all('classic')).toEqual([{ ...entry, annotationId: kept.id, imageId: a, vector }])
  expect(project.annotations.untaught('classic', '', 10)).toEqual([{ imageId: b, annotations: [other] }])
  expect(project.annotations.untaught('demo', '', 10)).toHaveLength(2)
  edit(project, a, updating([kept, { locked: true }]))
  expect(project.memory.all('classic')).toHaveLength(1)
  edit(project, a, updating([{ ...kept, version: 1, locked: true }, { mask: rectangle(2, 3, 20, 10) }]))
  expect(project.memory.all('classic')).toEqual([])
  project.memory.forget([rejected.id])
  expect(project.annotations.untaught('classic', '', 10).flatMap(({ annotations }) => annotations.map(({ id }) => id))).toEqual([kept.id, rejected.id, other.id])
  project.close()
})

test('what other checkpoints of a pack made is not given and waits to be looked at again, but for what was muted', () => {
  const { project, imageIds: [a, b] } = fresh()
  const cat = labelClass(project, 'cat')
  edit(project, null, adding(cat))
  const [one, muted, other] = [annotation(project, a, { classId: cat.id }), annotation(project, a, { classId: cat.id }), annotation(project, b, { classId: cat.id })]
  edit(project, a, adding(one, muted))
  edit(project, b, adding(other))
  const learn = (checkpoints: string, ...which: (typeof one)[]) => project.memory.put(which.map(({ id, imageId }) => ({ annotationId: id, imageId, classId: cat.id, pack: 'demo', checkpoints, positive: true, vector: Float32Array.of(1) })))
  learn('old', one, muted, other)
  project.memory.mute(muted.id)
  learn('new', muted)
  const state = (checkpoints: string) => [project.memory.all('demo', checkpoints).map(({ annotationId }) => annotationId), project.memory.outdated('demo', checkpoints), project.annotations.untaught('demo', checkpoints, 10).flatMap(({ annotations }) => annotations.map(({ id }) => id))]
  expect(state('old')).toEqual([[one.id, other.id], [], []])
  expect(state('new')).toEqual([[], [a, b], [one.id, other.id]])
  learn('new', other)
  expect(state('new')).toEqual([[other.id], [a], [one.id]])
  expect(project.memory.all('demo').map(({ annotationId, checkpoints }) => [annotationId, checkpoints])).toEqual([[one.id, 'old'], [other.id, 'new']])
  project.close()
})

test('what was learnt is told by class, a muted mask teaches nothing until it changes, and all of it is there after closing', () => {
  const { project, imageIds: [a] } = fresh()
  const cat = labelClass(project, 'cat')
  edit(project, null, adding(cat))
  const [kept, rejected] = [annotation(project, a, { classId: cat.id }), annotation(project, a, { classId: cat.id, state: 'rejected' })]
  edit(project, a, adding(kept, rejected))
  project.memory.put([kept, rejected].map(({ id, state }) => ({ annotationId: id, imageId: a, classId: cat.id, pack: 'classic', checkpoints: '', positive: state !== 'rejected', vector: Float32Array.of(1, 2) })))
  project.memory.put([{ annotationId: kept.id, imageId: a, classId: cat.id, pack: 'demo', checkpoints: '', positive: true, vector: Float32Array.of(3) }])
  // a mask that taught two packs is one mask
  expect([project.memory.packs(), project.memory.classes()]).toEqual([['classic', 'demo'], [{ classId: cat.id, positive: 1, negative: 1, packs: [{ pack: 'classic', positive: 1, negative: 1 }, { pack: 'demo', positive: 1, negative: 0 }] }]])
  const { total, rows } = project.memory.page(cat.id, 0, 2)
  expect([total, rows]).toMatchObject([2, [
    { annotationId: rejected.id, positive: false, mask: rejected.mask, packs: ['classic'], imageWidth: 100, imageHeight: 80 },
    { annotationId: kept.id, positive: true, packs: ['classic', 'demo'] },
  ]])
  expect(project.memory.page(cat.id, 1, 1).rows.map(({ annotationId }) => annotationId)).toEqual([kept.id])
  expect([project.memory.mute(rejected.id), project.memory.mute(rejected.id)]).toEqual([[a], []])
  project.close()
  const again = openProjectFile(project.path)
  expect(again.memory.all('classic').map(({ annotationId }) => annotationId)).toEqual([kept.id])
  expect(again.annotations.untaught('classic', '', 10)).toEqual([])
  edit(again, a, updating([rejected, { state: 'accepted' }]))
  expect(again.annotations.untaught('classic', '', 10).flatMap(({ annotations }) => annotations.map(({ id }) => id))).toEqual([rejected.id])
  again.close()
})

test('a proposal of another class no longer says what was asked for the one before; another score leaves that', () => {
  const { project, imageIds: [a] } = fresh()
  const [cat, dog] = [labelClass(project, 'cat'), labelClass(project, 'dog')]
  edit(project, null, adding(cat, dog))
  const provenance: Provenance = { source: 'method', method: 'gem', pack: 'demo', prompt: 'a photo of a cat.' }
  const added = project.annotations.replacePending(a, [newAnnotation(a, { classId: cat.id, provenance }), newAnnotation(a, { classId: cat.id, provenance })])?.added ?? []
  project.annotations.renamePending(a, [{ id: added[0].id, classId: dog.id, score: 0.5 }, { id: added[1].id, classId: cat.id, score: 0.7 }], null)
  const [renamed, same] = project.annotations.ofImage(a)
  expect(renamed).toMatchObject({ classId: dog.id, score: 0.5, version: 0 })
  expect(renamed.provenance).toEqual({ source: 'method', method: 'gem', pack: 'demo' })
  expect(same).toMatchObject({ classId: cat.id, score: 0.7, provenance })
  project.close()
})

test('proposals get other names without changing ids; what a person locked, changed or judged stays, and so does a locked one under a job', () => {
  const { project, imageIds: [a] } = fresh()
  const cat = labelClass(project, 'cat')
  edit(project, null, adding(cat))
  const added = project.annotations.replacePending(a, [newAnnotation(a), newAnnotation(a), newAnnotation(a)], 0.75)?.added ?? []
  const [first, locked, judged] = added.flatMap((record) => (record.kind === 'annotation' ? [record] : []))
  expect(project.images.row(a)?.uncertainty).toBe(0.75)
  edit(project, a, updating([locked, { locked: true }], [judged, { state: 'accepted' }]))
  const names = added.map(({ id }) => ({ id, classId: cat.id, score: 0.5 }))
  expect(project.annotations.renamePending(a, names, 0.25)).toEqual([names[0]])
  expect(project.annotations.ofImage(a)[0]).toEqual({ ...first, classId: cat.id, score: 0.5 })
  expect(project.annotations.renamePending(a, names, 0.25)).toEqual([])
  expect(project.images.row(a)?.uncertainty).toBe(0.25)
  expect(project.annotations.replacePending(a, [])?.removed.map(({ id }) => id)).toEqual([first.id])
  const left = project.annotations.ofImage(a)
  expect(left.map(({ id }) => id)).toEqual([locked.id, judged.id])
  edit(project, a, { added: [], updated: [], removed: left.filter(({ id }) => id === locked.id) })
  expect(project.images.row(a)).toMatchObject({ pending: 0, uncertainty: null })
  project.close()
})
