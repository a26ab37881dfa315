import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PrelabelRequest } from '../../../main/contract/jobs.ts'
import { DEFAULT_SETTINGS } from '../../../main/contract/settings.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { ResolvedJob } from '../../../main/project/project-file.ts'
import { codeOf, newProject, testFolder } from './sample-project.ts'

const folder = testFolder()
const REQUEST: PrelabelRequest = { scope: 'untouched', pack: 'classic', profile: 'corrected', settings: { clusterCount: 12 }, device: 'auto', precision: 'auto' }
const RESOLVED: ResolvedJob = { method: 'regions', settings: { ...DEFAULT_SETTINGS, clusterCount: 12 } }

test('a job goes on after a restart where it was, with its counts', () => {
  const { project, imageIds: [a, b, c] } = newProject(join(folder, 'jobs.maskwright'), ['a', 'b', 'c'])
  expect([project.jobs.unfinished(), project.jobs.lastRequest()]).toEqual([undefined, undefined])
  const job = project.jobs.create(REQUEST, RESOLVED, [c, a, b, a])
  expect(project.jobs.todo(job.id, 10)).toEqual([c, a, b])
  project.jobs.finish(job.id, c, { proposals: 5, unnamed: 2 })
  project.jobs.finish(job.id, a, { problem: 'cut off after 12 bytes' })
  project.jobs.setState(job.id, 'paused')
  project.close()
  const again = openProjectFile(project.path)
  expect(again.jobs.unfinished()).toEqual({ id: job.id, request: REQUEST, resolved: RESOLVED, state: 'paused' })
  expect(again.jobs.todo(job.id, 10)).toEqual([b])
  expect(again.jobs.counts(job.id)).toEqual({ total: 3, done: 1, failed: 1, proposals: 5, unnamed: 2 })
  expect(again.jobs.problems(job.id, 10)).toEqual([{ imageId: a, path: 'a', reason: 'cut off after 12 bytes' }])
  // tried once more: its failure no longer counts
  again.jobs.finish(job.id, a, { proposals: 1, unnamed: 0 })
  expect(again.jobs.counts(job.id)).toEqual({ total: 3, done: 2, failed: 0, proposals: 6, unnamed: 2 })
  expect(again.jobs.problems(job.id, 10)).toEqual([])
  again.jobs.setState(job.id, 'finished')
  expect([again.jobs.unfinished(), again.jobs.lastRequest()]).toEqual([undefined, REQUEST])
  again.jobs.create({ ...REQUEST, scope: [a] }, RESOLVED, [a])
  expect(again.jobs.counts(job.id).total).toBe(3)
  expect(codeOf(() => again.jobs.finish(job.id, a, { proposals: 0, unnamed: 0 }))).toBe('not-found')
  expect(codeOf(() => again.jobs.counts(999))).toBe('not-found')
  expect(codeOf(() => again.jobs.setState(999, 'paused'))).toBe('not-found')
  again.close()
})

test('facts are kept by key, over a restart, until they are removed', () => {
  const { project } = newProject(join(folder, 'meta.maskwright'))
  const info = { info: { year: 2014, description: 'ä' }, licenses: [{ id: 1 }] }
  project.meta.set('coco', info)
  project.meta.set('gone', 1)
  project.meta.set('gone', undefined)
  project.close()
  const again = openProjectFile(project.path)
  expect([again.meta.get('coco'), again.meta.get('gone')]).toEqual([info, undefined])
  again.close()
})
