import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import { lockInstallation } from './installation-lock.ts'
import { installedPacksFolder, MANIFEST_FILE, PACK_NAME, packFolder } from './pack-folders.ts'
import { discardStaging, installedFolder, stagingFolder } from './staging.ts'

/**
 * Deletes an installed pack, and what a broken off installation left of it.
 * @throws EngineError 'not-found'; 'not-allowed' for one that ships with the program
 */
export async function removePack(name: string): Promise<void> {
  const folder = installedFolder(name)
  if (!PACK_NAME.test(name) || (!existsSync(folder) && !existsSync(stagingFolder(name)))) {
    throw packFolder(name) === null ? new EngineError('not-found', `${name} is not installed`) : new EngineError('not-allowed', `${name} ships with the program and can’t be removed`)
  }
  const unlock = await lockInstallation(installedPacksFolder())
  try {
    // first out of sight: a pack half deleted must not pass for one
    await rm(join(folder, MANIFEST_FILE), { force: true })
    await rm(folder, { recursive: true, force: true })
    await discardStaging(name)
  } finally {
    await unlock()
  }
}
