import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { PackReport } from '../contract/packs.ts'
import { bytesUnder } from './catalogue.ts'
import { sha256Of } from './file-hash.ts'
import { packFolder } from './pack-folders.ts'
import { readPackManifest } from './pack-manifest.ts'
import { checkNetworks, checkWeights, partsOfPack } from './pack-parts.ts'
import { readReceipt } from './staging.ts'

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined
  readonly onBytes?: ((done: number, total: number) => void) | undefined
}

/**
 * Reads a pack whole: every file against the hash it was installed with (or the manifest's), every network by its headers,
 * every weight for being a number. O(bytes), twice.
 * @throws EngineError 'not-found' when there is no such pack
 */
export async function verifyPack(name: string, { signal, onBytes = () => undefined }: VerifyOptions = {}): Promise<PackReport> {
  const folder = packFolder(name)
  if (folder === null) throw new EngineError('not-found', `${name} is not installed; \`maskwright models install ${name}\` does it`)
  const problems: string[] = []
  const manifest = await readPackManifest(folder)
  const total = 2 * await bytesUnder(folder)
  let done = 0
  const count = (bytes: number): void => onBytes(done += bytes, total)
  const receipt = await readReceipt(folder)
  const files = receipt?.files ?? manifest.files
  for (const { path, bytes, sha256 } of files) {
    signal?.throwIfAborted()
    const file = join(folder, path)
    const about = await stat(file).catch(() => undefined)
    if (about === undefined) {
      problems.push(`${path} is missing`)
      continue
    }
    if (bytes !== null && about.size !== bytes) problems.push(`${path} has ${about.size} bytes; ${bytes} were installed`)
    else if (sha256 !== null) {
      const found = await sha256Of(file, { signal, onBytes: count })
      if (found !== sha256) problems.push(`${path} has changed: its SHA-256 is ${found}, it was ${sha256}`)
    }
  }
  try {
    const parts = await partsOfPack(folder, manifest)
    await checkNetworks(manifest, parts)
    await checkWeights(parts, { signal, onBytes: count })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    problems.push(error.message)
  }
  onBytes(total, total)
  return { files: files.length, bytes: total / 2, problems }
}
