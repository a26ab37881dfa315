import { RefusedFile } from '../formats/findings.ts'
import { EngineError } from '../contract/errors.ts'
import type { MasksOfImages, NamedMask } from '../evaluate/agreement.ts'
import { turnTaker } from '../formats/in-turns.ts'
import { openProjectFile } from '../project/open-project-file.ts'
import type { ProjectFile } from '../project/project-file.ts'
import { readRecords } from './convert-data-set.ts'

const JUDGED: ReadonlySet<string> = new Set(['accepted', 'fixed', 'drawn'])

/**
 * What a person made, by image: the masks with a class of a project, or those of a data set in any format that can be read.
 * Proposals nobody looked at and what was rejected are left out. All masks are in memory at once.
 * @throws EngineError 'not-found', 'bad-file' and whatever opening a project throws
 */
export async function masksOfImages(path: string): Promise<MasksOfImages> {
  return path.toLowerCase().endsWith('.maskwright') ? ofProject(path) : ofDataSet(path)
}

/** What people made of an image of an open project, and who: the person, or the file it was imported from. */
export function projectMasks(file: Pick<ProjectFile, 'annotations' | 'classes'>): (imageId: number) => { readonly named: NamedMask; readonly by: string | null }[] {
  const names = new Map(file.classes.list().map(({ id, name }) => [id, name]))
  return (imageId) => file.annotations.ofImage(imageId).flatMap(({ state, classId, mask, boxOnly, provenance }) => {
    const className = classId === null ? undefined : names.get(classId)
    return className === undefined || boxOnly !== null || !JUDGED.has(state) ? [] : [{ named: { className, mask }, by: provenance.by ?? null }]
  })
}

async function ofProject(path: string): Promise<MasksOfImages> {
  const file = openProjectFile(path)
  try {
    const masksOf = projectMasks(file)
    const found = new Map<string, NamedMask[]>()
    const turn = turnTaker()
    for (const { row } of file.images.forExport()) {
      found.set(row.path, masksOf(row.id).map(({ named }) => named))
      const wait = turn()
      if (wait !== undefined) await wait
    }
    return found
  } finally {
    file.close()
  }
}

async function ofDataSet(path: string): Promise<MasksOfImages> {
  const found = new Map<string, NamedMask[]>()
  const turn = turnTaker()
  try {
    for await (const { images, classNames, record } of readRecords(path)) {
      const wait = turn()
      if (wait !== undefined) await wait
      if (found.size === 0) for (const name of images.values()) found.set(name, [])
      if (record === null || 'caption' in record) continue
      const className = record.classId === null ? undefined : classNames.get(record.classId)
      const image = images.get(record.imageId)
      if (className !== undefined && image !== undefined && record.boxOnly === null && JUDGED.has(record.state)) found.get(image)?.push({ className, mask: record.mask })
    }
  } catch (error) {
    if (error instanceof RefusedFile) throw new EngineError('bad-file', `${JSON.stringify(path)}: ${error.message}; ${error.action}`, { cause: error })
    throw error
  }
  return found
}
