import { join } from 'node:path'
import { expect, test } from 'vitest'
import { imageOverlay } from '../../../main/engine/image-overlay.ts'
import { markImages } from '../../../main/engine/mark-images.ts'
import { codeOf, newAnnotation, newProject, rectangle, scanned, take, testFolder } from '../project/sample-project.ts'

const folder = testFolder()

test('many images are marked at once, each undone on its own; what can’t be shown is not done, and what is so already is left alone', () => {
  const { project, folderId, imageIds: [a, b, c] } = newProject(join(folder, 'mark.maskwright'), ['a', 'b', 'c'])
  project.images.applyScan(folderId, { added: [], changed: [{ id: c, image: scanned('c', { problem: 'cut off' }) }], missing: [], returned: [] })
  project.history.applyAll(markImages(project, [a, b, c, b], { state: 'done', assignee: 'Ada' }, 'Grace'))
  expect([a, b, c].map((id) => [project.images.row(id)?.state, project.images.row(id)?.assignee])).toEqual([['done', 'Ada'], ['done', 'Ada'], ['new', null]])
  expect(project.history.page(a, 5)).toMatchObject([{ label: 'done', author: 'Grace' }])
  expect(markImages(project, [a], { state: 'done' }, 'Grace')).toEqual([])
  take(project, a, 'undo')
  expect([a, b].map((id) => project.images.row(id)?.state)).toEqual(['new', 'done'])
  project.history.applyAll(markImages(project, [b], { review: 'needsWork' }, 'Grace'))
  expect(project.images.row(b)).toMatchObject({ review: 'needsWork', state: 'working', assignee: 'Ada' })
  expect(codeOf(() => markImages(project, [a, 999], { state: 'done' }, 'Grace'))).toBe('not-found')
  project.close()
})

test('several edits are stored all or none', () => {
  const { project, imageIds: [a, b] } = newProject(join(folder, 'all-or-none.maskwright'))
  const [first, second] = markImages(project, [a, b], { assignee: 'Ada' }, 'Grace')
  expect(codeOf(() => project.history.applyAll([first, second, first]))).toBe('stale')
  expect([a, b].map((id) => project.images.row(id)?.assignee)).toEqual([null, null])
  expect(project.history.page(a, 5)).toEqual([])
  project.close()
})

test('an overlay holds what is not rejected, the front one on top, at the size of a thumbnail', () => {
  const { project, imageIds: [a] } = newProject(join(folder, 'overlay.maskwright'))
  project.annotations.replacePending(a, [
    newAnnotation(a, { mask: rectangle(0, 0, 100, 80), z: 0 }),
    newAnnotation(a, { mask: rectangle(0, 0, 50, 40), z: 1 }),
  ])
  const overlay = imageOverlay(project, a, 10)
  expect(overlay).toMatchObject({ width: 10, height: 8, annotations: [{ classId: null, state: 'pending' }, { classId: null, state: 'pending' }] })
  expect([...overlay.labels]).toEqual(Array.from({ length: 80 }, (_, p) => (p % 10 < 5 && p < 40 ? 2 : 1)))
  expect(codeOf(() => imageOverlay(project, 999, 10))).toBe('not-found')
  project.close()
})
