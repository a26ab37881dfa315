import { z } from 'zod'
import { DeviceName } from './jobs.ts'
import { METHOD_SETTINGS, METHODS, MethodName, PackName } from './methods.ts'
import { PackSettings } from './settings.ts'

/** A place inside the pack's folder, with forward slashes. */
const inside = (characters: number) => z.string().min(1).max(characters).refine((path) => !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\\') && !/^[A-Za-z]:/.test(path), 'a relative path without ".." expected')

/** A file of a pack: where it lies in the pack's folder, and where it comes from. */
export const PackFile = z.strictObject({
  path: inside(300),
  /** null: only the hub's listing knows */
  bytes: z.int().nonnegative().nullable(),
  /** hex; null: only the hub's listing knows */
  sha256: z.string().regex(/^[0-9a-f]{64}$/).nullable(),
  /** null: ships with the program */
  from: z.strictObject({ repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/).max(200), revision: z.string().min(1).max(100), path: z.string().min(1).max(300) }).nullable(),
  /** the file itself, where the hub has none or one that says too little: a config of a few lines */
  content: z.string().max(20_000).optional(),
})
export type PackFile = z.infer<typeof PackFile>

export const PackLicence = z.strictObject({
  name: z.string().min(1).max(200),
  /** whether results may be used commercially under it */
  commercial: z.boolean(),
  /** what a person agrees to, in a few sentences */
  text: z.string().min(1).max(4000),
})
export type PackLicence = z.infer<typeof PackLicence>

/** A pack: the checkpoints that give class scores and affinity, as `pack.json` in its folder describes them. */
export const PackManifest = z.strictObject({
  /** also the name of its folder */
  name: PackName,
  title: z.string().min(1).max(100),
  summary: z.string().min(1).max(1000),
  licences: z.array(PackLicence).min(1).max(8),
  /** what gives scores: a CLIP checkpoint; photos are squashed to side × side px for it */
  clip: z.strictObject({ folder: inside(100), side: z.int().min(16).max(2048), int8: z.boolean() }).nullable(),
  /**
   * what gives affinity: a Stable Diffusion checkpoint; photos are squashed to side × side px for it. `vae`: the folder in it whose
   * encoder makes the latents, its own or a smaller one distilled from it
   */
  diffusion: z.strictObject({ folder: inside(100), vae: inside(100).default('vae'), side: z.int().min(16).max(2048), step: z.int().min(0).max(999) }).nullable(),
  defaultMethod: MethodName,
  /** in place of the table's own defaults */
  defaultSettings: PackSettings.default({}),
  files: z.array(PackFile).max(500),
})
export type PackManifest = z.infer<typeof PackManifest>

/** A pack as a person chooses it: what it is, what it allows, what is there of it. */
export const PackInfo = z.strictObject({
  name: PackManifest.shape.name,
  title: z.string(),
  summary: z.string(),
  licences: z.array(PackLicence),
  /** whether its licences were agreed to on this machine, as they stand */
  agreed: z.boolean(),
  /** what it gives */
  scores: z.boolean(),
  affinity: z.boolean(),
  /** null where its manifest can't be read */
  defaultMethod: MethodName.nullable(),
  defaultSettings: PackSettings,
  /** 'partial': an installation was broken off and can go on; 'broken': its folder is there and can't be read as a pack */
  state: z.enum(['built-in', 'installed', 'partial', 'available', 'broken']),
  /** of all files: on disk when it is there, else as far as the manifest knows; null: unknown */
  bytes: z.int().nonnegative().nullable(),
  /** already here of a broken off installation */
  partialBytes: z.int().nonnegative(),
  /** why it is broken */
  problem: z.string().nullable(),
})
export type PackInfo = z.infer<typeof PackInfo>

/** How far the installation, check or benchmark of a pack is; there is one at a time. Also sent as an event while it runs. */
export const PackProgress = z.strictObject({
  /** null: nothing was ever started */
  name: PackManifest.shape.name.nullable(),
  work: z.enum(['install', 'verify', 'benchmark']),
  state: z.enum(['idle', 'running', 'paused', 'finished', 'failed', 'cancelled']),
  step: z.enum(['listing', 'downloading', 'copying', 'checking', 'timing']),
  /** what is being timed on; null: nothing, or devices are still being looked for */
  device: DeviceName.nullable(),
  /** bytes of this step; networks when they are timed */
  done: z.int().nonnegative(),
  total: z.int().nonnegative().nullable(),
  /** bytes a second over the last seconds; null until known */
  rate: z.number().nonnegative().nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
  /** why it failed */
  message: z.string().nullable(),
})
export type PackProgress = z.infer<typeof PackProgress>

/** What a check of an installed pack found: nothing, when it is sound. */
export const PackReport = z.strictObject({ files: z.int().nonnegative(), bytes: z.int().nonnegative(), problems: z.array(z.string()) })
export type PackReport = z.infer<typeof PackReport>

/** Milliseconds of one network of a pack on one picture; `first` is with opening it, and on some devices compiling it. */
export const NetworkTime = z.strictObject({ first: z.number().nonnegative(), next: z.number().nonnegative() })
export type NetworkTime = z.infer<typeof NetworkTime>

/** What a pack costs on the devices of this machine. */
export const PackBenchmark = z.strictObject({
  /** of the processor */
  threads: z.int().positive(),
  /** null: the pack has not that network */
  devices: z.array(z.strictObject({ device: DeviceName, scores: NetworkTime.nullable(), affinity: NetworkTime.nullable() })),
  notTaken: z.array(z.strictObject({ device: z.string(), reason: z.string() })),
})
export type PackBenchmark = z.infer<typeof PackBenchmark>

/** The pack without checkpoints, part of the program: regions by colour, texture and edges. */
export const CLASSIC_PACK: PackManifest = {
  name: 'classic',
  title: 'Classic',
  summary: 'Regions by colour, texture and edges, named by what was accepted. Needs no download.',
  licences: [{ name: 'Apache-2.0', commercial: true, text: 'Part of Maskwright.' }],
  clip: null,
  diffusion: null,
  defaultMethod: 'regions',
  defaultSettings: {},
  files: [],
}

/** What a pack gives, as its row in the list says it. */
export const packGives = ({ clip, diffusion }: Pick<PackManifest, 'clip' | 'diffusion'>): Pick<PackInfo, 'scores' | 'affinity'> => ({ scores: clip !== null, affinity: diffusion !== null })

/**
 * The methods that a pack can run on a photo, in the table's order; `gt-clust` works on a person's regions and proposes none. A pack
 * that has scores alone refines and clusters by the affinity of the photo itself, where the method takes it (setting `affinityOf`).
 */
export function packMethods(gives: Pick<PackInfo, 'scores' | 'affinity'>): MethodName[] {
  if (!gives.scores && !gives.affinity) return [CLASSIC_PACK.defaultMethod]
  return MethodName.options.filter((name) => {
    const { affinity, scores, regions, pack } = METHODS[name]
    const model = !pack || (name === 'agg-sd' ? gives.affinity : gives.scores)
    const ofPhoto = gives.scores && METHOD_SETTINGS[name].some((setting) => setting === 'affinityOf')
    return !regions && (!affinity || gives.affinity || ofPhoto) && (!scores || gives.scores) && model
  })
}
