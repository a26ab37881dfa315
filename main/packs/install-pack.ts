import { constants } from 'node:fs'
import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { PackFile, PackManifest } from '../contract/packs.ts'
import { recordAgreement, requireAgreement } from './catalogue.ts'
import { diskFailure } from './disk-failure.ts'
import { downloadFile, PART_ENDING, type Patience } from './download-file.ts'
import { sha256Of } from './file-hash.ts'
import { findSources } from './find-sources.ts'
import { requireFreeSpace } from './free-space.ts'
import { hubEndpoint, listRemoteFiles, type RemoteFile } from './hub.ts'
import { lockInstallation } from './installation-lock.ts'
import { installedPacksFolder } from './pack-folders.ts'
import { checkNetworks, checkWeights, partsOfPack } from './pack-parts.ts'
import { reuseInstalled } from './reuse-installed.ts'
import { finishStaging, requireAbsent, stagingFolder, writeSmallFile, type Receipt } from './staging.ts'

/** What an installation is doing; bytes are of this step. */
export interface PackStep {
  readonly step: 'listing' | 'downloading' | 'copying' | 'checking'
  readonly done: number
  readonly total: number | null
}

export interface InstallOptions {
  /** a folder that has the checkpoints; null: the hub */
  readonly from: string | null
  /** who agrees to the licences; null: they have to be agreed to already */
  readonly agreedBy: string | null
  readonly signal: AbortSignal
  readonly onStep?: (step: PackStep) => void
  readonly patience?: Patience | undefined
}

/**
 * Installs a pack from the hub or from a folder: into NAME.partial, checked there, then renamed, so that a pack is there
 * whole or not at all. What an earlier installation left in NAME.partial is gone on from. The network is touched only here,
 * and only without `from`.
 * @throws EngineError 'not-allowed' without agreement; as the hub, the disk and the checks fail; the signal's reason
 */
export async function installPack(manifest: PackManifest, { from, agreedBy, signal, onStep = () => undefined, patience }: InstallOptions): Promise<Receipt> {
  requireAbsent(manifest.name)
  if (agreedBy !== null) await recordAgreement(manifest, agreedBy)
  await requireAgreement(manifest)
  const unlock = await lockInstallation(installedPacksFolder())
  try {
    requireAbsent(manifest.name)
    const files = from === null ? await fromHub(manifest, signal, onStep, patience) : await fromFolder(manifest, from, signal, onStep)
    signal.throwIfAborted()
    const receipt: Receipt = { installedAt: new Date().toISOString(), from: from ?? hubEndpoint(), files }
    await finishStaging(manifest, receipt)
    return receipt
  } catch (error) {
    throw diskFailure(error, stagingFolder(manifest.name))
  } finally {
    await unlock()
  }
}

/** Counts bytes of one step for whoever watches. */
function counter(step: PackStep['step'], total: number | null, onStep: (step: PackStep) => void): (bytes: number) => void {
  let done = 0
  onStep({ step, done, total })
  return (bytes) => {
    done += bytes
    onStep({ step, done, total })
  }
}

async function fromHub(manifest: PackManifest, signal: AbortSignal, onStep: (step: PackStep) => void, patience: Patience | undefined): Promise<Receipt['files']> {
  const staging = stagingFolder(manifest.name)
  const elsewhere = manifest.files.find(({ from, content }) => from === null && content === undefined)
  if (elsewhere !== undefined) throw new EngineError('bad-file', `${manifest.name}: its ${elsewhere.path} is said to come from nowhere; a repository of the hub or the file's content is wanted`)
  onStep({ step: 'listing', done: 0, total: null })
  const remote = await listRemoteFiles(manifest.files, signal)
  await mkdir(staging, { recursive: true })
  const begun = await Promise.all(remote.map((file) => alreadyHere(staging, file)))
  const reused = await reuseInstalled(remote.filter((_, i) => !begun[i].whole), staging, { signal, onBytes: (done, total) => onStep({ step: 'checking', done, total }) })
  const here = begun.map((found, i) => (reused.has(remote[i]) ? { whole: true, bytes: remote[i].bytes } : found))
  await requireFreeSpace(staging, remote.reduce((sum, { bytes }, i) => sum + bytes - here[i].bytes, 0))

  const count = counter('downloading', remote.reduce((sum, { bytes }) => sum + bytes, 0), onStep)
  for (const [i, file] of remote.entries()) {
    signal.throwIfAborted()
    if (here[i].whole) count(file.bytes)
    else await downloadFile(file, join(staging, file.path), { signal, patience, onBytes: count })
  }
  await writeContents(staging, manifest.files)

  const check = counter('checking', 2 * remote.reduce((sum, { bytes }) => sum + bytes, 0), onStep)
  const parts = await partsOfPack(staging, manifest)
  await checkNetworks(manifest, parts)
  await checkWeights(parts, { signal, onBytes: check })
  const hashes = await hashesOf(staging, manifest.files.map(({ path }) => path), signal, check)
  // read anew: what an earlier run left had its name for being right then
  const damaged = remote.find(({ path, sha256 }) => sha256 !== null && hashes.find((found) => found.path === path)?.sha256 !== sha256)
  if (damaged !== undefined) {
    await rm(join(staging, damaged.path), { force: true })
    throw new EngineError('bad-file', `${damaged.path} has changed since it was downloaded: its SHA-256 is not the one the hub lists. It was deleted; install again to get it anew`)
  }
  return hashes
}

/** What an earlier run left of a file: the whole of it (its hash was checked before it got its name), or a part. */
async function alreadyHere(staging: string, { path, bytes }: RemoteFile): Promise<{ readonly whole: boolean; readonly bytes: number }> {
  const size = (name: string): Promise<number | null> => stat(join(staging, name)).then((about) => about.size, () => null)
  if (await size(path) === bytes) return { whole: true, bytes }
  // of another length: not this file
  await rm(join(staging, path), { force: true })
  return { whole: false, bytes: Math.min(bytes, await size(path + PART_ENDING) ?? 0) }
}

async function writeContents(staging: string, files: readonly PackFile[]): Promise<void> {
  for (const { path, content } of files) if (content !== undefined) await writeSmallFile(join(staging, path), content)
}

async function hashesOf(folder: string, paths: readonly string[], signal: AbortSignal, onBytes: (bytes: number) => void): Promise<Receipt['files']> {
  const files: Receipt['files'] = []
  for (const path of paths) files.push({ path, bytes: (await stat(join(folder, path))).size, sha256: await sha256Of(join(folder, path), { signal, onBytes }) })
  return files
}

async function fromFolder(manifest: PackManifest, folder: string, signal: AbortSignal, onStep: (step: PackStep) => void): Promise<Receipt['files']> {
  const staging = stagingFolder(manifest.name)
  const { parts, files, written } = await findSources(folder, manifest)
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  // checked where they lie, so that a message names the person's own file
  const check = counter('checking', total, onStep)
  await checkNetworks(manifest, parts)
  await checkWeights(parts, { signal, onBytes: check })
  // no rest of a download may end up in the pack
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  try {
    const linked = await canLink(files[0]?.source, staging)
    if (!linked) await requireFreeSpace(staging, total)
    const count = counter('copying', total, onStep)
    for (const { source, path } of files) {
      signal.throwIfAborted()
      await mkdir(dirname(join(staging, path)), { recursive: true })
      await takeFile(source, join(staging, path), linked)
    }
    await writeContents(staging, written)
    const hashes = await hashesOf(staging, [...files, ...written].map(({ path }) => path), signal, count)
    for (const { path, sha256 } of hashes) {
      const expected = manifest.files.find((file) => file.path === path)?.sha256 ?? null
      if (expected !== null && sha256 !== expected) throw new EngineError('bad-file', `${files.find((file) => file.path === path)?.source ?? path} is not the file of ${manifest.name} (its SHA-256 is ${sha256}, ${expected} is wanted): it is damaged, or of another model`)
    }
    return hashes
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  }
}

/** Whether files of there can be had without copying: on one disk, by hard links. */
async function canLink(source: string | undefined, staging: string): Promise<boolean> {
  if (source === undefined) return false
  const probe = join(staging, '.link')
  const done = await link(source, probe).then(() => true, () => false)
  await rm(probe, { force: true })
  return done
}

async function takeFile(source: string, target: string, linked: boolean): Promise<void> {
  if (linked && await link(source, target).then(() => true, () => false)) return
  await copyFile(source, target, constants.COPYFILE_FICLONE)
}
