import type Database from 'better-sqlite3'
import type { RememberedClass, RememberedMask } from '../contract/memory.ts'
import type { MemoryEntry, ProjectFile } from './project-file.ts'
import { writing } from './write.ts'

interface MemoryColumns {
  readonly annotationId: number
  readonly imageId: number
  readonly classId: number
  readonly pack: string
  readonly checkpoints: string | null
  readonly positive: number
  readonly vector: Uint8Array
}

interface CountColumns {
  readonly classId: number
  readonly positive: number
  readonly negative: number
}

type MaskColumns = Omit<RememberedMask, 'mask' | 'positive' | 'packs'> & RememberedMask['mask'] & { readonly positive: number; readonly packs: string }

/**
 * What annotations taught, as f32 vectors. An entry whose annotation no longer exists, has another class, or is no
 * longer kept (positive) or rejected (negative) is not written: it was learnt from something that has changed since.
 * A trigger forgets entries when their annotation changes.
 */
export function memoryTable(db: Database.Database): ProjectFile['memory'] {
  const put = db.prepare<[MemoryColumns]>(`
    INSERT INTO memory (annotation_id, pack, checkpoints, image_id, class_id, positive, vector)
    SELECT id, @pack, @checkpoints, image_id, class_id, @positive, @vector FROM annotations
    WHERE id = @annotationId AND image_id = @imageId AND class_id = @classId AND state <> 'pending' AND (state <> 'rejected') = @positive
    ON CONFLICT (annotation_id, pack) DO UPDATE SET checkpoints = excluded.checkpoints, class_id = excluded.class_id, positive = excluded.positive, vector = excluded.vector WHERE length(vector) > 0`)
  const forget = db.prepare<[number]>('DELETE FROM memory WHERE annotation_id = ?')
  // an empty vector only says that its annotation was looked at and teaches nothing
  const all = db.prepare<[{ pack: string; checkpoints: string | null }], MemoryColumns>(`
    SELECT annotation_id AS annotationId, image_id AS imageId, class_id AS classId, pack, checkpoints, positive, vector FROM memory
    WHERE pack = @pack AND length(vector) > 0 AND (@checkpoints IS NULL OR checkpoints = @checkpoints) ORDER BY annotation_id`)
  const outdated = db.prepare<[string, string], { imageId: number }>(`
    SELECT image_id AS imageId FROM memory INDEXED BY memory_learnt WHERE pack = ? AND checkpoints IS NOT ? AND length(vector) > 0 GROUP BY image_id ORDER BY max(annotation_id)`)
  const packs = db.prepare<[], { pack: string }>('SELECT DISTINCT pack FROM memory WHERE length(vector) > 0 ORDER BY pack')
  const classes = db.prepare<[], CountColumns>(`
    SELECT class_id AS classId, sum(positive) AS positive, sum(1 - positive) AS negative
    FROM (SELECT DISTINCT annotation_id, class_id, positive FROM memory WHERE length(vector) > 0) GROUP BY class_id ORDER BY positive DESC, class_id`)
  const classesOfPacks = db.prepare<[], CountColumns & { readonly pack: string }>(`
    SELECT pack, class_id AS classId, sum(positive) AS positive, sum(1 - positive) AS negative FROM memory WHERE length(vector) > 0 GROUP BY pack, class_id ORDER BY pack`)
  const count = db.prepare<[number], { n: number }>('SELECT count(DISTINCT annotation_id) AS n FROM memory WHERE class_id = ? AND length(vector) > 0')
  const page = db.prepare<[number, number, number], MaskColumns>(`
    SELECT memory.annotation_id AS annotationId, memory.image_id AS imageId, images.path, images.revision, images.width AS imageWidth, images.height AS imageHeight,
      annotations.x, annotations.y, annotations.width, annotations.height, annotations.runs, max(memory.positive) AS positive, group_concat(pack, ' ') AS packs
    FROM memory JOIN annotations ON annotations.id = annotation_id JOIN images ON images.id = memory.image_id
    WHERE memory.class_id = ? AND length(vector) > 0 GROUP BY memory.annotation_id ORDER BY memory.annotation_id DESC LIMIT ? OFFSET ?`)
  const mute = db.prepare<[number], { imageId: number }>("UPDATE memory SET vector = x'' WHERE annotation_id = ? AND length(vector) > 0 RETURNING image_id AS imageId")
  return {
    packs: () => packs.all().map(({ pack }) => pack),
    classes() {
      const ofPacks = classesOfPacks.all()
      return classes.all().map((one): RememberedClass => ({ ...one, packs: ofPacks.flatMap(({ classId, ...pack }) => (classId === one.classId ? [pack] : [])) }))
    },
    page: (classId, offset, limit) => ({
      total: count.get(classId)?.n ?? 0,
      rows: page.all(classId, limit, offset).map(({ x, y, width, height, runs, positive, packs: names, ...row }): RememberedMask => ({ ...row, mask: { x, y, width, height, runs: new Uint8Array(runs) }, positive: positive === 1, packs: names.split(' ').sort() })),
    }),
    mute: writing(db, (annotationId: number) => [...new Set(mute.all(annotationId).map(({ imageId }) => imageId))]),
    put: writing(db, (entries: readonly MemoryEntry[]) => {
      for (const { vector, positive, annotationId, imageId, classId, pack, checkpoints } of entries) {
        put.run({ annotationId, imageId, classId, pack, checkpoints, positive: positive ? 1 : 0, vector: new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength) })
      }
    }),
    forget: writing(db, (annotationIds: readonly number[]) => {
      for (const id of annotationIds) forget.run(id)
    }),
    outdated: (pack, checkpoints) => outdated.all(pack, checkpoints).map(({ imageId }) => imageId),
    all: (pack, checkpoints = null) => all.all({ pack, checkpoints }).map((row): MemoryEntry => ({ ...row, positive: row.positive === 1, vector: floatsOf(row.vector) })),
  }
}

/** Copied, as a blob's bytes need not lie on a multiple of four. */
function floatsOf(blob: Uint8Array): Float32Array {
  const bytes = new Uint8Array(blob)
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / Float32Array.BYTES_PER_ELEMENT))
}
