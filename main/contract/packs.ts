import { z } from 'zod'
import { MethodName } from './methods.ts'

/** A file of a pack: where it lies in the pack's folder, and where it comes from. */
export const PackFile = z.strictObject({
  /** inside the pack's folder, with forward slashes */
  path: z.string().min(1).max(300).refine((path) => !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\\'), 'a relative path without ".." expected'),
  /** null: only the hub's listing knows */
  bytes: z.int().nonnegative().nullable(),
  /** hex; null: only the hub's listing knows */
  sha256: z.string().regex(/^[0-9a-f]{64}$/).nullable(),
  /** null: ships with the program */
  from: z.strictObject({ repo: z.string().min(3).max(200), revision: z.string().min(1).max(100), path: z.string().min(1).max(300) }).nullable(),
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
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens expected'),
  title: z.string().min(1).max(100),
  summary: z.string().min(1).max(1000),
  licences: z.array(PackLicence).min(1).max(8),
  /** what gives scores: a CLIP checkpoint; photos are squashed to side × side px for it */
  clip: z.strictObject({ folder: z.string().min(1).max(100), side: z.int().min(16).max(2048), int8: z.boolean() }).nullable(),
  /** what gives affinity: a Stable Diffusion checkpoint; photos are squashed to side × side px for it */
  diffusion: z.strictObject({ folder: z.string().min(1).max(100), side: z.int().min(16).max(2048), step: z.int().min(0).max(999) }).nullable(),
  defaultMethod: MethodName,
  files: z.array(PackFile).max(500),
})
export type PackManifest = z.infer<typeof PackManifest>
