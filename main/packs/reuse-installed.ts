import { link, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sha256Of } from './file-hash.ts'
import type { RemoteFile } from './hub.ts'
import { installedPacksFolder, PACK_NAME } from './pack-folders.ts'
import { readReceipt } from './staging.ts'

/**
 * Takes files that another installed pack has already, by hard link and after their hash was read anew: packs share Stable
 * Diffusion. What can't be linked, or has changed since it was installed, is left to be downloaded. O(bytes of what is found).
 * @returns those taken
 */
export async function reuseInstalled(wanted: readonly RemoteFile[], staging: string, { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (done: number, total: number) => void }): Promise<ReadonlySet<RemoteFile>> {
  const known = await installedFiles()
  const found = wanted.flatMap((file) => {
    const source = file.sha256 === null ? undefined : known.get(file.sha256)
    return source === undefined ? [] : [{ file, source }]
  })
  const total = found.reduce((sum, { file }) => sum + file.bytes, 0)
  let done = 0
  const taken = new Set<RemoteFile>()
  for (const { file, source } of found) {
    const sha256 = await sha256Of(source, { signal, onBytes: (bytes) => onBytes(done += bytes, total) }).catch(() => {
      signal.throwIfAborted()
      return null
    })
    if (sha256 !== file.sha256) continue
    const target = join(staging, file.path)
    await mkdir(dirname(target), { recursive: true })
    if (await link(source, target).then(() => true, () => false)) taken.add(file)
  }
  return taken
}

/** The files of all installed packs by the SHA-256 they were installed with. */
async function installedFiles(): Promise<ReadonlyMap<string, string>> {
  const folder = installedPacksFolder()
  const names: string[] = await readdir(folder).catch(() => [])
  const files = new Map<string, string>()
  for (const name of names) {
    if (!PACK_NAME.test(name)) continue
    for (const { path, sha256 } of (await readReceipt(join(folder, name)))?.files ?? []) files.set(sha256, join(folder, name, path))
  }
  return files
}
