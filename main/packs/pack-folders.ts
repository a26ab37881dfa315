import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { userDataFolder } from './user-data-folder.ts'

/** Two levels up from the sources' main/packs, and from the bundles in dist/cli, dist/engine and dist/electron. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
// ONNX Runtime reads weights by the operating system, which knows no archives: packaged, they lie beside Electron's
const ON_DISK = ROOT.replace(/app\.asar(?=$|[\\/])/, 'app.asar.unpacked')

/** What describes a pack, in its folder. */
export const MANIFEST_FILE = 'pack.json'
/** A pack's name is also a folder's: small letters, digits and hyphens. */
export const PACK_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/

/** Packs that ship with the program, and the manifests of those that can be installed. */
export const builtInPacksFolder = (): string => join(ON_DISK, 'resources', 'packs')

/** Packs that this person installed, of every shell alike: $MASKWRIGHT_PACKS, else `packs` in the user's data folder. */
export function installedPacksFolder(): string {
  const asked = process.env['MASKWRIGHT_PACKS']
  return asked === undefined || asked === '' ? join(userDataFolder(), 'packs') : asked
}

/** The folder of a pack that can be used now, built in or installed; null when there is none of this name. */
export function packFolder(name: string): string | null {
  if (!PACK_NAME.test(name)) return null
  return [builtInPacksFolder(), installedPacksFolder()].map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, MANIFEST_FILE))) ?? null
}
