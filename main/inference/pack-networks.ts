import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { DeviceName, PrecisionChoice } from '../contract/jobs.ts'
import type { PackManifest } from '../contract/packs.ts'
import type { Caption } from '../../models/caption.ts'
import type { DenseVariant } from '../../models/clip-vision.ts'
import { seededNoise } from '../../models/diffusion-schedule.ts'
import { openClipModel, type ClipModel, type DenseFeatures } from './clip-model.ts'
import { openDiffusionModel, type Attention, type AttentionRequest, type DiffusionModel, type Latents } from './diffusion-model.ts'
import type { NetworkOptions } from './open-network.ts'
import { clipPrecision, diffusionPrecision } from './precision.ts'

/** How often each network of a pack has run since it was opened. */
export interface NetworkRuns {
  readonly text: number
  readonly clip: number
  readonly vae: number
  readonly unet: number
}

/** A device that was not taken, and why. */
export interface NotTaken {
  readonly device: string
  readonly reason: string
}

/**
 * The networks of one pack on one device. When the device fails, out of memory included, the next is taken and the call made
 * again there; the last one's failure is thrown.
 */
export interface PackNetworks {
  /** the device in use, and those that failed before */
  device(): { readonly taken: DeviceName; readonly notTaken: readonly NotTaken[] }
  runs(): NetworkRuns
  /** px that pictures for `dense` are multiples of */
  patch(): Promise<number>
  /** f32[prompts, size], rows of length 1 */
  embed(prompts: readonly string[]): Promise<Float32Array>
  /** @param rgb u8[h, w, 3] */
  dense(rgb: Uint8Array, h: number, w: number, variant: DenseVariant): Promise<DenseFeatures>
  /** px that one cell of the affinity stands for */
  cell(): Promise<number>
  /** captions of these names; more than one where they do not fit into one */
  captions(names: readonly string[]): Promise<readonly Caption[]>
  /** @param rgb u8[h, w, 3] */
  encode(rgb: Uint8Array, h: number, w: number, profile: 'reference' | 'corrected'): Promise<Latents>
  /** `seed` of the noise; the same for every picture, as in the published code */
  attention(latents: Latents, request: Omit<AttentionRequest, 'noise'>, seed: number): Promise<Attention>
  close(): Promise<void>
}

/**
 * Opens nothing yet.
 * @param folder   of the pack
 * @param devices  to try, in order; at least one
 */
export function createPackNetworks(folder: string, manifest: PackManifest, devices: readonly DeviceName[], options: Pick<NetworkOptions, 'threads'> & { readonly precision: PrecisionChoice; readonly int8Folder: string }): PackNetworks {
  const runs = { text: 0, clip: 0, vae: 0, unet: 0 }
  const notTaken: NotTaken[] = []
  const clips = new Map<DenseVariant, ClipModel>()
  let diffusion: DiffusionModel | null = null
  let at = 0

  const { threads, precision, int8Folder } = options
  const networkOptions = (): NetworkOptions => ({ threads, provider: devices[at] })
  async function clipOf(variant: DenseVariant): Promise<ClipModel> {
    const { clip } = manifest
    if (clip === null) throw new EngineError('bad-input', `the pack ${manifest.name} has no CLIP checkpoint`)
    const known = clips.get(variant)
    if (known !== undefined) return known
    const used = clipPrecision(precision, manifest, devices[at])
    const made = await openClipModel(join(folder, clip.folder), variant, { ...networkOptions(), ...(used === 'int8' ? { int8: { folder: int8Folder, pack: manifest.name } } : { compute: used }) })
    clips.set(variant, made)
    return made
  }
  async function diffusionModel(): Promise<DiffusionModel> {
    if (manifest.diffusion === null) throw new EngineError('bad-input', `the pack ${manifest.name} has no Stable Diffusion checkpoint`)
    diffusion ??= await openDiffusionModel(join(folder, manifest.diffusion.folder), { ...networkOptions(), compute: diffusionPrecision(precision, devices[at]), vae: manifest.diffusion.vae })
    return diffusion
  }
  async function close(): Promise<void> {
    const open = [...clips.values(), ...(diffusion === null ? [] : [diffusion])]
    clips.clear()
    diffusion = null
    for (const model of open) await model.close()
  }
  async function run<T>(kind: keyof typeof runs, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await work()
        runs[kind]++
        return result
      } catch (error) {
        if (!(error instanceof EngineError && error.code === 'unavailable') || at + 1 >= devices.length) throw error
        notTaken.push({ device: devices[at], reason: error.message })
        await close().catch(() => undefined)
        at++
      }
    }
  }

  return {
    device: () => ({ taken: devices[at], notTaken }),
    runs: () => ({ ...runs }),
    patch: async () => (await clipOf('gem')).patch,
    embed: (prompts) => run('text', async () => (await clipOf('gem')).embedTexts(prompts)),
    dense: (rgb, h, w, variant) => run('clip', async () => (await clipOf(variant)).denseFeatures(rgb, h, w)),
    cell: async () => (await diffusionModel()).cell,
    captions: async (names) => (await diffusionModel()).captions(names),
    encode: (rgb, h, w, profile) => run('vae', async () => (await diffusionModel()).encode(rgb, h, w, profile)),
    attention: (latents, request, seed) => run('unet', async () => (await diffusionModel()).attention(latents, { ...request, noise: seededNoise(latents.values.length, seed) })),
    close,
  }
}
