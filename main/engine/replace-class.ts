import type { Diff } from '../contract/diff.ts'
import { EngineError } from '../contract/errors.ts'
import type { ProjectFile } from '../project/project-file.ts'

/** most synonyms a class may have (records.ts) */
const SYNONYMS_MAX = 50

/**
 * The edit that takes a class out of the list and gives its annotations and the images it is ticked for another one,
 * or none. States stay: nobody judged a mask anew. O(annotations of the class + images).
 * @throws EngineError 'not-found' for a class that the list does not have, 'bad-input' for a class put in its own place
 */
export function replaceClass(file: Pick<ProjectFile, 'classes' | 'annotations' | 'images'>, classId: number, by: number | null): Diff {
  const classes = file.classes.list()
  const gone = classes.find(({ id }) => id === classId)
  if (gone === undefined) throw new EngineError('not-found', `class ${classId} is not in the class list any more`)
  if (by === classId) throw new EngineError('bad-input', `class “${gone.name}” can’t take its own place; choose another`)
  const heir = by === null ? null : classes.find(({ id }) => id === by)
  if (heir === undefined) throw new EngineError('not-found', `class ${by} is not in the class list any more; choose another`)
  const known = new Set(heir === null ? [] : [heir.name, ...heir.synonyms])
  const names = [gone.name, ...gone.synonyms].filter((name) => !known.has(name))
  const updated: Diff['updated'] = file.annotations.ofClass(classId).map((annotation) => [annotation, { ...annotation, classId: by, version: annotation.version + 1 }])
  for (const mark of file.images.ticking(classId)) {
    const kept = (mark.ticked ?? []).filter((id) => id !== classId)
    updated.push([mark, { ...mark, ticked: by === null || kept.includes(by) ? kept : [...kept, by], version: mark.version + 1 }])
  }
  if (heir !== null && names.length > 0) updated.push([heir, { ...heir, synonyms: [...heir.synonyms, ...names].slice(0, SYNONYMS_MAX), version: heir.version + 1 }])
  return { added: [], updated, removed: [gone] }
}
