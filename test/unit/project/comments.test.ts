import { join } from 'node:path'
import { encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import type { Comment } from '../../../main/contract/records.ts'
import type { ProjectFile } from '../../../main/project/project-file.ts'
import { fromStoredDiff } from '../../../main/project/stored-diff.ts'
import { newMark } from '../new-mark.ts'
import { adding, codeOf, edit, newProject, removing, take, testFolder, updating } from './sample-project.ts'

const folder = testFolder()
const comment = (project: ProjectFile, imageId: number, text: string, at = 1): Comment =>
  ({ kind: 'comment', id: project.ids.reserve(1), version: 0, imageId, text, author: 'Ada', at, resolved: false })
test('comments come oldest first, are counted in their image’s row, and an undo takes them back', () => {
  const { project, imageIds: [a, b] } = newProject(join(folder, 'comments.maskwright'))
  const later = comment(project, a, 'the roof too', 2)
  const earlier = comment(project, a, 'the wall is missing', 1)
  edit(project, a, adding(later))
  edit(project, a, adding(earlier))
  expect(project.comments.ofImage(a)).toEqual([earlier, later])
  expect(project.images.row(a)).toMatchObject({ comments: 2, openComments: 2 })
  expect(project.images.row(b)).toMatchObject({ comments: 0, openComments: 0 })
  edit(project, a, updating([earlier, { resolved: true }]))
  expect(project.images.row(a)).toMatchObject({ comments: 2, openComments: 1 })
  edit(project, a, removing(later))
  expect(project.images.row(a)).toMatchObject({ comments: 1, openComments: 0 })
  take(project, a, 'undo')
  take(project, a, 'undo')
  expect(project.comments.ofImage(a).map(({ text, resolved }) => [text, resolved])).toEqual([['the wall is missing', false], ['the roof too', false]])
  expect(project.images.row(a)).toMatchObject({ comments: 2, openComments: 2 })
  project.close()
})

test('a comment stays with its image', () => {
  const { project, imageIds: [a, b] } = newProject(join(folder, 'moved.maskwright'))
  const one = comment(project, a, 'here')
  edit(project, a, adding(one))
  expect(codeOf(() => edit(project, a, updating([one, { imageId: b }])))).toBe('bad-input')
  expect(codeOf(() => edit(project, b, updating([one, { resolved: true }])))).toBe('bad-input')
  expect(codeOf(() => edit(project, a + 500, adding(comment(project, a + 500, 'nowhere'))))).toBe('not-found')
  project.close()
})

test('names and verdict of an image are stored, and an undo takes them back', () => {
  const { project, imageIds: [a] } = newProject(join(folder, 'names.maskwright'))
  edit(project, a, updating([newMark(a), { assignee: 'Ada', reviewer: 'Grace', review: 'needsWork' }]))
  expect(project.images.row(a)).toMatchObject({ assignee: 'Ada', reviewer: 'Grace', review: 'needsWork', version: 1 })
  take(project, a, 'undo')
  expect(project.images.row(a)).toMatchObject({ assignee: null, reviewer: null, review: null })
  project.close()
})

test('an edit that was stored before images had names reads as one of an image without any', () => {
  const { assignee: _a, reviewer: _r, review: _v, ...old } = newMark(7)
  const bytes = encode({ added: [], updated: [[old, { ...old, state: 'done', version: 1 }]], removed: [] })
  expect(fromStoredDiff(bytes)).toEqual({ added: [], updated: [[newMark(7), { ...newMark(7), state: 'done', version: 1 }]], removed: [] })
})
