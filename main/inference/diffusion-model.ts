import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { captionsOf, captionSelection, emptyCaption, type Caption } from '../../models/caption.ts'
import { openCheckpoint } from '../../models/checkpoint.ts'
import { clipTextConfig } from '../../models/clip-config.ts'
import { clipTextNetwork } from '../../models/clip-text.ts'
import { readClipTokenizer } from '../../models/clip-tokenizer.ts'
import { readConfig } from '../../models/config.ts'
import type { ComputeType } from '../../models/graph-builder.ts'
import { diffusionSchedule, noisedLatents, STABLE_DIFFUSION_SCHEDULE, timeEmbedding } from '../../models/diffusion-schedule.ts'
import { latentEncoder } from '../../models/latent-encoder.ts'
import { halfToFloat } from '../../models/safetensors.ts'
import { unetNetwork, type UNetOutputs } from '../../models/stable-diffusion-unet.ts'
import { unetConfig } from '../../models/unet-config.ts'
import { openNetwork, type NetworkOptions, type OpenNetwork } from './open-network.ts'
import { IMAGENET_NORMALISATION, pixelPlanes, SIGNED_NORMALISATION } from './pixel-planes.ts'

/** As the published code does it, or with its mistakes mended (METHODS §1). */
export type DiffusionProfile = 'corrected' | 'reference'

/** f32[1, channels, h, w] */
export interface Latents {
  readonly values: Float32Array
  readonly channels: number
  readonly h: number
  readonly w: number
}

export interface AttentionRequest {
  readonly outputs: Pick<UNetOutputs, 'affinity' | 'sharp' | 'classMaps'>
  /** what the picture is said to show; null is the empty caption of two tokens. Class maps need one. */
  readonly caption: Caption | null
  readonly profile: DiffusionProfile
  readonly step: number
  /** as many values as latents, or null for clean latents (DiffSeg) */
  readonly noise: Float32Array | null
}

/** n = h · w of the latents; what was not asked for is null. */
export interface Attention {
  readonly affinity: Float32Array | null
  readonly sharp: Float32Array | null
  /** f32[n, 1 + the caption's classes]: [SOS] first */
  readonly classMaps: Float32Array | null
}

/** Stable Diffusion from a folder as the hub has it. Networks open when first used, one of a kind at a time; runs block the thread. */
export interface DiffusionModel {
  /** px of the picture that one cell of the latents, and of the affinity, stands for */
  readonly cell: number
  /** @param rgb u8[h, w, 3], already resized (REFERENCE §3.1: to 512×512 by R4) */
  encode(rgb: Uint8Array, h: number, w: number, profile: DiffusionProfile): Promise<Latents>
  captions(names: readonly string[]): readonly Caption[]
  attention(latents: Latents, request: AttentionRequest): Promise<Attention>
  close(): Promise<void>
}

/**
 * Reads configs, tokenizer and the weights' headers of `unet/`, `vae/` (or another folder in its stead), `text_encoder/`, `tokenizer/` and, where
 * it is, `scheduler/`.
 * @throws EngineError naming the file and what is wrong with it
 */
export async function openDiffusionModel(folder: string, options: NetworkOptions & { readonly compute?: ComputeType; readonly vae?: string }): Promise<DiffusionModel> {
  const part = (name: string): string => join(folder, name)
  const { compute = 'float32', vae: vaeFolder = 'vae' } = options
  const [unet, vae, textEncoder] = await Promise.all(['unet', vaeFolder, 'text_encoder'].map((name) => openCheckpoint(part(name))))
  const config = unetConfig(await readConfig(part('unet')))
  const encoding = latentEncoder(await readConfig(part(vaeFolder)))
  const textConfig = clipTextConfig(await readConfig(part('text_encoder')))
  const tokenizer = await readClipTokenizer(part('tokenizer'))
  const schedule = existsSync(part('scheduler')) ? diffusionSchedule(await readConfig(part('scheduler'), ['scheduler_config.json'])) : STABLE_DIFFUSION_SCHEDULE

  const open = new Map<string, { readonly key: string; readonly network: OpenNetwork }>()
  /** The network of this kind, opened anew when it is wanted otherwise than the last time. */
  async function network(kind: string, key: string, make: () => Promise<OpenNetwork>): Promise<OpenNetwork> {
    const old = open.get(kind)
    if (old?.key === key) return old.network
    if (old !== undefined) {
      open.delete(kind)
      await old.network.close()
    }
    const made = { key, network: await make() }
    open.set(kind, made)
    return made.network
  }
  const lean: NetworkOptions = { ...options, leanMemory: true }

  return {
    cell: encoding.cell,
    async encode(rgb, h, w, profile) {
      const encoder = await network('vae', `${h}x${w}`, () => openNetwork(encoding.network(vae, { size: { h, w }, compute }), lean))
      const { latents } = await encoder.run({ pixels: pixelPlanes(rgb, h, w, profile === 'reference' ? IMAGENET_NORMALISATION : SIGNED_NORMALISATION) })
      const [, channels, rows, columns] = latents.dims
      return { values: latents.data as Float32Array, channels, h: rows, w: columns }
    },
    captions: (names) => captionsOf(tokenizer, names, textConfig.context),
    async attention(latents, { outputs, caption, profile, step, noise }) {
      if (outputs.classMaps === true && caption === null) throw new RangeError('class maps need a caption that names the classes')
      const ids = caption === null ? emptyCaption(tokenizer) : caption.ids
      const text = await network('text', '', () => openNetwork(clipTextNetwork(textEncoder, textConfig, { output: { kind: 'hidden' }, compute }), options))
      const { hidden } = await text.run({ tokens: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]) })
      const { h, w } = latents
      const { affinity, sharp, classMaps } = outputs
      const running = await network('unet', JSON.stringify([h, w, affinity, sharp, classMaps]), () => openNetwork(unetNetwork(unet, config, { grid: { h, w }, outputs, compute }), lean))
      const feeds: Record<string, Tensor> = {
        sample: new Tensor('float32', noisedLatents(latents.values, noise, schedule, step), [1, latents.channels, h, w]),
        time: new Tensor('float32', timeEmbedding(config, step), [1, config.channels[0]]),
        context: hidden.reshape([ids.length, textConfig.width]),
      }
      if (classMaps === true && caption !== null) {
        const selection = captionSelection(caption, profile)
        feeds.selection = new Tensor('float32', selection.values, [ids.length, selection.columns])
      }
      const found = await running.run(feeds)
      return { affinity: halves(found.affinity), sharp: halves(found.sharp), classMaps: found.class_maps === undefined ? null : found.class_maps.data as Float32Array }
    },
    async close() {
      for (const { network: opened } of open.values()) await opened.close()
      open.clear()
    },
  }
}

/** An f16 output as f32. ONNX Runtime hands it over as bits, or as Float16Array where the engine has one: the buffer is the same. */
function halves(tensor: Tensor | undefined): Float32Array | null {
  if (tensor === undefined) return null
  const data = tensor.data as Uint16Array
  return halfToFloat(new Uint16Array(data.buffer, data.byteOffset, tensor.size))
}
