import type Database from 'better-sqlite3'
import type { Diff } from '../contract/diff.ts'
import { EngineError } from '../contract/errors.ts'
import { renameProposal } from '../contract/rename-proposal.ts'
import type { Annotation, AnnotationState, Provenance } from '../contract/records.ts'
import type { IdCounter } from './ids.ts'
import { checkMask } from './mask-check.ts'
import type { AnnotationOutline, NewAnnotation, ProjectFile } from './project-file.ts'
import type { RecordTable } from './record-table.ts'
import { fromStoredJson, toStoredJson } from './stored-json.ts'
import { writing } from './write.ts'

interface AnnotationColumns {
  readonly id: number
  readonly version: number
  readonly image_id: number
  readonly class_id: number | null
  readonly state: AnnotationState
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly area_px2: number
  readonly score: number | null
  readonly z: number
  readonly crowd: number
  readonly locked: number
  readonly box_only: string | null
  readonly imported_id: number | null
  readonly carried: string | null
  readonly runs: Uint8Array
}
type StoredColumns = AnnotationColumns & { readonly provenance: string }
type WrittenColumns = AnnotationColumns & { readonly provenance_id: number }

export interface AnnotationsTable extends RecordTable<Annotation> {
  readonly ofImage: ProjectFile['annotations']['ofImage']
  readonly ofClass: ProjectFile['annotations']['ofClass']
  readonly replacePending: ProjectFile['annotations']['replacePending']
  readonly renamePending: ProjectFile['annotations']['renamePending']
  readonly untaught: ProjectFile['annotations']['untaught']
  /** throws EngineError 'bad-input' when the annotation can't be one of its image; `of` saves looking the image up */
  check(annotation: Annotation | NewAnnotation, of?: AnnotatedImage): void
  /** the image of this id, for `check` */
  imageOf(imageId: number): AnnotatedImage | undefined
  readonly makers: ProjectFile['annotations']['makers']
  /** the same as `ofImage` without masks' runs, for those who count: O(rows), no pixel is read */
  readonly outlinesOf: ProjectFile['annotations']['outlinesOf']
}

/** What an annotation has to fit. */
export interface AnnotatedImage {
  readonly width: number
  readonly height: number
  readonly state: string
  readonly path: string
}

const SELECT = 'SELECT annotations.*, provenances.body AS provenance FROM annotations JOIN provenances ON provenances.id = annotations.provenance_id'

/** The annotations of every image, masks included. */
export function annotationsTable(db: Database.Database, ids: IdCounter): AnnotationsTable {
  const one = db.prepare<[number], StoredColumns>(`${SELECT} WHERE annotations.id = ?`)
  const ofClass = db.prepare<[number], StoredColumns>(`${SELECT} WHERE class_id = ? ORDER BY annotations.id`)
  const ofImage = db.prepare<[number], StoredColumns>(`${SELECT} WHERE image_id = ? ORDER BY z, annotations.id`)
  const outlines = db.prepare<[number], AnnotationOutline>('SELECT class_id AS classId, state, x + width AS right, y + height AS bottom, imported_id AS importedId FROM annotations WHERE image_id = ?')
  const makers = db.prepare<[], { name: string; masks: number }>(`
    SELECT json_extract(body, '$.by') AS name, sum(masks) AS masks
    FROM (SELECT provenance_id, count(*) AS masks FROM annotations WHERE class_id IS NOT NULL AND box_only IS NULL AND state IN ('accepted', 'fixed', 'drawn') GROUP BY provenance_id)
    JOIN provenances ON provenances.id = provenance_id WHERE json_extract(body, '$.by') IS NOT NULL GROUP BY name ORDER BY masks DESC, name`)
  const pending = db.prepare<[number], StoredColumns>(`${SELECT} WHERE image_id = ? AND state = 'pending' AND locked = 0 ORDER BY z, annotations.id`)
  const insert = db.prepare<[WrittenColumns]>(`
    INSERT INTO annotations (id, version, image_id, class_id, state, x, y, width, height, area_px2, score, z, crowd, locked, box_only, imported_id, provenance_id, carried, runs)
    VALUES (@id, @version, @image_id, @class_id, @state, @x, @y, @width, @height, @area_px2, @score, @z, @crowd, @locked, @box_only, @imported_id, @provenance_id, @carried, @runs)`)
  const update = db.prepare<[WrittenColumns]>(`
    UPDATE annotations SET version = @version, class_id = @class_id, state = @state, x = @x, y = @y, width = @width, height = @height, area_px2 = @area_px2,
      score = @score, z = @z, crowd = @crowd, locked = @locked, box_only = @box_only, imported_id = @imported_id, provenance_id = @provenance_id, carried = @carried, runs = @runs
    WHERE id = @id`)
  const remove = db.prepare<[number]>('DELETE FROM annotations WHERE id = ?')
  const provenanceId = db.prepare<[string], { id: number }>('SELECT id FROM provenances WHERE body = ?')
  const addProvenance = db.prepare<[string], { id: number }>('INSERT INTO provenances (body) VALUES (?) RETURNING id')
  const image = db.prepare<[number], AnnotatedImage>('SELECT width, height, state, path FROM images WHERE id = ?')
  const rename = db.prepare<[{ id: number; imageId: number; classId: number | null; score: number | null }]>(`
    UPDATE annotations SET class_id = @classId, score = @score
    WHERE id = @id AND image_id = @imageId AND state = 'pending' AND version = 0 AND locked = 0 AND (class_id IS NOT @classId OR score IS NOT @score)`)
  const setProvenance = db.prepare<[number, number]>('UPDATE annotations SET provenance_id = ? WHERE id = ?')
  const setUncertainty = db.prepare<[number | null, number]>('UPDATE images SET uncertainty = ? WHERE id = ?')
  const TEACHES = "class_id IS NOT NULL AND state <> 'pending' AND NOT EXISTS (SELECT 1 FROM memory INDEXED BY memory_learnt WHERE annotation_id = annotations.id AND pack = @pack AND (checkpoints = @checkpoints OR length(vector) = 0))"
  const untaughtImages = db.prepare<[{ pack: string; checkpoints: string; limit: number }], { image_id: number }>(`SELECT DISTINCT image_id FROM annotations INDEXED BY annotations_of_class WHERE ${TEACHES} LIMIT @limit`)
  const untaughtOf = db.prepare<[{ pack: string; checkpoints: string; imageId: number }], { id: number }>(`SELECT id FROM annotations WHERE image_id = @imageId AND ${TEACHES} ORDER BY id`)

  /** Thousands of annotations share one provenance (a job's): it is stored once. */
  const storedProvenance = (provenance: Provenance): number => {
    const body = JSON.stringify(provenance)
    return (provenanceId.get(body) ?? addProvenance.get(body))?.id ?? 0
  }
  const columnsOf = (annotation: Annotation): WrittenColumns => ({ id: annotation.id, version: annotation.version, provenance_id: storedProvenance(annotation.provenance), ...annotationColumns(annotation) })
  const add = (annotation: Annotation): void => { insert.run(columnsOf(annotation)) }
  const check = (annotation: Annotation | NewAnnotation, of = image.get(annotation.imageId)): void => {
    const name = (): string => ('id' in annotation ? `annotation ${annotation.id}` : `a new annotation of image ${annotation.imageId}`)
    if (of === undefined) throw new EngineError('not-found', `${name()}: the project has no image ${annotation.imageId}`)
    const { mask } = annotation
    const area = checkMask(mask)
    if (typeof area === 'string') throw new EngineError('bad-input', `${name()} has a damaged mask: ${area}`)
    // an image that could not be read has no size to check against
    const sizeKnown = of.width > 0 && of.height > 0
    if (mask.x < 0 || mask.y < 0 || (sizeKnown && (mask.x + mask.width > of.width || mask.y + mask.height > of.height))) {
      throw new EngineError('bad-input', `${name()}: its mask box (${mask.x}, ${mask.y}, ${mask.width}×${mask.height}) reaches out of image ${of.path} of ${of.width}×${of.height} px; clip it first`)
    }
    if (annotation.boxOnly === null && area !== annotation.areaPx2) throw new EngineError('bad-input', `${name()} says ${annotation.areaPx2} px², but its mask has ${area} px²`)
  }

  return {
    check,
    imageOf: (imageId) => image.get(imageId),
    outlinesOf: (imageId) => outlines.all(imageId),
    get(id) {
      const row = one.get(id)
      return row === undefined ? undefined : annotationOf(row)
    },
    insert: add,
    update: (annotation) => { update.run(columnsOf(annotation)) },
    remove: (id) => { remove.run(id) },
    ofImage: (imageId) => ofImage.all(imageId).map(annotationOf),
    makers: () => makers.all(),
    ofClass: (classId) => ofClass.all(classId).map(annotationOf),
    replacePending: writing(db, (imageId: number, proposals: readonly NewAnnotation[], uncertainty: number | null = null): Diff | null => {
      const of = image.get(imageId)
      if (of === undefined) throw new EngineError('not-found', `the project has no image ${imageId}`)
      if (of.state === 'done') return null
      const removed = pending.all(imageId).map(annotationOf)
      for (const annotation of removed) remove.run(annotation.id)
      const first = proposals.length === 0 ? 0 : ids.reserve(proposals.length)
      const added = proposals.map((proposal, index): Annotation => {
        if (proposal.state !== 'pending' || proposal.imageId !== imageId) {
          throw new EngineError('bad-input', `proposal ${index} for image ${imageId} is ${proposal.state} and of image ${proposal.imageId}: a job writes only pending proposals of its image`)
        }
        check(proposal)
        return { ...proposal, kind: 'annotation', id: first + index, version: 0 }
      })
      for (const annotation of added) add(annotation)
      setUncertainty.run(added.length === 0 ? null : uncertainty, imageId)
      return { added, updated: [], removed }
    }),
    renamePending: writing(db, (imageId: number, names: Parameters<ProjectFile['annotations']['renamePending']>[1], uncertainty: number | null) => {
      if ((image.get(imageId)?.state ?? 'done') === 'done') return []
      const before = new Map(pending.all(imageId).map((row) => [row.id, row]))
      if (before.size > 0) setUncertainty.run(uncertainty, imageId)
      return names.filter(({ id, classId, score }) => {
        const row = before.get(id)
        if (row === undefined || rename.run({ id, imageId, classId, score }).changes === 0) return false
        const proposal = annotationOf(row)
        const { provenance } = renameProposal(proposal, { classId, score })
        if (provenance !== proposal.provenance) setProvenance.run(storedProvenance(provenance), id)
        return true
      })
    }),
    untaught(pack, checkpoints, limit, only) {
      const images = only === undefined ? untaughtImages.all({ pack, checkpoints, limit }).map((row) => row.image_id).sort((a, b) => a - b) : [only]
      return images.map((imageId) => ({
        imageId,
        annotations: untaughtOf.all({ pack, checkpoints, imageId }).flatMap(({ id }) => one.all(id)).map(annotationOf),
      })).filter(({ annotations }) => annotations.length > 0)
    },
  }
}

/** What the table holds of an annotation, but for its id, version and provenance. */
export const annotationColumns = (annotation: Annotation | NewAnnotation): Omit<AnnotationColumns, 'id' | 'version'> => ({
  image_id: annotation.imageId,
  class_id: annotation.classId,
  state: annotation.state,
  x: annotation.mask.x,
  y: annotation.mask.y,
  width: annotation.mask.width,
  height: annotation.mask.height,
  area_px2: annotation.areaPx2,
  score: annotation.score,
  z: annotation.z,
  crowd: annotation.crowd ? 1 : 0,
  locked: annotation.locked ? 1 : 0,
  box_only: toStoredJson(annotation.boxOnly),
  imported_id: annotation.importedId,
  carried: toStoredJson(annotation.carried),
  runs: annotation.mask.runs,
})

/** Plain Uint8Array, not Node's Buffer: what crosses the contract is the same on both sides. */
const bytesOf = (blob: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(blob.buffer as ArrayBuffer, blob.byteOffset, blob.byteLength)

const annotationOf = (row: StoredColumns): Annotation => ({
  kind: 'annotation',
  id: row.id,
  version: row.version,
  imageId: row.image_id,
  classId: row.class_id,
  state: row.state,
  mask: { x: row.x, y: row.y, width: row.width, height: row.height, runs: bytesOf(row.runs) },
  areaPx2: row.area_px2,
  score: row.score,
  z: row.z,
  crowd: row.crowd === 1,
  locked: row.locked === 1,
  boxOnly: fromStoredJson(row.box_only) as [number, number, number, number] | null,
  importedId: row.imported_id,
  provenance: provenanceOf(row.provenance),
  carried: fromStoredJson(row.carried) as Record<string, unknown> | null,
})

/** The last provenance that was read: thousands in a row share one, and nobody changes a record in place. */
let lastProvenance: { readonly body: string; readonly provenance: Provenance } | null = null
function provenanceOf(body: string): Provenance {
  if (lastProvenance?.body !== body) lastProvenance = { body, provenance: Object.freeze(JSON.parse(body) as Provenance) }
  return lastProvenance.provenance
}
