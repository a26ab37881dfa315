import type Database from 'better-sqlite3'
import type { MemoryEntry, ProjectFile } from './project-file.ts'
import { writing } from './write.ts'

interface MemoryColumns {
  readonly annotationId: number
  readonly imageId: number
  readonly classId: number
  readonly pack: string
  readonly positive: number
  readonly vector: Uint8Array
}

/**
 * What annotations taught, as f32 vectors. An entry whose annotation no longer exists, has another class, or is no
 * longer kept (positive) or rejected (negative) is not written: it was learnt from something that has changed since.
 * A trigger forgets entries when their annotation changes.
 */
export function memoryTable(db: Database.Database): ProjectFile['memory'] {
  const put = db.prepare<[MemoryColumns]>(`
    INSERT INTO memory (annotation_id, pack, image_id, class_id, positive, vector)
    SELECT id, @pack, image_id, class_id, @positive, @vector FROM annotations
    WHERE id = @annotationId AND image_id = @imageId AND class_id = @classId AND state <> 'pending' AND (state <> 'rejected') = @positive
    ON CONFLICT (annotation_id, pack) DO UPDATE SET class_id = excluded.class_id, positive = excluded.positive, vector = excluded.vector`)
  const forget = db.prepare<[number]>('DELETE FROM memory WHERE annotation_id = ?')
  // an empty vector only says that its annotation was looked at and teaches nothing
  const all = db.prepare<[string], MemoryColumns>(`
    SELECT annotation_id AS annotationId, image_id AS imageId, class_id AS classId, pack, positive, vector FROM memory WHERE pack = ? AND length(vector) > 0 ORDER BY annotation_id`)
  return {
    put: writing(db, (entries: readonly MemoryEntry[]) => {
      for (const { vector, positive, annotationId, imageId, classId, pack } of entries) {
        put.run({ annotationId, imageId, classId, pack, positive: positive ? 1 : 0, vector: new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength) })
      }
    }),
    forget: writing(db, (annotationIds: readonly number[]) => {
      for (const id of annotationIds) forget.run(id)
    }),
    all: (pack) => all.all(pack).map((row): MemoryEntry => ({ ...row, positive: row.positive === 1, vector: floatsOf(row.vector) })),
  }
}

/** Copied, as a blob's bytes need not lie on a multiple of four. */
function floatsOf(blob: Uint8Array): Float32Array {
  const bytes = new Uint8Array(blob)
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / Float32Array.BYTES_PER_ELEMENT))
}
