import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import type { ScannedPicture } from '../contract/images.ts'
import type { ImageMark } from '../contract/records.ts'
import type { IdCounter } from './ids.ts'
import { imageList, ROW_COLUMNS, type RowColumns, rowOf } from './image-list.ts'
import { sortKeyOf } from './image-order.ts'
import type { ImageLocation, ProjectFile } from './project-file.ts'
import type { RecordTable } from './record-table.ts'
import { fromStoredJson, toStoredJson } from './stored-json.ts'
import { writing } from './write.ts'

type ScanColumns = ScannedPicture & { readonly id: number; readonly missing: number; readonly revision: number }
type ExportColumns = RowColumns & { readonly folderPath: string; readonly importedId: number | null; readonly fileName: string | null; readonly carried: string | null }

export interface ImagesTable {
  readonly images: ProjectFile['images']
  /** the part of an image that a person edits; images come and go with their folder, never by a diff */
  readonly marks: RecordTable<ImageMark>
}

const SCANNED = 'path, width, height, bytes, modified, fingerprint, problem, remark'
/** Rows read at once when streaming, so that no query stays open while others write. */
const STREAM_ROWS = 500

/** The images of all folders. */
export function imagesTable(db: Database.Database, ids: IdCounter): ImagesTable {
  const ofFolder = db.prepare<[number], ScanColumns>(`SELECT id, ${SCANNED}, missing, revision FROM images WHERE folder_id = ? ORDER BY id`)
  const scanned = db.prepare<[number, number], ScanColumns>(`SELECT id, ${SCANNED}, missing, revision FROM images WHERE id = ? AND folder_id = ?`)
  const insert = db.prepare<[ScannedPicture & { id: number; folderId: number; sortKey: string; revision: number }]>(`
    INSERT INTO images (id, folder_id, sort_key, revision, ${SCANNED}) VALUES (@id, @folderId, @sortKey, @revision, @path, @width, @height, @bytes, @modified, @fingerprint, @problem, @remark)`)
  const clearPath = db.prepare<[string, number]>('UPDATE images SET path = ? WHERE id = ?')
  // a picture that can't be read just now keeps the size it had: its labels are of that size, and are exported
  const change = db.prepare<[ScannedPicture & { id: number; sortKey: string; revision: number }]>(`
    UPDATE images SET path = @path, sort_key = @sortKey, width = iif(@width > 0, @width, width), height = iif(@height > 0, @height, height), bytes = @bytes, modified = @modified,
      fingerprint = @fingerprint, problem = @problem, remark = @remark, missing = 0, revision = @revision WHERE id = @id`)
  const setMissing = db.prepare<[number, number, number]>('UPDATE images SET missing = ? WHERE id = ? AND folder_id = ?')
  const row = db.prepare<[number], RowColumns>(`SELECT ${ROW_COLUMNS} FROM images WHERE id = ?`)
  const location = db.prepare<[number], ImageLocation>(`
    SELECT images.id, folders.path AS folderPath, images.path, width, height, revision, problem FROM images JOIN folders ON folders.id = folder_id WHERE images.id = ?`)
  const untouched = db.prepare<[], { id: number }>(`
    SELECT id FROM images INDEXED BY images_unfinished WHERE kept = 0 AND rejected = 0 AND state <> 'done' AND missing = 0 AND problem IS NULL ORDER BY folder_id, sort_key, id`)
  const withKept = db.prepare<[], { id: number }>('SELECT id FROM images WHERE kept > 0 AND missing = 0 AND problem IS NULL ORDER BY id')
  const withPending = db.prepare<[], { id: number }>(`
    SELECT id FROM images INDEXED BY images_unfinished WHERE pending > 0 AND state <> 'done' AND missing = 0 AND problem IS NULL ORDER BY folder_id, sort_key, id`)
  const counts = db.prepare<[], { images: number; done: number; annotations: number }>(
    "SELECT count(*) AS images, coalesce(sum(state = 'done'), 0) AS done, coalesce(sum(pending + kept + rejected), 0) AS annotations FROM images")
  const stream = db.prepare<[number, number], ExportColumns>(`
    SELECT ${ROW_COLUMNS.split(', ').map((name) => `images.${name}`).join(', ')}, folders.path AS folderPath, imported_id AS importedId, file_name AS fileName, carried
    FROM images JOIN folders ON folders.id = folder_id WHERE images.id > ? ORDER BY images.id LIMIT ?`)
  const brief = db.prepare<[number, number], { id: number; path: string; width: number; height: number; annotated: number }>(
    'SELECT id, path, width, height, pending + kept + rejected > 0 AS annotated FROM images WHERE id > ? ORDER BY id LIMIT ?')
  const mark = db.prepare<[number], Omit<ImageMark, 'kind' | 'ticked'> & { ticked: string | null }>('SELECT id, version, state, ticked, assignee, reviewer, review FROM images WHERE id = ?')
  const ticking = db.prepare<[number], Omit<ImageMark, 'kind' | 'ticked'> & { ticked: string | null }>(`
    SELECT id, version, state, ticked, assignee, reviewer, review FROM images WHERE ticked IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(ticked) WHERE value = ?) ORDER BY id`)
  const setMark = db.prepare<[Omit<ImageMark, 'kind' | 'ticked'> & { ticked: string | null }]>('UPDATE images SET version = @version, state = @state, ticked = @ticked, assignee = @assignee, reviewer = @reviewer, review = @review WHERE id = @id')

  const known = (folderId: number, id: number): ScanColumns => {
    const found = scanned.get(id, folderId)
    if (found === undefined) throw new EngineError('not-found', `folder ${folderId} has no image ${id}`)
    return found
  }
  function* forExport(): ReturnType<ProjectFile['images']['forExport']> {
    for (let after = 0; ;) {
      const rows = stream.all(after, STREAM_ROWS)
      for (const found of rows) {
        yield { row: rowOf(found), folderPath: found.folderPath, importedId: found.importedId, fileName: found.fileName, carried: fromStoredJson(found.carried) as Record<string, unknown> | null }
      }
      if (rows.length < STREAM_ROWS) return
      after = rows[rows.length - 1].id
    }
  }

  return {
    images: {
      ...imageList(db),
      ofFolder: (folderId) => ofFolder.all(folderId).map((found) => ({ ...found, missing: found.missing === 1 })),
      applyScan: writing(db, (folderId: number, { added, changed, missing, returned }: Parameters<ProjectFile['images']['applyScan']>[1]) => {
        const before = changed.map(({ id }) => known(folderId, id))
        // two files may have swapped names: every moved row lets go of its name before any takes a new one
        for (const [index, { id, image }] of changed.entries()) if (before[index].path !== image.path) clearPath.run(`\0${id}`, id)
        for (const [index, { id, image }] of changed.entries()) {
          const revision = sameContent(before[index], image) ? before[index].revision : newRevision(before[index].revision)
          change.run({ ...scanColumns(image), id, sortKey: sortKeyOf(image.path), revision })
        }
        for (const id of missing) setMissing.run(1, known(folderId, id).id, folderId)
        for (const id of returned) setMissing.run(0, known(folderId, id).id, folderId)
        if (added.length === 0) return []
        const first = ids.reserve(added.length)
        return added.map((image, index) => {
          insert.run({ ...scanColumns(image), id: first + index, folderId, sortKey: sortKeyOf(image.path), revision: newRevision(0) })
          return first + index
        })
      }),
      row(imageId) {
        const found = row.get(imageId)
        return found === undefined ? undefined : rowOf(found)
      },
      location: (imageId) => location.get(imageId),
      withKept(limit) {
        const all = withKept.all()
        const taken = Math.min(limit, all.length)
        return Array.from({ length: taken }, (_, k) => all[Math.floor((k * all.length) / taken)].id)
      },
      ticking: (classId) => ticking.all(classId).map(markOf),
      withPending: () => withPending.all().map(({ id }) => id),
      untouched: () => untouched.all().map(({ id }) => id),
      counts: () => counts.get() ?? { images: 0, done: 0, annotations: 0 },
      forExport,
      *forMatching() {
        for (let after = 0; ;) {
          const rows = brief.all(after, STREAM_ROWS)
          for (const { annotated, ...found } of rows) yield { ...found, annotated: annotated === 1 }
          if (rows.length < STREAM_ROWS) return
          after = rows[rows.length - 1].id
        }
      },
    },
    marks: {
      get(id) {
        const found = mark.get(id)
        return found === undefined ? undefined : markOf(found)
      },
      update: (record) => { setMark.run({ ...record, ticked: toStoredJson(record.ticked) }) },
      insert: ({ id }) => { throw new EngineError('bad-input', `image ${id} can’t be added by an edit: images come from their folder`) },
      remove: (id) => { throw new EngineError('bad-input', `image ${id} can’t be removed by an edit: images come from their folder`) },
    },
  }
}

const markOf = (found: Omit<ImageMark, 'kind' | 'ticked'> & { readonly ticked: string | null }): ImageMark => ({ kind: 'image', ...found, ticked: fromStoredJson(found.ticked) as number[] | null })

const scanColumns = ({ path, width, height, bytes, modified, fingerprint, problem, remark }: ScannedPicture): ScannedPicture =>
  ({ path, width, height, bytes, modified, fingerprint, problem, remark })

/**
 * The time, ms since 1970, and always more than before: browsers keep a picture by image id and revision for ever, and
 * another project, or an older backup of this one, has images of the same ids.
 */
const newRevision = (before: number): number => Math.max(before + 1, Date.now())

/** A moved file keeps its revision, so that what browsers have cached of it stays good. */
const sameContent = (a: ScannedPicture, b: ScannedPicture): boolean =>
  a.fingerprint === b.fingerprint && a.bytes === b.bytes && a.modified === b.modified && a.width === b.width && a.height === b.height
