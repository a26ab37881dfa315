import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/errors.ts'
import type { PackManifest } from '../contract/packs.ts'
import { installedPacksFolder, MANIFEST_FILE } from './pack-folders.ts'

/** NAME.partial beside the installed packs: what an installation has so far. It becomes NAME by one rename when it is whole. */
export const STAGING_ENDING = '.partial'
/** In an installed pack: what was installed, for `verify`. */
const RECEIPT_FILE = 'installed.json'

export const Receipt = z.strictObject({
  installedAt: z.string(),
  /** the hub's address, or the folder it was taken from */
  from: z.string(),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string() })),
})
export type Receipt = z.infer<typeof Receipt>

export const stagingFolder = (name: string): string => join(installedPacksFolder(), name + STAGING_ENDING)
export const installedFolder = (name: string): string => join(installedPacksFolder(), name)

/** @throws EngineError 'bad-input' when the pack is there already */
export function requireAbsent(name: string): void {
  const folder = installedFolder(name)
  if (existsSync(folder)) throw new EngineError('bad-input', `${name} is installed already (${folder}); verify it, or remove it first`)
}

/** The receipt of an installed pack; null when it has none that can be read. */
export async function readReceipt(folder: string): Promise<Receipt | null> {
  try {
    return Receipt.parse(JSON.parse(await readFile(join(folder, RECEIPT_FILE), 'utf8')))
  } catch {
    return null
  }
}

/** A small file of a pack, with its folder. */
export async function writeSmallFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { flush: true })
}

/** Makes the staged files the pack: manifest and receipt are written, then one rename. Nothing is an installed pack before it. */
export async function finishStaging(manifest: PackManifest, receipt: Receipt): Promise<void> {
  const staging = stagingFolder(manifest.name)
  await writeSmallFile(join(staging, RECEIPT_FILE), `${JSON.stringify(receipt, null, 2)}\n`)
  await writeSmallFile(join(staging, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
  await rename(staging, installedFolder(manifest.name))
  await syncFolder(installedPacksFolder())
}

/** The rename itself reaches the disk; where folders can't be synced (Windows) the file system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/** Throws away what a broken off installation left. */
export const discardStaging = (name: string): Promise<void> => rm(stagingFolder(name), { recursive: true, force: true })
