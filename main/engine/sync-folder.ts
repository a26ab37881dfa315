import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { ScanReport } from '../contract/images.ts'
import { isInside } from '../images/safe-path.ts'
import { scanFolder, type FolderChanges, type ScanSummary } from '../images/scan-folder.ts'
import type { EngineContext } from './context.ts'
import type { ProjectSession } from './projects.ts'

/** progress and changes are told at most this often, ms */
const TELL_EVERY = 300

type Telling = Pick<EngineContext, 'emit' | 'log'>

/** Adds a folder to the project and scans it. @throws EngineError when it can't be read or overlaps a folder the project has */
export async function addFolder(to: Telling, session: ProjectSession, folder: string): Promise<ScanReport> {
  const path = resolve(folder)
  await mustBeReadable(path)
  const real = await realpath(path)
  return session.inTurn(async () => {
    for (const other of session.file.folders.list()) {
      const otherReal = await realpath(other.path).catch(() => resolve(other.path))
      if (otherReal === real) return scanInto(to, session, other.id)
      if (isInside(otherReal, real)) throw new EngineError('bad-input', `${JSON.stringify(path)} lies inside ${JSON.stringify(other.path)}, which the project has already; sync that folder instead`)
      if (isInside(real, otherReal)) throw new EngineError('bad-input', `${JSON.stringify(path)} contains ${JSON.stringify(other.path)}, which the project has already; relink that folder to it instead`)
    }
    return scanInto(to, session, session.file.folders.add(path))
  })
}

/** Compares a folder with its files again. Labels of missing pictures stay. @throws EngineError not-found when the folder itself is gone */
export async function syncFolder(to: Telling, session: ProjectSession, folderId: number): Promise<ScanReport> {
  await mustBeReadable(pathOfFolder(session, folderId), 'say where it is now (relink it)')
  return session.inTurn(() => scanInto(to, session, folderId))
}

/**
 * Points a folder at its new place. Pictures are recognised by path, those that moved within it by content.
 * @throws EngineError bad-input when none of its pictures is there: then nothing is changed
 */
export async function relinkFolder(to: Telling, session: ProjectSession, folderId: number, folder: string): Promise<ScanReport> {
  const path = resolve(folder)
  pathOfFolder(session, folderId)
  await mustBeReadable(path)
  return session.inTurn(async () => {
    const real = await realpath(path)
    for (const other of session.file.folders.list()) {
      if (other.id === folderId) continue
      const otherReal = await realpath(other.path).catch(() => resolve(other.path))
      if (isInside(otherReal, real) || isInside(real, otherReal)) throw new EngineError('bad-input', `${JSON.stringify(path)} overlaps ${JSON.stringify(other.path)}, which the project has as another folder`)
    }
    const known = session.file.images.ofFolder(folderId)
    // nothing is stored before it is sure that this is the folder
    const all: FolderChanges[] = []
    const summary = await scanFolder(path, known, { signal: session.closing, onChanges: (changes) => { all.push(changes) }, onProgress: tellProgress(to, folderId) })
    if (known.length > 0 && summary.recognised === 0) {
      throw new EngineError('bad-input', `none of the ${known.length} images of this folder is in ${JSON.stringify(path)}, neither by path nor by content; nothing was changed. Choose the folder they moved to`)
    }
    session.file.folders.relink(folderId, path)
    for (const changes of all) session.file.images.applyScan(folderId, changes)
    return report(to, folderId, summary)
  })
}

async function scanInto(to: Telling, session: ProjectSession, folderId: number): Promise<ScanReport> {
  let told = 0
  const summary = await scanFolder(pathOfFolder(session, folderId), session.file.images.ofFolder(folderId), {
    signal: session.closing,
    onProgress: tellProgress(to, folderId),
    onChanges: (changes) => {
      session.closing.throwIfAborted()
      session.file.images.applyScan(folderId, changes)
      if (Date.now() - told < TELL_EVERY) return
      told = Date.now()
      to.emit({ name: 'images.changed', data: { imageIds: null } })
    },
  })
  return report(to, folderId, summary)
}

function report(to: Telling, folderId: number, summary: ScanSummary): ScanReport {
  to.emit({ name: 'images.changed', data: { imageIds: null } })
  const { added, changed, missing, returned, problems, problemCount, remarks, remarkCount } = summary
  to.log.write('info', 'images', `folder ${folderId}: ${summary.found} files, ${added} added, ${changed} changed, ${missing} missing, ${returned} returned, ${problemCount} with problems`)
  for (const problem of problems) to.log.write('warn', 'images', `${JSON.stringify(problem.path)}: ${problem.reason}`)
  return { folderId, added, changed, missing, returned, problems, problemCount, remarks, remarkCount }
}

function tellProgress(to: Telling, folderId: number) {
  let told = 0
  return (progress: { found: number; read: number; total: number }) => {
    if (Date.now() - told < TELL_EVERY && progress.read < progress.total) return
    told = Date.now()
    to.emit({ name: 'scan.progress', data: { folderId, ...progress } })
  }
}

function pathOfFolder(session: ProjectSession, folderId: number): string {
  const folder = session.file.folders.list().find((one) => one.id === folderId)
  if (folder === undefined) throw new EngineError('not-found', `the project has no image folder ${folderId}`)
  return folder.path
}

async function mustBeReadable(path: string, wayOut = 'choose another'): Promise<void> {
  const about = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new EngineError('not-found', `the folder ${JSON.stringify(path)} is not there; ${wayOut}`)
    throw error
  })
  if (!about.isDirectory()) throw new EngineError('bad-input', `${JSON.stringify(path)} is a file; choose the folder of pictures`)
  await access(path, constants.R_OK | constants.X_OK).catch(() => {
    throw new EngineError('no-permission', `no permission to read the folder ${JSON.stringify(path)}; check its access rights`)
  })
}
