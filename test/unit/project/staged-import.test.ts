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
const leftovers = () => readdirSync(home).filter((name) => name.includes('.import-'))

test('what is staged is seen by nobody until it is joined, then all of it', () => {
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  staged.add([annotation(images[0], classId), annotation(images[0], classId, 'pending'), annotation(images[1], classId, 'rejected')])
  expect(file.images.counts().annotations).toBe(0)
  expect(staged.join({ classes: [label(classId)], images: [{ imageId: images[0], importedId: 7, fileName: 'x/a.jpg', carried: { licence: 1 } }], captionsKey: 'c' })).toEqual({ classes: 1, annotations: 3 })
  expect(file.annotations.ofImage(images[0])).toMatchObject([{ ...annotation(images[0], classId), version: 0 }, { state: 'pending' }])
  expect(file.images.row(images[0])).toMatchObject({ kept: 1, pending: 1 })
  expect(file.images.counts().annotations).toBe(3)
  expect([...file.images.forExport()][0]).toMatchObject({ importedId: 7, fileName: 'x/a.jpg', carried: { licence: 1 } })
  expect(leftovers()).toEqual([])
})

test('edits go on between, and counts of images are kept by them afterwards too', () => {
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  staged.add([annotation(images[0], classId)])
  const person = file.ids.reserve(1)
  const drawn = { ...annotation(images[0], classId, 'drawn', 4), classId: null, kind: 'annotation' as const, id: person, version: 0 }
  file.history.apply({ diff: { added: [drawn], updated: [], removed: [] }, imageId: images[0], label: 'brush', author: 'me' })
  staged.join({ classes: [label(classId)], images: [], captionsKey: 'c' })
  expect(file.images.row(images[0])?.kept).toBe(2)
  const again = { ...drawn, id: file.ids.reserve(1), mask: { ...drawn.mask, x: 6 } }
  file.history.apply({ diff: { added: [again], updated: [], removed: [] }, imageId: images[0], label: 'brush', author: 'me' })
  expect(file.images.row(images[0])?.kept).toBe(3)
})

test('a picture that changed its size meanwhile, or a class that is gone, refuses all of it', () => {
  const classId = file.ids.reserve(1)
  const staged = file.stageImport()
  staged.add([annotation(images[0], classId), annotation(images[1], classId, 'accepted', 7)])
  const [folder] = file.folders.list()
  file.images.applyScan(folder.id, { added: [], changed: [{ id: images[1], image: { path: 'b.jpg', width: 8, height: 8, bytes: 2, modified: 2, fingerprint: 'x', problem: null, remark: null } }], missing: [], returned: [] })
  expect(() => staged.join({ classes: [label(classId)], images: [], captionsKey: 'c' })).toThrow(/b\.jpg has another size.*nothing was imported/)
  expect(file.images.counts().annotations).toBe(0)
  expect(file.classes.list()).toEqual([])
  const other = file.stageImport()
  other.add([annotation(images[0], classId)])
  expect(() => other.join({ classes: [], images: [], captionsKey: 'c' })).toThrow(/class \d+ was removed/)
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

test('captions join those the image has, once each', () => {
  for (const id of [1, 2]) {
    const staged = file.stageImport()
    staged.caption(images[0], { id: 1, caption: 'same' })
    staged.caption(images[0], { id, caption: `of ${id}` })
    staged.join({ classes: [], images: [], captionsKey: 'c' })
  }
  expect([...file.images.forExport()][0].carried).toEqual({ c: [{ id: 1, caption: 'same' }, { id: 1, caption: 'of 1' }, { id: 2, caption: 'of 2' }] })
})

test('what an earlier process left behind is removed', () => {
  writeFileSync(join(home, 'p.maskwright.import-dead'), 'x')
  const staged = file.stageImport()
  expect(leftovers()).not.toContain('p.maskwright.import-dead')
  staged.discard()
})
