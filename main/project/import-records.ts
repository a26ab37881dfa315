import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import type { AnnotationsTable } from './annotations.ts'
import type { ClassesTable } from './classes.ts'
import type { IdCounter } from './ids.ts'
import type { ProjectFile } from './project-file.ts'
import { writing } from './write.ts'

/** Ids are taken from the counter in blocks while annotations stream in. */
const BLOCK = 1000

/**
 * Joins an imported file in one transaction, all or nothing. A class whose id the project has already is changed, another
 * is added (its id must have been reserved). Not an edit of a person's: the history does not hold it.
 */
export function importRecords(
  db: Database.Database,
  tables: { classes: ClassesTable; annotations: AnnotationsTable; images: ProjectFile['images']; ids: IdCounter },
): ProjectFile['importRecords'] {
  const { classes, annotations, images, ids } = tables
  return writing(db, (records: Parameters<ProjectFile['importRecords']>[0]) => {
    for (const record of records.classes) {
      if (!ids.given(record.id)) throw new EngineError('bad-input', `class ${record.id} (“${record.name}”): the id was never reserved; reserve it first`)
      const known = classes.get(record.id)
      if (known === undefined) classes.insert({ ...record, version: 0 })
      else classes.update({ ...record, version: known.version + 1 })
    }
    for (const { imageId, importedId, fileName, carried } of records.images) images.setCarried(imageId, importedId, fileName, carried)
    const classIds = new Set(classes.list().map(({ id }) => id))
    let count = 0
    let next = 0
    let left = 0
    for (const annotation of records.annotations) {
      if (annotation.classId !== null && !classIds.has(annotation.classId)) throw new EngineError('bad-input', `an imported annotation of image ${annotation.imageId} is of class ${annotation.classId}, which the project does not have`)
      annotations.check(annotation)
      if (left === 0) {
        next = ids.reserve(BLOCK)
        left = BLOCK
      }
      annotations.insert({ ...annotation, kind: 'annotation', id: next, version: 0 })
      next++
      left--
      count++
    }
    return { classes: records.classes.length, annotations: count }
  })
}
