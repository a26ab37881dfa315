import type { SomeHandlers } from '../../contract/handlers.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'
import type { Projects } from '../projects.ts'
import { addFolder, relinkFolder, syncFolder } from '../sync-folder.ts'

/** Image folders: add, sync, relink. They are only ever read. */
export function folderHandlers(context: EngineContext, projects: Projects): SomeHandlers<'folder.add' | 'folder.sync' | 'folder.relink', Caller> {
  return {
    'folder.add': ({ grant }) => addFolder(context, projects.current(), context.grants.pathOf(grant)),
    'folder.sync': ({ folderId }) => syncFolder(context, projects.current(), folderId),
    'folder.relink': ({ folderId, grant }) => relinkFolder(context, projects.current(), folderId, context.grants.pathOf(grant)),
  }
}
