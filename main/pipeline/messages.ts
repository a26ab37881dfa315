import type { ClickQuestion } from '../contract/smart-click.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { MethodName, PackName } from '../contract/methods.ts'
import type { Settings } from '../contract/settings.ts'
import type { Mask } from '../masks/mask.ts'

/** What the engine may ask of the pipeline process. Paths come from the project's image folders, never from a page. */
export interface PipelineRequests {
  /** photo → proposals */
  propose: { readonly path: string; readonly pack: PackName; readonly method: MethodName; readonly settings: Settings; readonly profile: 'reference' | 'corrected' }
  /** photo and masks → what each mask looks like, for the memory */
  teach: { readonly path: string; readonly pack: PackName; readonly masks: readonly Mask[] }
  /** photo and clicks → the mask they mean */
  click: { readonly path: string; readonly question: ClickQuestion }
}
export type RequestKind = keyof PipelineRequests

/** One region the method found. */
export interface Proposal {
  readonly mask: Mask
  readonly areaPx2: number
  /** f32[d] what the region looks like, comparable with what `teach` gives (attention/region-look.ts) */
  readonly vector: Float32Array
}

/** Milliseconds of each part of a proposal's way. */
export interface Timings {
  readonly decode: number
  readonly features: number
  readonly affinity: number
  readonly clusters: number
  readonly upsampling: number
  readonly masks: number
}

export interface PipelineAnswers {
  propose: { readonly proposals: readonly Proposal[]; readonly width: number; readonly height: number; readonly device: string; readonly timings: Timings }
  /** one vector for each mask, in order; an empty mask has an empty vector */
  teach: { readonly vectors: readonly Float32Array[] }
  click: { readonly mask: Mask; readonly part: number | null; readonly width: number; readonly height: number; readonly milliseconds: number }
}

/** Engine → process. */
export type ToPipeline = { [K in RequestKind]: { readonly id: number; readonly kind: K; readonly input: PipelineRequests[K] } }[RequestKind]

/** Process → engine. `memoryBytes` is the process's resident size. */
export type FromPipeline =
  | { readonly kind: 'ready'; readonly device: string; readonly memoryBytes: number }
  | { readonly kind: 'answer'; readonly id: number; readonly memoryBytes: number; readonly ok: true; readonly value: PipelineAnswers[RequestKind] }
  | { readonly kind: 'answer'; readonly id: number; readonly memoryBytes: number; readonly ok: false; readonly code: ErrorCode; readonly message: string }
