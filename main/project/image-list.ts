import type Database from 'better-sqlite3'
import type { ImageFilter, ImageRow } from '../contract/images.ts'
import type { ImageState, ReviewVerdict } from '../contract/records.ts'
import { imageFacets } from './image-facets.ts'
import { imageQuery } from './image-query.ts'
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
 * The filtered list of images. Everything in the order of the folders is read by index, a page at a time; any other list is
 * made once (image-query.ts) and read from there.
 */
export function imageList(db: Database.Database): Pick<ProjectFile['images'], 'page' | 'place' | 'nextUnfinished' | 'facets'> {
  const query = imageQuery(db)
  const count = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM images')
  const page = db.prepare<[number, number], RowColumns>(`
    SELECT ${ROW_COLUMNS} FROM images WHERE id IN (SELECT id FROM images ORDER BY folder_id, sort_key, id LIMIT ? OFFSET ?) ORDER BY folder_id, sort_key, id`)
  const row = db.prepare<[number], RowColumns>(`SELECT ${ROW_COLUMNS} FROM images WHERE id = ?`)
  const before = db.prepare<[number, string, number], { n: number }>('SELECT count(*) AS n FROM images WHERE (folder_id, sort_key, id) < (?, ?, ?)')
  const unfinished = db.prepare<[number]>(`SELECT 1 FROM images WHERE id = ? AND ${UNFINISHED}`)
  const position = db.prepare<[number], { folder: number; sortKey: string; id: number }>('SELECT folder_id AS folder, sort_key AS sortKey, id FROM images WHERE id = ?')
  const next = db.prepare<[number, string, number], { id: number }>(
    `SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} AND (folder_id, sort_key, id) > (?, ?, ?) ORDER BY folder_id, sort_key, id LIMIT 1`)
  const previous = db.prepare<[number, string, number], { id: number }>(
    `SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} AND (folder_id, sort_key, id) < (?, ?, ?) ORDER BY folder_id DESC, sort_key DESC, id DESC LIMIT 1`)
  const first = db.prepare<[], { id: number }>(`SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} ORDER BY folder_id, sort_key, id LIMIT 1`)
  const last = db.prepare<[], { id: number }>(`SELECT id FROM images INDEXED BY images_unfinished WHERE ${UNFINISHED} ORDER BY folder_id DESC, sort_key DESC, id DESC LIMIT 1`)

  /** O(list) when everything is done */
  const nextInList = (ids: readonly number[], imageId: number | null, step: 1 | -1, from: number | undefined): number | null => {
    const at = imageId === null ? -1 : ids.indexOf(imageId)
    const start = from ?? (at < 0 && step < 0 ? ids.length - 1 : at + step)
    for (let i = 0; i < ids.length; i++) {
      const id = ids[(((start + step * i) % ids.length) + ids.length) % ids.length]
      if (id !== imageId && unfinished.get(id) !== undefined) return id
    }
    return null
  }

  return {
    page(filter, offset, limit) {
      if (isEverything(filter)) return { total: count.get()?.n ?? 0, rows: page.all(limit, offset).map(rowOf) }
      const ids = query(filter)
      return { total: ids.length, rows: ids.slice(offset, offset + limit).flatMap((id) => row.all(id)).map(rowOf) }
    },
    place(filter, imageId) {
      if (isEverything(filter)) {
        const at = position.get(imageId)
        return at === undefined ? null : (before.get(at.folder, at.sortKey, at.id)?.n ?? null)
      }
      const at = query(filter).indexOf(imageId)
      return at < 0 ? null : at
    },
    nextUnfinished(imageId, direction, filter = {}, from) {
      if (!isEverything(filter)) return nextInList(query(filter), imageId, direction === 'next' ? 1 : -1, from)
      const [step, wrap] = direction === 'next' ? [next, first] : [previous, last]
      const at = imageId === null ? undefined : position.get(imageId)
      const found = (at === undefined ? undefined : step.get(at.folder, at.sortKey, at.id)) ?? wrap.get()
      return found === undefined || found.id === imageId ? null : found.id
    },
    facets: imageFacets(db),
  }
}

/** All images, in the order of the folders. */
const isEverything = (filter: ImageFilter): boolean => Object.entries(filter).every(([name, value]) => value === undefined || (name === 'order' && value === 'folder'))
