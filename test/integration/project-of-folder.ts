import { join } from 'node:path'
import { addFolder } from '../../main/engine/sync-folder.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import type { ProjectFile } from '../../main/project/project-file.ts'

/** A new project in `home` on a scanned folder of pictures, without the rest of the engine. */
export async function projectOfFolder(home: string, pictures: string, name = 'fixture'): Promise<ProjectFile> {
  const file = openProjectFile(join(home, `${name}.maskwright`), { create: { name } })
  const work = <T>(run: Promise<T>): Promise<T> => run
  await addFolder(
    { emit: () => undefined, log: { write: () => undefined, recent: () => [], exportTo: () => Promise.resolve() } },
    { file, closing: new AbortController().signal, during: work, inTurn: (run) => run(), prelabel: noJob },
    pictures,
  )
  return file
}

const never = (): never => { throw new Error('no job in this test') }
const noJob = { start: never, goOn: never, pause: never, resume: never, cancel: never, status: never, image: never, click: () => { throw new Error('not here') }, snap: () => { throw new Error('not here') }, onScreen: () => undefined, taught: () => undefined, ticked: () => undefined, sureness: never, preview: never, fit: never, close: () => Promise.resolve() }
