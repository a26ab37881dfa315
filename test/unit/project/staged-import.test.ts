import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AnnotationState } from '../../../main/contract/records.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { NewAnnotation, ProjectFile } from '../../../main/project/project-file.ts'

let home: string
let file: ProjectFile
let images: number[]
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'maskwright-staged-'))
  file = openProjectFile(join(home, 'p.maskwright'), { create: { name: 'p' } })
  const folder = file.folders.add(home)
  images = file.images.applyScan(folder, { added: ['a.jpg', 'b.jpg'].map((path) => ({ path, width: 10, height: 8, bytes: 1, modified: 1, fingerprint: '', problem: null, remark: null })), changed: [], missing: [], returned: [] })
})
afterEach(() => {
  file.close()
  rmSync(home, { recursive: true })
})

const label = (id: number, name = 'cat') => ({ kind: 'class' as const, id, name, synonyms: [], colour: '#112233', order: 0, extent: 'thing' as const, importedId: 3, carried: null })
const annotation = (imageId: number, classId: number, state: AnnotationState = 'accepted', x = 1): NewAnnotation => ({
  imageId, classId, state, mask: { x, y: 1, width: 2, height: 1, runs: Uint8Array.of(0, 2) }, areaPx2: 2, score: null, z: 1, crowd: false, locked: false, boxOnly: null, importedId: 5,
  provenance: { source: 'import', by: 'x.json' }, carried: { k: [1] },
})
const records = { classes: [], images: [], captionsKey: 'c', meta: {}, markDone: false }
const leftovers = () => readdirSync(home).filter((name) => name.includes('.import-'))

test('what is staged is seen by nobody until it is joined, then all of it', async () => {
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  staged.add([annotation(images[0], classId), annotation(images[0], classId, 'pending'), annotation(images[1], classId, 'rejected')])
  expect(file.images.counts().annotations).toBe(0)
  expect(await staged.join({ ...records, classes: [label(classId)], images: [{ imageId: images[0], importedId: 7, fileName: 'x/a.jpg', carried: { licence: 1 } }], meta: { said: [1] } })).toEqual({ classes: 1, annotations: 3 })
  expect(file.meta.get('said')).toEqual([1])
  expect(file.annotations.ofImage(images[0])).toMatchObject([{ ...annotation(images[0], classId), version: 0 }, { state: 'pending' }])
  expect(file.images.row(images[0])).toMatchObject({ kept: 1, pending: 1 })
  expect(file.images.counts().annotations).toBe(3)
  expect([...file.images.forExport()][0]).toMatchObject({ importedId: 7, fileName: 'x/a.jpg', carried: { licence: 1 } })
  expect(leftovers()).toEqual([])
})

test('edits go on between, and counts of images are kept by them afterwards too', async () => {
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  staged.add([annotation(images[0], classId)])
  const person = file.ids.reserve(1)
  const drawn = { ...annotation(images[0], classId, 'drawn', 4), classId: null, kind: 'annotation' as const, id: person, version: 0 }
  file.history.apply({ diff: { added: [drawn], updated: [], removed: [] }, imageId: images[0], label: 'brush', author: 'me' })
  await staged.join({ ...records, classes: [label(classId)] })
  expect(file.images.row(images[0])?.kept).toBe(2)
  const again = { ...drawn, id: file.ids.reserve(1), mask: { ...drawn.mask, x: 6 } }
  file.history.apply({ diff: { added: [again], updated: [], removed: [] }, imageId: images[0], label: 'brush', author: 'me' })
  expect(file.images.row(images[0])?.kept).toBe(3)
})

test('a picture that changed its size meanwhile, or a class that is gone, refuses all of it', async () => {
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  staged.add([annotation(images[0], classId), annotation(images[1], classId, 'accepted', 7)])
  const [folder] = file.folders.list()
  file.images.applyScan(folder.id, { added: [], changed: [{ id: images[1], image: { path: 'b.jpg', width: 8, height: 8, bytes: 2, modified: 2, fingerprint: 'x', problem: null, remark: null } }], missing: [], returned: [] })
  await expect(staged.join({ ...records, classes: [label(classId)], images: [{ imageId: images[0], importedId: 7, fileName: 'x/a.jpg', carried: null }], meta: { said: 1 } })).rejects.toThrow(/b\.jpg has another size.*nothing was imported/)
  expect([...file.images.forExport()][0]).toMatchObject({ importedId: null, fileName: null })
  expect(file.meta.get('said')).toBeUndefined()
  expect(file.images.counts().annotations).toBe(0)
  expect(file.classes.list()).toEqual([])
  const other = file.stageImport()
  other.add([annotation(images[0], classId)])
  await expect(other.join(records)).rejects.toThrow(/class \d+ was removed/)
  expect(file.images.counts().annotations).toBe(0)
  expect(leftovers()).toEqual([])
})

test('a damaged mask is refused as it is staged, and discarding leaves nothing', () => {
  const staged = file.stageImport()
  expect(() => staged.add([{ ...annotation(images[0], 1), mask: { x: 9, y: 1, width: 2, height: 1, runs: Uint8Array.of(0, 2) } }])).toThrow(/reaches out/)
  expect(leftovers().length).toBe(1)
  staged.discard()
  expect(leftovers()).toEqual([])
})

test('captions join those the image has, once each', async () => {
  for (const id of [1, 2]) {
    const staged = file.stageImport()
    staged.caption(images[0], { id: 1, caption: 'same' })
    staged.caption(images[0], { id, caption: `of ${id}` })
    await staged.join(records)
  }
  expect([...file.images.forExport()][0].carried).toEqual({ c: [{ id: 1, caption: 'same' }, { id: 1, caption: 'of 1' }, { id: 2, caption: 'of 2' }] })
})

test('what an earlier process left behind is removed', () => {
  writeFileSync(join(home, 'p.maskwright.import-0badc0de'), 'x')
  const staged = file.stageImport()
  expect(leftovers()).not.toContain('p.maskwright.import-0badc0de')
  staged.discard()
})

const MANY = 12_000
/** Many more images than one transaction of the join takes. */
function manyImages(): number[] {
  const [folder] = file.folders.list()
  return file.images.applyScan(folder.id, { added: Array.from({ length: MANY }, (_, i) => ({ path: `m/${i}.jpg`, width: 10, height: 8, bytes: 1, modified: 1, fingerprint: '', problem: null, remark: null })), changed: [], missing: [], returned: [] })
}
const drawing = (imageId: number, classId: number | null) => ({ ...annotation(imageId, 0, 'drawn', 6), classId, kind: 'annotation' as const, id: file.ids.reserve(1), version: 0 })
const draw = (imageId: number, classId: number | null): void => {
  file.history.apply({ diff: { added: [drawing(imageId, classId)], updated: [], removed: [] }, imageId, label: 'brush', author: 'me' })
}

test('a join lets edits in between, on images that it has reached and on those it has not', async () => {
  const many = manyImages()
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  for (const imageId of many) staged.add([annotation(imageId, classId)])
  const join = { ended: false }
  const joining = staged.join({ ...records, classes: [label(classId)] }).then(() => { join.ended = true })
  let edits = 0
  while (!join.ended) {
    draw(many[0], null)
    draw(many[MANY - 1], null)
    edits++
    await new Promise((resolve) => { setImmediate(resolve) })
  }
  await joining
  expect(edits).toBeGreaterThan(3)
  expect(file.images.row(many[0])?.kept).toBe(edits + 1)
  expect(file.images.row(many[MANY - 1])?.kept).toBe(edits + 1)
  expect(file.images.counts().annotations).toBe(MANY + 2 * edits)
})

test('a join that fails on its way is taken back, but for what a person has drawn meanwhile', async () => {
  const many = manyImages()
  const [classId, old] = [file.ids.reserve(1), file.ids.reserve(1)]
  const first = file.stageImport()
  await first.join({ ...records, classes: [{ ...label(old, 'old'), importedId: null }] })
  const staged = file.stageImport()
  for (const imageId of many) staged.add([annotation(imageId, classId), annotation(imageId, old)])
  staged.caption(many[5], { caption: 'x' })
  // the last picture changes its size while the others are joined
  const joining = staged.join({ ...records, classes: [label(classId), label(old, 'old')], images: many.map((imageId) => ({ imageId, importedId: imageId, fileName: 'x', carried: { a: 1 } })), markDone: true })
  const [folder] = file.folders.list()
  const last = many[MANY - 1]
  let seen = 0
  const changing = (async () => {
    while (file.images.row(many[0])?.state !== 'done') await new Promise((resolve) => { setImmediate(resolve) })
    seen = file.images.counts().annotations
    draw(many[1], classId)
    file.images.applyScan(folder.id, { added: [], changed: [{ id: last, image: { path: `m/${MANY - 1}.jpg`, width: 2, height: 2, bytes: 2, modified: 2, fingerprint: 'x', problem: null, remark: null } }], missing: [], returned: [] })
  })()
  await expect(joining).rejects.toThrow(/nothing was imported/)
  await changing
  expect(seen).toBeGreaterThan(0)
  expect(file.images.counts()).toMatchObject({ annotations: 1, done: 0 })
  expect(file.images.row(many[1])).toMatchObject({ kept: 1, state: 'new' })
  expect([...file.images.forExport()].every(({ importedId, fileName, carried }) => importedId === null && fileName === null && carried === null)).toBe(true)
  // the class of the drawing stays, the other is as it was
  expect(file.classes.list().map(({ name, importedId }) => [name, importedId])).toEqual([['cat', 3], ['old', null]])
  expect(leftovers()).toEqual([])
})

test('an import whose project is closed on its way is taken back when it is next opened', async () => {
  const many = manyImages()
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  for (const imageId of many) staged.add([annotation(imageId, classId)])
  const joining = staged.join({ ...records, classes: [label(classId)], meta: { said: 1 } })
  const closing = (async () => {
    while (file.images.row(many[0])?.kept !== 1) await new Promise((resolve) => { setImmediate(resolve) })
    file.close()
  })()
  await expect(joining).rejects.toMatchObject({ code: 'cancelled' })
  await closing
  file = openProjectFile(join(home, 'p.maskwright'))
  expect(file.images.counts().annotations).toBe(0)
  expect(file.classes.list()).toEqual([])
  expect(file.meta.get('said')).toBeUndefined()
  // and it can be imported again
  const again = file.stageImport()
  again.add([annotation(many[0], classId)])
  expect(await again.join({ ...records, classes: [label(classId)] })).toEqual({ classes: 1, annotations: 1 })
})

test('images that bring labels are done, unless they hold proposals or somebody works on them', async () => {
  const classId = file.ids.reserve(1)
  const [folder] = file.folders.list()
  const [, , third] = [...images, ...file.images.applyScan(folder.id, { added: [{ path: 'c.jpg', width: 10, height: 8, bytes: 1, modified: 1, fingerprint: '', problem: null, remark: null }], changed: [], missing: [], returned: [] })]
  const mark = { kind: 'image' as const, id: third, version: 0, state: 'new' as const, ticked: null, assignee: null, reviewer: null, review: null }
  file.history.apply({ diff: { added: [], updated: [[mark, { ...mark, version: 1, state: 'working' as const }]], removed: [] }, imageId: third, label: 'x', author: 'me' })
  const staged = file.stageImport()
  staged.add([annotation(images[0], classId), annotation(images[1], classId, 'pending'), annotation(images[1], classId), annotation(third, classId)])
  await staged.join({ ...records, classes: [label(classId)], markDone: true })
  expect([...images, third].map((id) => file.images.row(id)?.state)).toEqual(['done', 'new', 'working'])
})
