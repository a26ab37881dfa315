import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ExportedImage } from '../formats/coco-instances-writer.ts'
import type { Source } from '../formats/format.ts'
import type { ProjectFile } from '../project/project-file.ts'
import { TOP_LEVEL_KEY } from './import-data-set.ts'

/** What a writer reads of a project. */
export function projectSource(file: ProjectFile): Source {
  const topLevel = file.meta.get(TOP_LEVEL_KEY)
  const folderNames = new Map(file.folders.list().map(({ id, name }) => [id, name]))
  return {
    name: file.name,
    topLevel: typeof topLevel === 'object' && topLevel !== null ? (topLevel as Record<string, unknown>) : null,
    classes: () => file.classes.list(),
    *images(): Generator<ExportedImage> {
      for (const { row, importedId, fileName, carried } of file.images.forExport()) {
        yield { id: row.id, path: row.path, folderName: folderNames.get(row.folderId) ?? '', width: row.width, height: row.height, importedId, fileName, carried }
      }
    },
    annotationsOf: (imageId) => file.annotations.ofImage(imageId),
    outlinesOf: (imageId) => file.annotations.outlinesOf(imageId),
    picturePath({ id }) {
      const location = file.images.location(id)
      const path = location === undefined ? null : join(location.folderPath, location.path)
      return path !== null && existsSync(path) ? path : null
    },
  }
}
