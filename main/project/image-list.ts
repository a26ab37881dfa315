import type Database from 'better-sqlite3'
import type { ImageFilter, ImageRow } from '../contract/images.ts'
import type { ImageState, ReviewVerdict } from '../contract/records.ts'
import type { ProjectFile } from './project-file.ts'
import { fromStoredJson } from './stored-json.ts'

/** Columns of an ImageRow, for every select that makes one. */
export const ROW_COLUMNS = 'id, folder_id, path, width, height, state, version, ticked, pending, kept, missing, problem, remark, revision, uncertainty, assignee, reviewer, review, comments, open_comments'

export interface RowColumns {
  readonly id: number
  readonly folder_id: number
  readonly path: string
  readonly width: number
  readonly height: number
  readonly state: ImageState
  readonly version: number
  readonly ticked: string | null
  readonly pending: number
  readonly kept: number
  readonly missing: number
  readonly problem: string | null
  readonly remark: string | null
  readonly revision: number
  readonly uncertainty: number | null
  readonly assignee: string | null
  readonly reviewer: string | null
  readonly review: ReviewVerdict | null
  readonly comments: number
  readonly open_comments: number
}

export const rowOf = (row: RowColumns): ImageRow => ({
  id: row.id,
  folderId: row.folder_id,
  path: row.path,
  width: row.width,
  height: row.height,
  state: row.state,
  version: row.version,
  ticked: fromStoredJson(row.ticked) as number[] | null,
  pending: row.pending,
  kept: row.kept,
  missing: row.missing === 1,
  problem: row.problem,
  remark: row.remark,
  revision: row.revision,
  uncertainty: row.uncertainty,
  assignee: row.assignee,
  reviewer: row.reviewer,
  review: row.review,
  comments: row.comments,
  openComments: row.open_comments,
})

const UNFINISHED = "state <> 'done' AND missing = 0 AND problem IS NULL"

/**
 * The filtered list of images in the order of the filmstrip: by folder, then by name with numbers as numbers.
 * A page reads the ids from the covering index and only its own rows from the table.
 */
export function imageList(db: Database.Database): Pick<ProjectFile['images'], 'page' | 'place' | 'nextUnfinished'> {
  const position = db.prepare<[number], { folder: number; sortKey: string; id: number }>('SELECT folder_id AS folder, sort_key AS sortKey, id FROM images WHERE id = ?')
  const next = db.prepare<[number, string, number], { id: number }>(
    `SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} AND (folder_id, sort_key, id) > (?, ?, ?) ORDER BY folder_id, sort_key, id LIMIT 1`)
  const previous = db.prepare<[number, string, number], { id: number }>(
    `SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} AND (folder_id, sort_key, id) < (?, ?, ?) ORDER BY folder_id DESC, sort_key DESC, id DESC LIMIT 1`)
  const first = db.prepare<[], { id: number }>(`SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} ORDER BY folder_id, sort_key, id LIMIT 1`)
  const last = db.prepare<[], { id: number }>(`SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} ORDER BY folder_id DESC, sort_key DESC, id DESC LIMIT 1`)
  return {
    page(filter, offset, limit) {
      const { where, values } = conditionsOf(filter)
      const total = db.prepare<(number | string)[], { n: number }>(`SELECT count(*) AS n FROM images WHERE ${where}`).get(...values)?.n ?? 0
      const rows = db.prepare<(number | string)[], RowColumns>(`
        SELECT ${ROW_COLUMNS} FROM images WHERE id IN (SELECT id FROM images WHERE ${where} ORDER BY folder_id, sort_key, id LIMIT ? OFFSET ?)
        ORDER BY folder_id, sort_key, id`).all(...values, limit, offset)
      return { total, rows: rows.map(rowOf) }
    },
    place(filter, imageId) {
      const { where, values } = conditionsOf(filter)
      const at = position.get(imageId)
      if (at === undefined) return null
      if (db.prepare<(number | string)[]>(`SELECT 1 FROM images WHERE id = ? AND ${where}`).get(imageId, ...values) === undefined) return null
      return db.prepare<(number | string)[], { n: number }>(`SELECT count(*) AS n FROM images WHERE (folder_id, sort_key, id) < (?, ?, ?) AND ${where}`)
        .get(at.folder, at.sortKey, at.id, ...values)?.n ?? null
    },
    nextUnfinished(imageId, direction) {
      const [step, wrap] = direction === 'next' ? [next, first] : [previous, last]
      const at = imageId === null ? undefined : position.get(imageId)
      const found = (at === undefined ? undefined : step.get(at.folder, at.sortKey, at.id)) ?? wrap.get()
      return found === undefined || found.id === imageId ? null : found.id
    },
  }
}

function conditionsOf(filter: ImageFilter): { where: string; values: (number | string)[] } {
  const where: string[] = []
  const values: (number | string)[] = []
  if (filter.state !== undefined) {
    where.push(`state IN (${filter.state.map(() => '?').join(', ')})`)
    values.push(...filter.state)
  }
  if (filter.classId !== undefined) {
    where.push("EXISTS (SELECT 1 FROM annotations WHERE class_id = ? AND image_id = images.id AND annotations.state <> 'rejected')")
    values.push(filter.classId)
  }
  if (filter.text !== undefined && filter.text !== '') {
    where.push("path LIKE ? ESCAPE '\\'")
    values.push(`%${filter.text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)
  }
  if (filter.withPending !== undefined) where.push(filter.withPending ? 'pending > 0' : 'pending = 0')
  if (filter.withProblem !== undefined) where.push(filter.withProblem ? '(problem IS NOT NULL OR missing = 1)' : '(problem IS NULL AND missing = 0)')
  return { where: where.length === 0 ? '1' : where.join(' AND '), values }
}
