import { basename, extname } from 'node:path'
import type { Engine } from './engine.ts'

/**
 * Opens the project a shell was started with, creating it when the file is not there, and adds the folder of pictures.
 * Throws EngineError as `openProject` and `addFolder` do.
 */
export async function openStartProject(engine: Engine, start: { readonly project: string | undefined; readonly images: string | undefined }): Promise<void> {
  if (start.project === undefined) return
  await engine.openProject(start.project, { create: { name: basename(start.project, extname(start.project)) } })
  if (start.images !== undefined) await engine.addFolder(start.images)
}
