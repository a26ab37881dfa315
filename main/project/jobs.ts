import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import type { PrelabelRequest } from '../contract/jobs.ts'
import type { ProjectFile, ResolvedJob, StoredJob } from './project-file.ts'
import { writing } from './write.ts'

interface JobColumns {
  readonly id: number
  readonly request: string
  readonly resolved: string | null
  readonly state: StoredJob['state']
}
interface Counts {
  readonly total: number
  readonly done: number
  readonly failed: number
  readonly proposals: number
  readonly unnamed: number
}

/** Pre-label jobs and, of the newest, what became of each image. Counts are kept in the job's row: a status costs one look-up. */
export function jobsTable(db: Database.Database): ProjectFile['jobs'] {
  const insert = db.prepare<[string, string], { id: number }>("INSERT INTO jobs (request, resolved, state, total) VALUES (?, ?, 'running', 0) RETURNING id")
  const insertImage = db.prepare<[number, number]>('INSERT OR IGNORE INTO job_images (job_id, image_id) VALUES (?, ?)')
  const addTotal = db.prepare<[number, number]>('UPDATE jobs SET total = total + ? WHERE id = ?')
  const forget = db.prepare<[]>("DELETE FROM job_images WHERE job_id IN (SELECT id FROM jobs WHERE state IN ('finished', 'cancelled'))")
  const unfinished = db.prepare<[], JobColumns>("SELECT id, request, resolved, state FROM jobs WHERE state IN ('running', 'paused') ORDER BY id DESC LIMIT 1")
  const newest = db.prepare<[], Pick<JobColumns, 'request'>>('SELECT request FROM jobs ORDER BY id DESC LIMIT 1')
  const setState = db.prepare<[string, number]>('UPDATE jobs SET state = ? WHERE id = ?')
  const todo = db.prepare<[number, number], { image_id: number }>("SELECT image_id FROM job_images WHERE job_id = ? AND state = 'todo' ORDER BY id LIMIT ?")
  const image = db.prepare<[number, number], { id: number; state: string; proposals: number; unnamed: number }>('SELECT id, state, proposals, unnamed FROM job_images WHERE job_id = ? AND image_id = ?')
  const finish = db.prepare<[string, number, number, string | null, number]>('UPDATE job_images SET state = ?, proposals = ?, unnamed = ?, problem = ? WHERE id = ?')
  const count = db.prepare<[number, number, number, number, number]>('UPDATE jobs SET done = done + ?, failed = failed + ?, proposals = proposals + ?, unnamed = unnamed + ? WHERE id = ?')
  const counts = db.prepare<[number], Counts>('SELECT total, done, failed, proposals, unnamed FROM jobs WHERE id = ?')
  const problems = db.prepare<[number, number], { imageId: number; path: string; reason: string }>(`
    SELECT image_id AS imageId, path, job_images.problem AS reason FROM job_images JOIN images ON images.id = image_id
    WHERE job_id = ? AND job_images.state = 'failed' ORDER BY job_images.id DESC LIMIT ?`)
  const missing = (jobId: number): EngineError => new EngineError('not-found', `the project has no job ${jobId}`)
  const extend = writing(db, (jobId: number, imageIds: readonly number[]): void => {
    let more = 0
    for (const imageId of imageIds) more += insertImage.run(jobId, imageId).changes
    addTotal.run(more, jobId)
  })

  return {
    create: writing(db, (request: PrelabelRequest, resolved: ResolvedJob, imageIds: readonly number[]): StoredJob => {
      forget.run()
      const id = insert.get(JSON.stringify(request), JSON.stringify(resolved))?.id ?? 0
      extend(id, imageIds)
      return { id, request, resolved, state: 'running' }
    }),
    extend,
    unfinished() {
      const row = unfinished.get()
      return row === undefined ? undefined : { id: row.id, request: JSON.parse(row.request) as PrelabelRequest, resolved: row.resolved === null ? null : JSON.parse(row.resolved) as ResolvedJob, state: row.state }
    },
    lastRequest() {
      const row = newest.get()
      return row === undefined ? undefined : JSON.parse(row.request) as PrelabelRequest
    },
    setState(jobId, state) {
      if (setState.run(state, jobId).changes === 0) throw missing(jobId)
    },
    todo: (jobId, limit) => todo.all(jobId, limit).map((row) => row.image_id),
    finish: writing(db, (jobId: number, imageId: number, result: { proposals: number; unnamed: number } | { problem: string }) => {
      const before = image.get(jobId, imageId)
      if (before === undefined) throw new EngineError('not-found', `job ${jobId} has no image ${imageId}`)
      const [proposals, unnamed, problem] = 'problem' in result ? [0, 0, result.problem] : [result.proposals, result.unnamed, null]
      finish.run(problem === null ? 'done' : 'failed', proposals, unnamed, problem, before.id)
      // an image may be done again (it was tried once more): its former result no longer counts
      const done = (problem === null ? 1 : 0) - (before.state === 'done' ? 1 : 0)
      const failed = (problem === null ? 0 : 1) - (before.state === 'failed' ? 1 : 0)
      count.run(done, failed, proposals - before.proposals, unnamed - before.unnamed, jobId)
    }),
    counts(jobId) {
      const row = counts.get(jobId)
      if (row === undefined) throw missing(jobId)
      return row
    },
    problems: (jobId, limit) => problems.all(jobId, limit),
  }
}
