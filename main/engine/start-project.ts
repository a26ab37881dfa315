import { existsSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { Engine } from './engine.ts'

/** What a shell is started with; paths are absolute. */
export interface ProjectStart {
  readonly project: string | undefined
  readonly images: string | undefined
  /** a data set that a new project begins with: its classes, and what is labelled already */
  readonly labels?: string | undefined
  /** pack that pre-labels a new project at once, while one looks on */
  readonly prelabel?: string | undefined
}

/**
 * Opens the project a shell was started with, creating it when the file is not there, and adds the folder of pictures. Labels
 * and pre-labelling are for a new project only: one that is there already has its own.
 * Throws EngineError as `openProject`, `addFolder` and `importDataSet` do.
 */
export async function openStartProject(engine: Engine, start: ProjectStart): Promise<void> {
  if (start.project === undefined) return
  const isNew = !existsSync(start.project)
  await engine.openProject(start.project, { create: { name: basename(start.project, extname(start.project)) } })
  if (start.images !== undefined) await engine.addFolder(start.images)
  if (!isNew) return
  if (start.labels !== undefined) await engine.importDataSet(start.labels)
  if (start.prelabel !== undefined) {
    const answer = await engine.call('prelabel.start', { scope: 'untouched', pack: start.prelabel }, { id: 'start', author: '' })
    if (!answer.ok) throw new EngineError(answer.code, answer.message)
  }
}
