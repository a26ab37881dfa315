import { existsSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { EngineError } from '../../contract/errors.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import type { ProjectInfo } from '../../contract/procedures.ts'
import { backupPlace } from '../../project/backup-place.ts'
import type { ProjectFile } from '../../project/project-file.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'
import type { Projects } from '../projects.ts'
import type { RecentProjects } from '../recent-projects.ts'

const EXTENSION = '.maskwright'

type Names = 'project.recent' | 'project.create' | 'project.open' | 'project.info' | 'project.close' | 'project.backup'

/** Opening, closing and backing up projects. */
export function projectHandlers(context: EngineContext, projects: Projects, recent: RecentProjects): SomeHandlers<Names, Caller> {
  const { grants } = context
  const opened = async (path: string, create: { name: string } | undefined, caller: Caller): Promise<ProjectInfo> => {
    const { file } = await projects.open(path, create)
    await recent.opened(file.path)
    context.emit({ name: 'project.changed', data: { open: true } }, caller.id)
    return infoOf(file)
  }
  return {
    'project.recent': async () => ({ projects: (await recent.list()).map((path) => grants.give(path)) }),
    'project.create': ({ grant, name }, caller) => {
      const path = pathForNew(grants.pathOf(grant), name)
      if (existsSync(path)) throw new EngineError('bad-input', `${JSON.stringify(path)} exists already; open it, or choose another name`)
      return opened(path, { name }, caller)
    },
    'project.open': ({ grant }, caller) => {
      const path = grants.pathOf(grant)
      const about = statSync(path, { throwIfNoEntry: false })
      if (about === undefined) throw new EngineError('not-found', `${JSON.stringify(path)} is not there any more; it may have been moved or deleted`)
      if (!about.isFile()) throw new EngineError('not-a-project', `${JSON.stringify(path)} is a folder; choose a ${EXTENSION} file`)
      return opened(path, undefined, caller)
    },
    'project.info': () => infoOf(context.project().file),
    'project.close': async (_input, caller) => {
      await projects.close()
      context.emit({ name: 'project.changed', data: { open: false } }, caller.id)
      return {}
    },
    'project.backup': async ({ folder }) => {
      const { file } = context.project()
      const path = backupPlace(file.path, folder === undefined ? undefined : grants.pathOf(folder))
      context.emit({ name: 'transfer.progress', data: { what: 'backup', done: 0, total: 1 } })
      const bytes = await file.backup(path)
      context.emit({ name: 'transfer.progress', data: { what: 'backup', done: 1, total: 1 } })
      context.log.write('info', 'project', `backed up to ${path}, ${bytes} bytes`)
      return { display: path, bytes }
    },
  }
}

/** Everything the page shows of a project. O(classes + folders) beyond the file's own counts. */
function infoOf(file: ProjectFile): ProjectInfo {
  const counts = file.images.counts()
  return {
    id: file.id,
    name: file.name,
    display: file.path,
    imageCount: counts.images,
    doneCount: counts.done,
    annotationCount: counts.annotations,
    folders: file.folders.list(),
    classes: file.classes.list(),
    lastPack: file.jobs.lastRequest()?.pack ?? null,
  }
}

/** The file for a new project: the chosen file, or one named after the project in the chosen folder. */
function pathForNew(chosen: string, name: string): string {
  const folder = statSync(chosen, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (!folder) return extname(chosen).toLowerCase() === EXTENSION ? chosen : chosen + EXTENSION
  const fileName = name.replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, '-').replace(/^[.\s]+|[.\s]+$/g, '')
  return join(chosen, (fileName === '' ? 'project' : fileName) + EXTENSION)
}
