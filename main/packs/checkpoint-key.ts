import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pack } from './open-pack.ts'

/** What the checkpoints of a pack are, without reading them: its name, and size and time of every file that says something about them. O(files) */
export async function checkpointKey({ manifest, folder }: Pack): Promise<string> {
  const { clip, diffusion } = manifest
  const parts = [...(clip === null ? [] : [clip.folder]), ...(diffusion === null ? [] : ['unet', diffusion.vae, 'text_encoder', 'tokenizer', 'scheduler'].map((part) => join(diffusion.folder, part)))]
  return JSON.stringify([manifest.name, await filesOf(folder ?? '', parts)])
}

/**
 * What made a pack's vectors of regions (pipeline/pack-look.ts), 16 hex digits: its CLIP's files and side; '' for packs without one.
 * Neither the affinity's checkpoint has a part in them nor the precision: vectors in 8 bits lie as near those in float32 as makes
 * no other neighbour (docs/inference.md). Another copy of the same files is another key, for it has times of its own.
 */
export async function lookKey({ manifest: { clip }, folder }: Pack): Promise<string> {
  if (clip === null) return ''
  return createHash('sha256').update(JSON.stringify([clip.side, await filesOf(folder ?? '', [clip.folder])])).digest('hex').slice(0, 16)
}

/** Name, size and time of the files in these folders that are or describe a checkpoint. */
async function filesOf(folder: string, parts: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const part of parts) {
    const path = join(folder, part)
    const names = await readdir(path).catch(() => [])
    for (const name of names.filter((file) => /\.(safetensors|json|txt)$/.test(file)).sort()) {
      const { size, mtimeMs } = await stat(join(path, name))
      found.push(`${part}/${name} ${size} ${mtimeMs}`)
    }
  }
  return found
}
