import type { DeviceName, PrecisionChoice } from '../contract/jobs.ts'
import type { PackManifest } from '../contract/packs.ts'
import type { ComputeType } from '../../models/graph-builder.ts'

/** What CLIP is computed in: `int8` are whole-number products of 8-bit weights, everything between them in float32. */
export type Precision = ComputeType | 'int8'

/** What is asked of CLIP, before it is known which device there is: part of what its results are kept by. */
export const precisionAsked = (choice: PrecisionChoice, { clip }: Pick<PackManifest, 'clip'>): Precision => (choice !== 'auto' ? choice : clip?.int8 === true ? 'int8' : 'float32')

/**
 * What CLIP is computed in on a device. 8-bit products have kernels on the processor alone; half precision is for graphics cards:
 * on x64 processors it takes two to three times as long as float32 (INFERENCE.md).
 */
export function clipPrecision(choice: PrecisionChoice, manifest: Pick<PackManifest, 'clip'>, device: DeviceName): Precision {
  const asked = precisionAsked(choice, manifest)
  return asked === (device === 'cpu' ? 'int8' : 'float16') ? asked : 'float32'
}

/** What Stable Diffusion is computed in on a device; weights stay as they are stored. */
export const diffusionPrecision = (choice: PrecisionChoice, device: DeviceName): ComputeType => (choice === 'float16' && device !== 'cpu' ? 'float16' : 'float32')
