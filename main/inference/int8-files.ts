import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const ENDING = '.safetensors'

/** Where 8-bit weights of a pack lie in the folder of all packs'. Names of packs have no dots (main/packs/pack-folders.ts). */
export const int8Path = (folder: string, pack: string, key: string): string => join(folder, `${pack}.${key}${ENDING}`)

/** Deletes what was made of a pack. What is in use and can't be deleted goes later, as the one unused longest. */
export async function dropInt8Of(folder: string, pack: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(`${pack}.`) && name.endsWith(ENDING)) await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}
