import type { Profile } from '../segment/profile.ts'
import type { DenseFeatures } from '../inference/clip-model.ts'
import type { MapsCache, StoredMap } from '../inference/maps-cache.ts'
import type { Latents } from '../inference/diffusion-model.ts'
import type { PackNetworks } from '../inference/pack-networks.ts'
import type { PackManifest } from '../contract/packs.ts'
import type { Photo } from './photo.ts'
import { scaleFeatures, VIEW_SHARES, viewSides } from './scale-features.ts'
import { planWindows, windowFeatures } from './window-features.ts'

export type DenseKind = 'gem' | 'maskclip' | 'clip-surgery' | 'clip'
/** How the photo is looked at: whole, through overlapping windows, or in several sizes and mirrored. */
export type Views = 'one' | 'windows' | 'scales'

/** n = h · w */
export interface AffinityMap {
  /** f32[n, n] */
  readonly values: Float32Array
  readonly h: number
  readonly w: number
}

/** Cross-attention of the classes that a caption names. */
export interface ClassMaps {
  /** f32[n, 1 + names]: [SOS], then each name */
  readonly values: Float32Array
  readonly affinity: AffinityMap
}

/** What the networks of a pack say about a photo, each asked once and then kept: in memory for the last photo, on disk for all. */
export interface PackMaps {
  dense(photo: Photo, kind: DenseKind, views: Views): Promise<DenseFeatures>
  affinity(photo: Photo, kind: 'layers' | 'sharp', profile: Profile): Promise<AffinityMap>
  /** of a caption of `names`; a long list is several captions, whose affinities are averaged */
  classMaps(photo: Photo, names: readonly string[], profile: Profile): Promise<ClassMaps>
}

/** Of the noise: the same for every picture (REFERENCE §3.2). */
const SEED = 0
/** The published code's AggSD runs one step further than its other methods (REFERENCE §8, D3). */
const REFERENCE_CAPTION_STEPS = 1

/** Maps of the last photo that stay in memory; an affinity takes 67 MB at the published size. */
const HELD_MAX = 8

/** @param packKey  what the checkpoints are, for the cache's keys */
export function createPackMaps(networks: PackNetworks, manifest: PackManifest, cache: MapsCache, packKey: string): PackMaps {
  /** of the last photo, by key */
  let held: { readonly identity: string; readonly maps: Map<string, Promise<StoredMap>> } = { identity: '', maps: new Map() }

  function kept(photo: Photo, about: readonly unknown[], precision: 'float16' | 'float32', make: () => Promise<StoredMap>): Promise<StoredMap> {
    if (held.identity !== photo.identity) held = { identity: photo.identity, maps: new Map() }
    const { maps } = held
    const key = JSON.stringify([packKey, photo.identity, ...about])
    const known = maps.get(key)
    if (known !== undefined) return known
    const made = (async () => {
      const stored = await cache.read(key)
      if (stored !== null) return stored
      return cache.write(key, await make(), precision)
    })()
    const [oldest] = maps.keys()
    if (maps.size >= HELD_MAX && oldest !== undefined) maps.delete(oldest)
    maps.set(key, made)
    made.catch(() => { maps.delete(key) })
    return made
  }

  const diffusion = (): NonNullable<PackManifest['diffusion']> => {
    if (manifest.diffusion === null) throw new RangeError(`the pack ${manifest.name} has no affinity`)
    return manifest.diffusion
  }

  async function latents(photo: Photo, profile: Profile): Promise<Latents> {
    const { side } = diffusion()
    const { values, shape: [, channels, h, w] } = await kept(photo, ['latents', profile, side], 'float32', async () => {
      const made = await networks.encode(await photo.squashed(side, side), side, side, profile)
      return { values: made.values, shape: [1, made.channels, made.h, made.w] }
    })
    return { values, channels, h, w }
  }

  return {
    async dense(photo, kind, views) {
      if (manifest.clip === null) throw new RangeError(`the pack ${manifest.name} has no scores`)
      const { side } = manifest.clip
      const { values, shape: [h, w, size] } = await kept(photo, ['dense', kind, side, ...(views === 'scales' ? [views, ...VIEW_SHARES] : [views === 'windows'])], 'float16', async () => {
        const patch = await networks.patch()
        const run = (rgb: Uint8Array, rows: number, columns: number): Promise<DenseFeatures> => networks.dense(rgb, rows, columns, kind)
        let made: DenseFeatures
        if (views === 'scales') made = await scaleFeatures(viewSides(side, patch), (length) => photo.squashed(length, length), run)
        else if (views === 'windows') {
          const { width, height } = await photo.pixels()
          const plan = planWindows(width, height, side, patch)
          made = await windowFeatures(await photo.squashed(plan.width, plan.height), plan, patch, run)
        } else made = await run(await photo.squashed(side, side), side, side)
        return { values: made.features, shape: [made.h, made.w, made.size] }
      })
      return { features: values, h, w, size }
    },
    async affinity(photo, kind, profile) {
      const { side, step } = diffusion()
      const { values, shape: [h, w] } = await kept(photo, ['affinity', kind, profile, side, step], 'float16', async () => {
        const start = await latents(photo, profile)
        const outputs = kind === 'layers' ? { affinity: 'report' as const } : { sharp: 'per-head' as const }
        const found = await networks.attention(start, { outputs, caption: null, profile, step }, SEED)
        const map = kind === 'layers' ? found.affinity : found.sharp
        return { values: map ?? new Float32Array(0), shape: [start.h, start.w, start.h * start.w] }
      })
      return { values, h, w }
    },
    async classMaps(photo, names, profile) {
      const { side, step: ownStep } = diffusion()
      const step = ownStep + (profile === 'reference' ? REFERENCE_CAPTION_STEPS : 0)
      const start = await latents(photo, profile)
      const n = start.h * start.w
      const columns = 1 + names.length
      const captions = await networks.captions(names)
      const values = new Float32Array(n * columns)
      const affinity = new Float32Array(n * n)
      for (const caption of captions) {
        const about = ['caption', caption.ids, profile, side, step]
        const run = async () => networks.attention(start, { outputs: { affinity: 'report', classMaps: true }, caption, profile, step }, SEED)
        let found: ReturnType<typeof run> | undefined
        const own = 1 + caption.classes.length
        const maps = await kept(photo, [...about, 'classes'], 'float32', async () => ({ values: (await (found ??= run())).classMaps ?? new Float32Array(0), shape: [n, own] }))
        const part = await kept(photo, [...about, 'affinity'], 'float16', async () => ({ values: (await (found ??= run())).affinity ?? new Float32Array(0), shape: [n, n] }))
        for (let cell = 0; cell < n; cell++) {
          values[cell * columns] += maps.values[cell * own] / captions.length
          caption.classes.forEach((place, k) => { values[cell * columns + 1 + place] = maps.values[cell * own + 1 + k] })
        }
        for (let i = 0; i < affinity.length; i++) affinity[i] += part.values[i] / captions.length
      }
      return { values, affinity: { values: affinity, h: start.h, w: start.w } }
    },
  }
}
