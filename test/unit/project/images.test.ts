import { join } from 'node:path'
import { expect, test } from 'vitest'
import { adding, annotation, codeOf, edit, labelClass, newAnnotation, newProject, scanned, testFolder, updating } from './sample-project.ts'
import { newMark } from '../new-mark.ts'

const folder = testFolder()
let count = 0
const fresh = (paths?: readonly string[]) => newProject(join(folder, `${++count}.maskwright`), paths)
const NONE = { added: [], changed: [], missing: [], returned: [] }

test('a folder that is added twice is one folder', () => {
  const { project, folderId } = fresh()
  expect(project.folders.add('/pictures')).toBe(folderId)
  expect(project.folders.list()).toEqual([{ id: folderId, path: '/pictures', name: 'pictures', imageCount: 2, present: false }])
  project.close()
})

test('a relinked folder has its new path, and no two folders may have the same', () => {
  const { project, folderId } = fresh()
  const other = project.folders.add('/other')
  project.folders.relink(folderId, folder)
  expect(project.folders.list()[0]).toMatchObject({ path: folder, present: true })
  expect(codeOf(() => project.folders.relink(other, folder))).toBe('bad-input')
  expect(codeOf(() => project.folders.pathOf(999))).toBe('not-found')
  project.close()
})

test('what a scan found comes back to the bit, strange names included', () => {
  const names = ['line\nbreak.jpg', '"quotes\' and 🦊.png', 'sub/dir/ä.jpg']
  const { project, folderId, imageIds } = fresh(names)
  expect(project.images.ofFolder(folderId)).toEqual(names.map((name, index) => ({ ...scanned(name), id: imageIds[index], missing: false, revision: expect.any(Number) as unknown })))
  project.close()
})

test('images are listed with numbers as numbers, whatever the letter case', () => {
  const { project } = fresh(['img10.jpg', 'IMG2.jpg', 'img1.jpg', 'Apple.jpg'])
  expect(project.images.page({}, 0, 10).rows.map(({ path }) => path)).toEqual(['Apple.jpg', 'img1.jpg', 'IMG2.jpg', 'img10.jpg'])
  expect(project.images.page({}, 1, 2)).toMatchObject({ total: 4, rows: [{ path: 'img1.jpg' }, { path: 'IMG2.jpg' }] })
  project.close()
})

test('a changed file gets a new revision, a moved one keeps its own, and neither loses labels', () => {
  const { project, folderId, imageIds: [a, b] } = fresh()
  edit(project, a, adding(annotation(project, a)))
  const [revisionOfA, revisionOfB] = [a, b].map((id) => project.images.row(id)?.revision ?? 0)
  project.images.applyScan(folderId, { ...NONE, changed: [{ id: a, image: scanned('a.jpg', { bytes: 6000 }) }, { id: b, image: scanned('moved.jpg', { fingerprint: 'of b.jpg' }) }] })
  expect(project.images.row(a)?.revision).toBeGreaterThan(revisionOfA)
  expect(project.images.row(a)?.kept).toBe(1)
  expect(project.images.row(b)).toMatchObject({ revision: revisionOfB, path: 'moved.jpg' })
  project.close()
})

test('the same id has another revision in another project, since browsers keep pictures by both', async () => {
  const first = fresh()
  await new Promise((resolve) => { setTimeout(resolve, 2) })
  const second = fresh()
  expect(second.imageIds).toEqual(first.imageIds)
  expect(second.project.images.row(second.imageIds[0])?.revision).not.toBe(first.project.images.row(first.imageIds[0])?.revision)
  for (const { project } of [first, second]) project.close()
})

test('a picture that can’t be read for a while keeps its size, which its labels are exported with', () => {
  const { project, folderId, imageIds: [a] } = fresh()
  project.images.applyScan(folderId, { ...NONE, changed: [{ id: a, image: scanned('a.jpg', { width: 0, height: 0, problem: 'is cut off' }) }] })
  expect(project.images.row(a)).toMatchObject({ width: 100, height: 80, problem: 'is cut off' })
  project.images.applyScan(folderId, { ...NONE, changed: [{ id: a, image: scanned('a.jpg', { width: 50, height: 40 }) }] })
  expect(project.images.row(a)).toMatchObject({ width: 50, height: 40, problem: null })
  project.close()
})

test('two files that swapped names swap rows', () => {
  const { project, folderId, imageIds: [a, b] } = fresh()
  project.images.applyScan(folderId, { ...NONE, changed: [{ id: a, image: scanned('b.jpg') }, { id: b, image: scanned('a.jpg') }] })
  expect([project.images.row(a)?.path, project.images.row(b)?.path]).toEqual(['b.jpg', 'a.jpg'])
  project.close()
})

test('a missing file keeps its labels and is not offered as next until it returns', () => {
  const { project, folderId, imageIds: [a, b] } = fresh()
  edit(project, a, adding(annotation(project, a)))
  project.images.applyScan(folderId, { ...NONE, missing: [a] })
  expect(project.images.row(a)).toMatchObject({ missing: true, kept: 1 })
  expect(project.images.nextUnfinished(null, 'next')).toBe(b)
  project.images.applyScan(folderId, { ...NONE, returned: [a] })
  expect(project.images.nextUnfinished(null, 'next')).toBe(a)
  project.close()
})

test('a scan that names an unknown image changes nothing at all', () => {
  const { project, folderId } = fresh()
  expect(codeOf(() => project.images.applyScan(folderId, { ...NONE, added: [scanned('c.jpg')], missing: [999] }))).toBe('not-found')
  expect(project.images.counts().images).toBe(2)
  project.close()
})

test('counts per image and of the project follow every change of state', () => {
  const { project, imageIds: [a] } = fresh()
  const proposals = project.annotations.replacePending(a, [newAnnotation(a), newAnnotation(a)])
  expect(project.images.row(a)).toMatchObject({ pending: 2, kept: 0 })
  const [first, second] = project.annotations.ofImage(a)
  expect(proposals?.added).toEqual([first, second])
  edit(project, a, updating([first, { state: 'accepted' }], [second, { state: 'rejected' }]))
  expect(project.images.row(a)).toMatchObject({ pending: 0, kept: 1 })
  expect(project.images.counts()).toEqual({ images: 2, done: 0, annotations: 2 })
  edit(project, a, updating([newMark(a), { state: 'done', ticked: [1, 2] }]))
  expect(project.images.row(a)).toMatchObject({ state: 'done', ticked: [1, 2], version: 1 })
  expect(project.images.counts().done).toBe(1)
  project.close()
})

test('filters by state, class, text, proposals and problems agree between page and place', () => {
  const { project, folderId, imageIds: [a, b, c] } = fresh(['100%_a.jpg', '100xxa.jpg', 'c.jpg'])
  const cat = labelClass(project, 'cat')
  edit(project, null, adding(cat))
  edit(project, a, adding(annotation(project, a, { classId: cat.id })))
  edit(project, b, adding(annotation(project, b, { classId: cat.id, state: 'rejected' })))
  project.annotations.replacePending(c, [newAnnotation(c)])
  project.images.applyScan(folderId, { ...NONE, changed: [{ id: c, image: scanned('c.jpg', { problem: 'cut off' }) }] })
  const ids = (filter: Parameters<typeof project.images.page>[0]) => project.images.page(filter, 0, 10).rows.map(({ id }) => id)
  expect(ids({ annotation: { classId: cat.id } })).toEqual([a])
  expect(ids({ text: '100%_' })).toEqual([a])
  expect(ids({ text: '100' })).toEqual([a, b])
  expect(ids({ withPending: true })).toEqual([c])
  expect(ids({ withProblem: true })).toEqual([c])
  expect(ids({ state: ['done'] })).toEqual([])
  expect(project.images.place({ withProblem: false }, b)).toBe(1)
  expect(project.images.place({ withProblem: false }, c)).toBeNull()
  expect(project.images.place({}, c)).toBe(2)
  project.close()
})

test('next unfinished goes round, skips done images, and ends when no other is left', () => {
  const { project, imageIds: [a, b, c] } = fresh(['a', 'b', 'c'])
  edit(project, b, updating([newMark(b), { state: 'done' }]))
  expect(project.images.nextUnfinished(a, 'next')).toBe(c)
  expect(project.images.nextUnfinished(c, 'next')).toBe(a)
  expect(project.images.nextUnfinished(a, 'previous')).toBe(c)
  expect(project.images.nextUnfinished(null, 'previous')).toBe(c)
  edit(project, c, updating([newMark(c), { state: 'done' }]))
  expect(project.images.nextUnfinished(a, 'next')).toBeNull()
  project.close()
})

test('untouched images are those without a person’s annotations, not done, readable and there', () => {
  const { project, folderId, imageIds: [kept, rejected, done, missing, broken, proposed, plain] } = fresh(['1', '2', '3', '4', '5', '6', '7'])
  edit(project, kept, adding(annotation(project, kept)))
  edit(project, rejected, adding(annotation(project, rejected, { state: 'rejected' })))
  edit(project, done, updating([newMark(done), { state: 'done' }]))
  project.images.applyScan(folderId, { ...NONE, missing: [missing], changed: [{ id: broken, image: scanned('5', { problem: 'not an image' }) }] })
  project.annotations.replacePending(proposed, [newAnnotation(proposed)])
  expect(project.images.untouched()).toEqual([proposed, plain])
  project.close()
})

test('every image streams out for an export, while others write', async () => {
  const { project, imageIds } = fresh(Array.from({ length: 1203 }, (_, index) => `${index}.jpg`))
  await project.stageImport().join({ classes: [], images: [{ imageId: imageIds[0], importedId: 77, fileName: 'folder/0.jpg', carried: { license: 3 } }], captionsKey: 'captions', meta: {}, markDone: false })
  const seen: number[] = []
  for (const entry of project.images.forExport()) {
    if (seen.length === 0) expect(entry).toMatchObject({ folderPath: '/pictures', importedId: 77, fileName: 'folder/0.jpg', carried: { license: 3 } })
    if (seen.length % 400 === 0) project.meta.set('written meanwhile', seen.length)
    seen.push(entry.row.id)
  }
  expect(seen).toEqual(imageIds)
  project.close()
})
