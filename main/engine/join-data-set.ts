import type { ImportOptions, TransferReport } from '../contract/transfer.ts'
import type { OnDone } from '../formats/format.ts'
import type { EngineContext } from './context.ts'
import { applyImport } from './import-data-set.ts'
import type { ProjectSession } from './projects.ts'

/** A data set joins the open project: what it teaches is learned, and every window hears of it. @throws EngineError as `applyImport` does */
export async function joinDataSet(to: Pick<EngineContext, 'emit' | 'log'>, { file, prelabel, inTurn }: Pick<ProjectSession, 'file' | 'prelabel' | 'inTurn'>, path: string, options: ImportOptions, onDone?: OnDone): Promise<TransferReport> {
  // in turn: what an import makes of classes and masks rests on those that are there.
  // no dry run before it: a file that is refused on the way leaves the project as it was, and reading twice takes twice as long
  const { report, imageIds, joinMs } = await inTurn(() => applyImport(file, path, options, onDone))
  for (const imageId of imageIds) prelabel.taught(imageId)
  to.emit({ name: 'images.changed', data: { imageIds: null } })
  to.emit({ name: 'project.changed', data: { open: true } })
  to.log.write('info', 'import', `${path}: ${report.format}, ${report.annotations} annotations on ${report.images} images, ${report.classes} classes (${report.verdict}); joined in ${Math.round(joinMs)} ms`)
  return report
}
