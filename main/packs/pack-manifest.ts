import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import { PackManifest } from '../contract/packs.ts'
import type { Settings } from '../contract/settings.ts'
import { MANIFEST_FILE } from './pack-folders.ts'

/**
 * Reads the `pack.json` of a pack's folder.
 * @throws EngineError 'not-found' | 'bad-file' naming the file and the field
 */
export const readPackManifest = (folder: string): Promise<PackManifest> => readManifestFile(join(folder, MANIFEST_FILE))

/**
 * Reads a manifest.
 * @throws EngineError 'not-found' | 'bad-file' naming the file and the field
 */
export async function readManifestFile(path: string): Promise<PackManifest> {
  let text
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new EngineError((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'bad-file', `${path}: the manifest of a pack can’t be read: ${(error as Error).message}`)
  }
  return parseManifest(path, text)
}

/** Checks the text of a manifest; of a pack without an affinity of its own, methods take the photo's. @throws EngineError 'bad-file' naming the file and the field */
export function parseManifest(path: string, text: string): PackManifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new EngineError('bad-file', `${path}: not JSON: ${(error as Error).message}`)
  }
  const parsed = PackManifest.safeParse(value)
  if (parsed.success) return { ...parsed.data, defaultSettings: { ...parsed.data.defaultSettings, ...affinityFor(parsed.data) } }
  const [issue] = parsed.error.issues
  throw new EngineError('bad-file', `${path}: ${issue.path.map(String).join('.') || 'it'}: ${issue.message}`)
}

/** What `affinityOf` is unless somebody says otherwise, for a pack that has scores alone; nothing for others. */
export const affinityFor = ({ clip, diffusion }: Pick<PackManifest, 'clip' | 'diffusion'>): Partial<Settings> => (clip !== null && diffusion === null ? { affinityOf: 'photo' } : {})
