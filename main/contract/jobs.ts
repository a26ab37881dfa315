import { z } from 'zod'
import { Id } from './records.ts'
import { MethodName, PackName } from './methods.ts'
import { SomeSettings } from './settings.ts'

/** What networks run on; `auto`: the first of this machine's that works. Names are ONNX Runtime's. */
export const DeviceChoice = z.enum(['auto', 'cuda', 'webgpu', 'dml', 'coreml', 'cpu'])
export type DeviceChoice = z.infer<typeof DeviceChoice>
export const DeviceName = DeviceChoice.exclude(['auto'])
export type DeviceName = z.infer<typeof DeviceName>

/**
 * What a pack's networks are computed in. `auto`: as its manifest says, 8-bit CLIP or all of it in 32 bits; `float16` halves memory
 * and time on a graphics card; `int8` is CLIP with 8-bit weights on the processor. Where a device has not what was asked for, it is float32.
 */
export const PrecisionChoice = z.enum(['auto', 'float32', 'float16', 'int8'])
export type PrecisionChoice = z.infer<typeof PrecisionChoice>

/** What to pre-label and how. */
export const PrelabelRequest = z.strictObject({
  /** 'untouched': every image without a person's annotations that is not done */
  scope: z.union([z.literal('untouched'), z.array(Id).min(1).max(100_000)]),
  pack: PackName.default('classic'),
  method: MethodName.optional(),
  profile: z.enum(['reference', 'corrected']).default('corrected'),
  settings: SomeSettings.default({}),
  device: DeviceChoice.default('auto'),
  precision: PrecisionChoice.default('auto'),
  /** only these classes are proposed; without it every class of the project */
  classIds: z.array(Id).min(1).max(1000).optional(),
})
export type PrelabelRequest = z.infer<typeof PrelabelRequest>

/** The state of the pre-label job; also sent as an event while it runs. */
export const PrelabelStatus = z.strictObject({
  state: z.enum(['idle', 'running', 'paused', 'finished', 'cancelled']),
  jobId: Id.nullable(),
  done: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** proposals written so far, and how many of them carry no class yet */
  proposals: z.int().nonnegative(),
  unnamed: z.int().nonnegative(),
  /** images a second over the last images; null until known */
  rate: z.number().nonnegative().nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
  currentImageId: Id.nullable(),
  /** the last failures: image and reason */
  problems: z.array(z.strictObject({ imageId: Id, path: z.string(), reason: z.string() })),
})
export type PrelabelStatus = z.infer<typeof PrelabelStatus>

export const PipelineState = z.strictObject({
  state: z.enum(['stopped', 'starting', 'ready', 'working', 'died']),
  device: z.string().nullable(),
  /** devices that were tried for a pack's networks and are not used, and why */
  notTaken: z.array(z.strictObject({ device: z.string(), reason: z.string() })).optional(),
  /** bytes, resident */
  memoryBytes: z.int().nonnegative().nullable(),
  message: z.string().nullable(),
})
export type PipelineState = z.infer<typeof PipelineState>
