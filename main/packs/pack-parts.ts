import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { PackManifest } from '../contract/packs.ts'
import { openCheckpoint, type Checkpoint } from '../../models/checkpoint.ts'
import { clipConfig, clipTextConfig } from '../../models/clip-config.ts'
import { clipTextNetwork } from '../../models/clip-text.ts'
import { readClipTokenizer } from '../../models/clip-tokenizer.ts'
import { clipVisionNetwork } from '../../models/clip-vision.ts'
import { readConfig, type Config } from '../../models/config.ts'
import { latentEncoder } from '../../models/latent-encoder.ts'
import { unetNetwork } from '../../models/stable-diffusion-unet.ts'
import { unetConfig } from '../../models/unet-config.ts'
import { findNotFinite } from '../../models/weight-check.ts'

/** One network of a pack: where its weights are (a file, an index of shards or a folder), and how it is built. */
export interface PackPart {
  readonly weights: string
  readonly config: Config
}

/** Where the networks and tokenizers of a pack are: in its own folder, or where a person keeps them. */
export interface PackParts {
  readonly clip: (PackPart & { readonly tokenizer: string }) | null
  readonly diffusion: { readonly unet: PackPart; readonly vae: PackPart; readonly textEncoder: PackPart; readonly tokenizer: string } | null
}

/** The names that a config of CLIP may have. */
export const CLIP_CONFIGS = ['open_clip_config.json', 'config.json'] as const

/**
 * The parts of an installed pack.
 * @throws EngineError naming the file and what is wrong with it
 */
export async function partsOfPack(folder: string, manifest: PackManifest): Promise<PackParts> {
  const part = async (weights: string): Promise<PackPart> => ({ weights, config: await readConfig(weights) })
  const clip = manifest.clip === null ? null : join(folder, manifest.clip.folder)
  const diffusion = manifest.diffusion === null ? null : join(folder, manifest.diffusion.folder)
  return {
    clip: clip === null ? null : { weights: clip, config: await readConfig(clip, CLIP_CONFIGS), tokenizer: clip },
    diffusion: diffusion === null ? null : {
      unet: await part(join(diffusion, 'unet')), vae: await part(join(diffusion, manifest.diffusion?.vae ?? 'vae')), textEncoder: await part(join(diffusion, 'text_encoder')),
      tokenizer: join(diffusion, 'tokenizer'),
    },
  }
}

/**
 * Builds every network of a pack as it will be used, from the headers alone: so a truncated file, a pickle, another
 * architecture, a missing or misshapen tensor and a tokenizer that is none are found before the pack is used. O(headers).
 * @throws EngineError naming the file or tensor, what is wanted and what was found
 */
export async function checkNetworks({ clip: clipSettings, diffusion: diffusionSettings }: PackManifest, { clip, diffusion }: PackParts): Promise<void> {
  if (clip !== null && clipSettings !== null) {
    const checkpoint = await openCheckpoint(clip.weights)
    const config = clipConfig(clip.config)
    await readClipTokenizer(clip.tokenizer)
    await clipVisionNetwork(checkpoint, config.vision, config.embedding, { size: { h: clipSettings.side, w: clipSettings.side }, variant: 'gem' })
    clipTextNetwork(checkpoint, config.text, { output: { kind: 'embedding', size: config.embedding } })
  }
  if (diffusion !== null && diffusionSettings !== null) {
    const { side } = diffusionSettings
    const { unet, vae, textEncoder } = diffusion
    const text = clipTextConfig(textEncoder.config)
    await readClipTokenizer(diffusion.tokenizer)
    clipTextNetwork(await openCheckpoint(textEncoder.weights), text, { output: { kind: 'hidden' } })
    const encoder = latentEncoder(vae.config)
    encoder.network(await openCheckpoint(vae.weights), { size: { h: side, w: side } })
    const grid = side / encoder.cell
    const network = unetConfig(unet.config)
    if (network.contextSize !== text.width) throw new EngineError('bad-file', `${unet.config.where}: the UNet takes texts of width ${network.contextSize}, the text encoder (${textEncoder.config.where}) gives ${text.width}; they are of different models`)
    if (network.inputChannels !== encoder.latentChannels) throw new EngineError('bad-file', `${unet.config.where}: the UNet takes ${network.inputChannels} channels, the VAE (${vae.config.where}) gives ${encoder.latentChannels}; they are of different models`)
    unetNetwork(await openCheckpoint(unet.weights), network, { grid: { h: grid, w: grid }, outputs: { affinity: 'report', classMaps: true } })
  }
}

/** The checkpoints of a pack. */
const checkpointsOf = ({ clip, diffusion }: PackParts): Promise<readonly Checkpoint[]> =>
  Promise.all([clip, diffusion?.unet, diffusion?.vae, diffusion?.textEncoder].filter((part) => part !== undefined && part !== null).map(({ weights }) => openCheckpoint(weights)))

/**
 * Reads all weights for one that is infinite or not a number. O(bytes).
 * @throws EngineError 'bad-file' naming checkpoint and tensor
 */
export async function checkWeights(parts: PackParts, { signal, onBytes }: { readonly signal?: AbortSignal | undefined; readonly onBytes?: ((bytes: number) => void) | undefined } = {}): Promise<void> {
  for (const checkpoint of await checkpointsOf(parts)) {
    const found = await findNotFinite(checkpoint, (bytes) => {
      signal?.throwIfAborted()
      onBytes?.(bytes)
    })
    if (found !== null) throw new EngineError('bad-file', `${checkpoint.path}: tensor "${found.tensor}" is not a number, or infinite, at element ${found.index}; every result would be too. The file is damaged; get it again`)
  }
}
