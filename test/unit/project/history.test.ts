import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Annotation, ImageMark, LabelClass } from '../../../main/contract/records.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { ProjectFile } from '../../../main/project/project-file.ts'
import { adding, annotation, codeOf, edit, errorOf, labelClass, newAnnotation, newProject, rectangle, removing, take, testFolder, updating } from './sample-project.ts'
import { newMark } from '../new-mark.ts'

const folder = testFolder()
let count = 0
const fresh = () => newProject(join(folder, `${++count}.maskwright`))
const stored = (project: ProjectFile, id: number): Annotation => {
  const found = [...project.images.forExport()].flatMap(({ row }) => project.annotations.ofImage(row.id)).find((record) => record.id === id)
  if (found === undefined) throw new Error(`annotation ${id} is not there`)
  return found
}
const mark = (id: number, patch: Partial<ImageMark> = {}): ImageMark => ({ ...newMark(id), ...patch })

test('a stale edit is refused with what is stored now, and none of it is written', () => {
  const { project, imageIds: [a] } = fresh()
  const [one, two] = [annotation(project, a), annotation(project, a)]
  edit(project, a, adding(one, two))
  edit(project, a, updating([one, { z: 9 }]))
  const late = updating([two, { z: 3 }], [one, { state: 'rejected' }])
  const error = errorOf(() => edit(project, a, late))
  expect(error.code).toBe('stale')
  expect(error.details).toEqual({ current: [{ ...one, z: 9, version: 1 }], gone: [] })
  expect(project.annotations.ofImage(a).map(({ z }) => z)).toEqual([0, 9])
  expect(project.history.page(a, 10)).toHaveLength(2)
  edit(project, a, removing(two))
  expect(errorOf(() => edit(project, a, updating([two, { z: 1 }]))).details).toEqual({ current: [], gone: [{ kind: 'annotation', id: two.id }] })
  expect(errorOf(() => edit(project, a, adding(one))).details).toMatchObject({ current: [{ id: one.id }] })
  project.close()
})

test.each([
  ['that skips a version', (one: Annotation) => ({ added: [], updated: [[one, { ...one, version: one.version + 2 }]], removed: [] })],
  ['whose two sides are different records', (one: Annotation) => ({ added: [], updated: [[one, { ...one, id: one.id + 1, version: one.version + 1 }]], removed: [] })],
  ['that moves an annotation to another image', (one: Annotation, b: number) => updating([one, { imageId: b }])],
  ['that changes a record twice', (one: Annotation) => ({ ...updating([one, { z: 1 }]), removed: [one] })],
  ['of another image', (_: Annotation, b: number) => updating([mark(b), { state: 'done' as const }])],
  ['of the class list under an image', (one: Annotation) => adding({ kind: 'class', id: one.id + 1, version: 0, name: 'x', synonyms: [], colour: '#000000', order: 0, extent: 'thing', importedId: null, carried: null } satisfies LabelClass)],
  ['with an id nobody reserved', (one: Annotation) => adding({ ...one, id: one.id + 500 })],
  ['that changes nothing', () => ({ added: [], updated: [], removed: [] })],
  ['that adds an image', (one: Annotation, b: number) => adding({ ...mark(b), id: one.imageId + 3 })],
] as const)('an edit %s is refused', (_, make) => {
  const { project, imageIds: [a, b] } = fresh()
  const one = annotation(project, a)
  edit(project, a, adding(one))
  const diff = make(one, b) as Parameters<typeof edit>[2]
  expect(['bad-input', 'stale']).toContain(codeOf(() => edit(project, a, diff)))
  expect(project.annotations.ofImage(a)).toEqual([one])
  expect(project.history.page(a, 10)).toHaveLength(1)
  project.close()
})

test('undo and redo walk through the edits of one image, and only of it', () => {
  const { project, imageIds: [a, b] } = fresh()
  const one = annotation(project, a)
  expect(edit(project, a, adding(one), 'polygon')).toMatchObject({ undo: { label: 'polygon', author: 'Ada', imageId: a, state: 'done' }, redo: null })
  edit(project, b, adding(annotation(project, b)), 'brush')
  edit(project, a, updating([one, { mask: rectangle(0, 0, 4, 4), areaPx2: 16, state: 'fixed' }]), 'eraser')
  expect(project.history.steps(a)).toMatchObject({ undo: { label: 'eraser' }, redo: null })
  expect(take(project, a, 'undo')).toBe(true)
  expect(stored(project, one.id)).toEqual({ ...one, version: 2 })
  expect(project.history.steps(a)).toMatchObject({ undo: { label: 'polygon' }, redo: { label: 'eraser', state: 'undone' } })
  expect(take(project, a, 'undo')).toBe(true)
  expect(take(project, a, 'undo')).toBe(false)
  expect(project.annotations.ofImage(a)).toEqual([])
  expect(project.annotations.ofImage(b)).toHaveLength(1)
  expect(take(project, a, 'redo') && take(project, a, 'redo') && !take(project, a, 'redo')).toBe(true)
  expect(stored(project, one.id)).toMatchObject({ state: 'fixed', areaPx2: 16 })
  project.close()
})

test('undo survives closing and opening', () => {
  const { project, imageIds: [a] } = fresh()
  const one = annotation(project, a)
  edit(project, a, adding(one))
  edit(project, a, updating([one, { state: 'rejected' }]))
  take(project, a, 'undo')
  const before = [project.annotations.ofImage(a), project.history.steps(a), project.history.page(a, 10)]
  project.close()
  const again = openProjectFile(project.path)
  expect([again.annotations.ofImage(a), again.history.steps(a), again.history.page(a, 10)]).toEqual(before)
  expect(take(again, a, 'redo')).toBe(true)
  expect(stored(again, one.id).state).toBe('rejected')
  again.close()
})

test('a new edit drops what was undone on its line, and a class edit on every line', () => {
  const { project, imageIds: [a, b] } = fresh()
  edit(project, a, adding(annotation(project, a)))
  edit(project, b, adding(annotation(project, b)))
  take(project, a, 'undo')
  take(project, b, 'undo')
  edit(project, a, adding(annotation(project, a)))
  expect(project.history.steps(a).redo).toBeNull()
  expect(project.history.steps(b).redo).not.toBeNull()
  edit(project, null, adding(labelClass(project, 'cat')))
  expect(project.history.steps(b).redo).toBeNull()
  expect(project.history.page(b, 10).map(({ state }) => state)).toEqual(['done', 'dropped'])
  project.close()
})

test('edits of the class list are undone between those of the image, in order', () => {
  const { project, imageIds: [a, b] } = fresh()
  const cat = labelClass(project, 'cat')
  edit(project, a, adding(annotation(project, a)), 'first')
  edit(project, null, adding(cat), 'class')
  edit(project, a, adding(annotation(project, a, { classId: cat.id })), 'second')
  expect(project.history.steps(b).undo?.label).toBe('class')
  expect(project.history.steps(null).undo?.label).toBe('class')
  take(project, a, 'undo')
  expect(project.history.steps(a).undo?.label).toBe('class')
  take(project, a, 'undo')
  expect(project.classes.list()).toEqual([])
  expect(project.history.steps(a)).toMatchObject({ undo: { label: 'first' }, redo: { label: 'class' } })
  while (take(project, a, 'redo'));
  expect([project.classes.list().length, project.annotations.ofImage(a).length]).toEqual([1, 2])
  project.close()
})

test('a class that is still used is not removed, and the message says by how many', () => {
  const { project, imageIds: [a, b] } = fresh()
  const cat = labelClass(project, 'cat')
  edit(project, null, adding(cat))
  const [one, two] = [annotation(project, a, { classId: cat.id }), annotation(project, b, { classId: cat.id })]
  edit(project, a, adding(one))
  edit(project, b, adding(two))
  const refused = errorOf(() => edit(project, null, removing(cat)))
  expect(refused.message).toMatch(/“cat” is still that of 2 annotations on 2 images/)
  expect(project.classes.list()).toHaveLength(1)
  // class and annotations in one edit, in whichever order
  edit(project, null, { ...updating([one, { classId: null }], [two, { classId: null }]), removed: [cat] })
  expect(project.classes.list()).toEqual([])
  expect(errorOf(() => edit(project, a, updating([{ ...one, classId: null, version: 1 }, { classId: cat.id }]))).details).toMatchObject({ gone: [{ kind: 'class', id: cat.id }] })
  take(project, b, 'undo')
  expect([stored(project, one.id).classId, stored(project, two.id).classId]).toEqual([cat.id, cat.id])
  project.close()
})

test('only the next step can be taken, and only once', () => {
  const { project, imageIds: [a] } = fresh()
  const one = annotation(project, a)
  const first = edit(project, a, adding(one)).undo?.id ?? 0
  const second = edit(project, a, updating([one, { z: 1 }])).undo?.id ?? 0
  const step = project.history.step(a, 'undo')
  expect(step?.entry.id).toBe(second)
  const diff = step?.diff ?? removing()
  const apply = (more: { undoes?: number; redoes?: number }) => () => project.history.apply({ diff, imageId: a, label: 'undo', author: 'Ada', ...more })
  expect(codeOf(apply({ undoes: first }))).toBe('stale')
  expect(codeOf(apply({ redoes: second }))).toBe('stale')
  expect(codeOf(apply({ undoes: second, redoes: second }))).toBe('bad-input')
  expect(apply({ undoes: second })()).toMatchObject({ undo: { id: first }, redo: { id: second } })
  expect(codeOf(apply({ undoes: second }))).toBe('stale')
  project.close()
})

test('what a job has replaced meanwhile is passed over by undo', () => {
  const { project, imageIds: [a] } = fresh()
  const own = annotation(project, a)
  edit(project, a, adding(own), 'polygon')
  project.annotations.replacePending(a, [newAnnotation(a)])
  const proposal = project.annotations.ofImage(a).find(({ state }) => state === 'pending') ?? own
  edit(project, a, updating([proposal, { z: 4 }]), 'order')
  project.annotations.replacePending(a, [])
  expect(project.history.step(a, 'undo')).toMatchObject({ entry: { label: 'polygon' }, diff: { removed: [{ id: own.id }] } })
  expect(project.history.page(a, 10)).toMatchObject([{ label: 'order', state: 'dropped' }, { label: 'polygon', state: 'done' }])
  project.close()
})

test('undo across images restores what can be restored and leaves alone what was changed since', () => {
  const { project, imageIds: [a, b] } = fresh()
  const cat = labelClass(project, 'cat')
  edit(project, null, adding(cat))
  const [one, two] = [annotation(project, a, { classId: cat.id }), annotation(project, b, { classId: cat.id })]
  edit(project, a, adding(one))
  edit(project, b, adding(two))
  edit(project, null, { ...updating([one, { classId: null }], [two, { classId: null }]), removed: [cat] }, 'delete class')
  edit(project, b, updating([{ ...two, classId: null, version: 1 }, { z: 8 }]))
  expect(take(project, a, 'undo')).toBe(true)
  expect(stored(project, one.id).classId).toBe(cat.id)
  expect(stored(project, two.id)).toMatchObject({ classId: null, z: 8 })
  project.close()
})

test('ids are never given twice, also not after a restart', () => {
  const { project } = fresh()
  const first = project.ids.reserve(1000)
  expect(project.ids.reserve(1)).toBe(first + 1000)
  project.close()
  const again = openProjectFile(project.path)
  expect(again.ids.reserve(1)).toBe(first + 1001)
  expect(codeOf(() => again.ids.reserve(0))).toBe('bad-input')
  again.close()
})
