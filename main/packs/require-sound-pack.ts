import { checkNetworks, partsOfPack } from './pack-parts.ts'
import type { Pack } from './open-pack.ts'

/**
 * Checks before work begins that a pack's networks can be built, so that a damaged pack is said once and not for every photo.
 * @throws EngineError naming the file or tensor, what is wanted and what was found
 */
export async function requireSoundPack({ manifest, folder }: Pack): Promise<void> {
  if (folder !== null) await checkNetworks(manifest, await partsOfPack(folder, manifest))
}
