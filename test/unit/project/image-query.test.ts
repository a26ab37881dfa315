import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ImageFacets, type ImageFilter, type ImageRow } from '../../../main/contract/images.ts'
import type { Annotation, ImageMark } from '../../../main/contract/records.ts'
import type { ProjectFile } from '../../../main/project/project-file.ts'
import { newMark } from '../new-mark.ts'
import { adding, annotation, edit, labelClass, newAnnotation, newProject, rectangle, testFolder, updating } from './sample-project.ts'

const folder = testFolder()
const PATHS = ['train/a2.jpg', 'train/a10.jpg', 'val/b.jpg', 'val/100%.jpg', 'c.jpg', 'd_1.jpg', 'd21.jpg', 'val/e.jpg']
const PEOPLE = ['Ada', 'Grace', null]

/** Eight images, each with other names, verdicts, comments, states and annotations; two classes. */
function sample(name: string): { project: ProjectFile; imageIds: number[]; classIds: number[]; folderId: number } {
  const { project, imageIds, folderId } = newProject(join(folder, name), PATHS)
  const classIds = ['cat', 'dog'].map((label, order) => {
    const record = labelClass(project, label, { order: 1 - order })
    edit(project, null, adding(record))
    return record.id
  })
  for (const [i, imageId] of imageIds.entries()) {
    const mark: Partial<ImageMark> = { assignee: PEOPLE[i % 3], reviewer: PEOPLE[(i + 1) % 3], review: i % 3 === 0 ? 'approved' : i % 3 === 1 ? 'needsWork' : null, state: i % 2 === 0 ? 'working' : 'done' }
    edit(project, imageId, updating([newMark(imageId), mark]))
    for (let k = 0; k < i % 4; k++) {
      const state = (['drawn', 'accepted', 'rejected'] as const)[(i + k) % 3]
      edit(project, imageId, adding(annotation(project, imageId, { classId: [null, ...classIds][(i + 2 * k) % 3], state, score: k === 0 ? null : (i + k) / 12, mask: rectangle(0, 0, 5, 2 + i) })))
    }
    if (i % 3 === 1) edit(project, imageId, adding({ kind: 'comment', id: project.ids.reserve(1), version: 0, imageId, text: 'look', author: 'Ada', at: 1, resolved: i > 3 }))
    if (mark.state !== 'done') project.annotations.replacePending(imageId, [newAnnotation(imageId, { classId: i === 0 ? null : classIds[i % 2] })], ((i * 5) % 8) / 10)
  }
  return { project, imageIds, classIds, folderId }
}

/** The naive way: every row and annotation looked at. */
function lets(filter: ImageFilter, row: ImageRow, annotations: readonly Annotation[]): boolean {
  const { state, text, withPending, folderId, under, review, comments, assignee, reviewer, annotation: on } = filter
  if (state !== undefined && !state.includes(row.state)) return false
  if (text !== undefined && !row.path.toLowerCase().includes(text.toLowerCase())) return false
  if (withPending !== undefined && (row.pending > 0) !== withPending) return false
  if (folderId !== undefined && row.folderId !== folderId) return false
  if (under !== undefined && !row.path.startsWith(under)) return false
  if (review !== undefined && (row.review ?? 'none') !== review) return false
  if (comments !== undefined && !{ any: row.comments > 0, open: row.openComments > 0, none: row.comments === 0 }[comments]) return false
  if (assignee !== undefined && row.assignee !== assignee) return false
  if (reviewer !== undefined && row.reviewer !== reviewer) return false
  if (on === undefined) return true
  return annotations.some((one) =>
    (on.classId === undefined || one.classId === on.classId)
    && (on.states === undefined ? one.state !== 'rejected' : on.states.includes(one.state))
    && (on.score === undefined || (one.score !== null && one.score >= on.score[0] && one.score <= on.score[1]))
    && (on.areaPx2 === undefined || (one.areaPx2 >= on.areaPx2[0] && one.areaPx2 <= on.areaPx2[1])))
}

const range = (most: number) => fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 })).map(([a, b]): [number, number] => [(Math.min(a, b) * most) / 10, (Math.max(a, b) * most) / 10])
const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 })

test('every combination of filters lets through what a look at every image and annotation does, in the order of the folders', () => {
  const { project, classIds, folderId } = sample('filters.maskwright')
  const all = project.images.page({}, 0, 100).rows
  const whole = fc.record({
    state: some('new', 'working', 'done'), text: fc.constantFrom('a', 'B', '100%', 'd_', '/'), withPending: fc.boolean(), folderId: fc.constantFrom(folderId, folderId + 1), under: fc.constantFrom('train/', 'val/', ''),
    review: fc.constantFrom('approved', 'needsWork', 'none'), comments: fc.constantFrom('any', 'open', 'none'), assignee: fc.constantFrom(...PEOPLE), reviewer: fc.constantFrom(...PEOPLE),
    annotation: fc.record({ classId: fc.constantFrom(null, ...classIds), states: some('pending', 'accepted', 'drawn', 'rejected'), score: range(1), areaPx2: range(60) }, { requiredKeys: [] }),
  })
  const names = ['state', 'text', 'withPending', 'folderId', 'under', 'review', 'comments', 'assignee', 'reviewer', 'annotation'] as const
  const filters = fc.tuple(whole, fc.subarray([...names], { maxLength: 3 })).map(([filter, kept]) => Object.fromEntries(kept.map((name) => [name, filter[name]])) as ImageFilter)
  let matched = 0
  fc.assert(fc.property(filters, (filter) => {
    const expected = all.filter((row) => lets(filter, row, project.annotations.ofImage(row.id)))
    matched += expected.length
    expect(project.images.page(filter, 0, 100)).toEqual({ total: expected.length, rows: expected })
    for (const [place, { id }] of expected.entries()) expect(project.images.place(filter, id)).toBe(place)
  }), { numRuns: 300, seed: 7 })
  expect(matched).toBeGreaterThan(300)
  project.close()
})

test('an edit is seen by the next look at the list', () => {
  const { project, imageIds: [a] } = sample('changes.maskwright')
  const filter: ImageFilter = { assignee: 'Edsger' }
  expect(project.images.page(filter, 0, 10).total).toBe(0)
  const row = project.images.row(a)
  edit(project, a, updating([{ ...newMark(a), version: row?.version ?? 0 }, { assignee: 'Edsger' }]))
  expect(project.images.page(filter, 0, 10).rows.map(({ id }) => id)).toEqual([a])
  project.close()
})

test('the queue by uncertainty begins with what is least sure and ends with images without proposals', () => {
  const { project } = sample('uncertain.maskwright')
  const { rows } = project.images.page({ order: 'uncertainty' }, 0, 100)
  expect(rows.map(({ uncertainty }) => uncertainty)).toEqual([0.6, 0.4, 0.2, 0, null, null, null, null])
  expect(project.images.place({ order: 'uncertainty' }, rows[2].id)).toBe(2)
  project.close()
})

test('the queue by class follows the class list, and images without a class come last', () => {
  const { project, classIds: [cat, dog] } = sample('by-class.maskwright')
  const { rows } = project.images.page({ order: 'class' }, 0, 100)
  const has = (id: number, classId: number) => project.annotations.ofImage(id).some((one) => one.classId === classId && one.state !== 'rejected')
  // dog stands before cat in the list
  const ranks = rows.map(({ id }) => (has(id, dog) ? 0 : has(id, cat) ? 1 : 2))
  expect(ranks).toEqual([...ranks].sort((x, y) => x - y))
  expect(new Set(ranks).size).toBe(3)
  project.close()
})

test('next unfinished follows the queue, from a given place too, and around its end', () => {
  const { project } = sample('next.maskwright')
  const filter: ImageFilter = { order: 'uncertainty' }
  const rows = project.images.page(filter, 0, 100).rows
  const open = rows.filter(({ state }) => state !== 'done').map(({ id }) => id)
  expect(open).toHaveLength(4)
  expect(project.images.nextUnfinished(null, 'next', filter)).toBe(open[0])
  expect(project.images.nextUnfinished(null, 'previous', filter)).toBe(open[3])
  expect(project.images.nextUnfinished(open[0], 'next', filter)).toBe(open[1])
  expect(project.images.nextUnfinished(open[3], 'next', filter)).toBe(open[0])
  expect(project.images.nextUnfinished(open[0], 'previous', filter)).toBe(open[3])
  expect(project.images.nextUnfinished(open[0], 'next', filter, 2)).toBe(open[2])
  expect(project.images.nextUnfinished(open[0], 'next', { ...filter, text: 'nowhere' })).toBeNull()
  project.close()
})

test('the facets count images by state, verdict, people, comments and folders', () => {
  const { project, folderId } = sample('facets.maskwright')
  const facets = project.images.facets()
  expect(ImageFacets.parse(facets)).toEqual({
    states: { new: 0, working: 4, done: 4 },
    reviews: { approved: 3, needsWork: 3 },
    commented: 3,
    openlyCommented: 1,
    assignees: [{ name: 'Ada', images: 3 }, { name: 'Grace', images: 3 }],
    reviewers: [{ name: 'Ada', images: 2 }, { name: 'Grace', images: 3 }],
    places: [{ folderId, under: '', images: 3 }, { folderId, under: 'train/', images: 2 }, { folderId, under: 'val/', images: 3 }],
  })
  project.close()
})
