import type { ClickQuestion } from '../contract/smart-click.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { DeviceName, PrecisionChoice } from '../contract/jobs.ts'
import type { MethodName, PackName } from '../contract/methods.ts'
import type { NetworkTime } from '../contract/packs.ts'
import type { Settings } from '../contract/settings.ts'
import type { DeviceProbe } from '../inference/probe-device.ts'
import type { Mask } from '../masks/mask.ts'
import type { TextEvidence } from '../memory/fusion.ts'
import type { ScoreHead } from '../memory/score-head.ts'

/** A class as a pack's text encoder and a proposal need it. */
export interface PromptClass {
  readonly id: number
  readonly name: string
  readonly synonyms: readonly string[]
  /** a thing gives one proposal per connected part, stuff one per image */
  readonly extent: 'thing' | 'stuff'
}

/** A pack, what its networks may run on, in the order to try (without devices: the processor), and in which precision. */
export interface PackOnDevices {
  readonly pack: PackName
  readonly devices?: readonly DeviceName[]
  readonly precision?: PrecisionChoice
}

/** What the engine may ask of the pipeline process. Paths come from the project's image folders, never from a page. */
export interface PipelineRequests {
  /** photo → proposals */
  propose: PackOnDevices & {
    readonly path: string
    readonly method: MethodName
    readonly settings: Settings
    readonly profile: 'reference' | 'corrected'
    /** that may be proposed; for packs with text */
    readonly classes?: readonly PromptClass[]
    /** ids of the classes said to be in the image; null: nobody has said */
    readonly ticked?: readonly number[] | null
    /** the same photo is asked about again with other settings: keep what does not depend on them */
    readonly keep?: boolean
    /** regions that the pack names are to be compared with remembered ones: give their vector and `named.text` too */
    readonly looks?: boolean
    /** what stands where the cosines with the classes' texts stand, learnt from the project's masks */
    readonly head?: ScoreHead
  }
  /** photo and masks → what each mask looks like, for the memory */
  teach: PackOnDevices & { readonly path: string; readonly masks: readonly Mask[] }
  /** what classes are called → vectors that `looks` and `teach` vectors compare with; for packs with text */
  texts: PackOnDevices & { readonly classes: readonly PromptClass[]; readonly ensemble: boolean }
  /** photo and clicks → the mask they mean */
  click: { readonly path: string; readonly question: ClickQuestion }
  /** a network of a pack on a picture of its own → how long it takes */
  benchmark: PackOnDevices & { readonly network: 'scores' | 'affinity' }
  /** photo and mask → the mask with its outline on the photo's edges. Size of the image, px */
  snap: { readonly path: string; readonly mask: Mask; readonly reachPx: number; readonly width: number; readonly height: number }
}
export type RequestKind = keyof PipelineRequests

/** One region the method found. */
export interface Proposal {
  readonly mask: Mask
  readonly areaPx2: number
  /** f32[d] what the region looks like, comparable with what `teach` gives (attention/region-look.ts); empty where `named` says what it is and nobody asked for `looks` */
  readonly vector: Float32Array
  /** its class, where the pack knows class names; `disagreement` is the share of it to which the scores alone give another one; `prompt` is what the text encoder read; `text` has the classes that could have been named, for `looks` of a pack with a text encoder */
  readonly named?: { readonly classId: number; readonly score: number; readonly margin: number; readonly entropy: number; readonly disagreement?: number; readonly prompt: string; readonly text?: TextEvidence }
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
  propose: {
    readonly proposals: readonly Proposal[]; readonly width: number; readonly height: number; readonly device: string; readonly timings: Timings
    /** devices that failed, and why; for packs with networks */
    readonly notTaken?: readonly { readonly device: string; readonly reason: string }[]
    /** masks that the head was learnt from whose scores these are */
    readonly learnt?: number
    /** networks that had to run; none when everything was in the cache */
    readonly networkRuns?: { readonly text: number; readonly vision: number }
  }
  /** one vector for each mask, in order; an empty mask has an empty vector */
  teach: { readonly vectors: readonly Float32Array[] }
  /** f32[names, size], rows of length 1, and the place of each name's class; no names for a pack without text */
  texts: { readonly values: Float32Array; readonly size: number; readonly classOf: readonly number[] }
  snap: { readonly mask: Mask; readonly milliseconds: number }
  benchmark: { readonly time: NetworkTime; readonly threads: number }
  click: { readonly mask: Mask; readonly part: number | null; readonly width: number; readonly height: number; readonly milliseconds: number }
}

/** Engine → process. */
export type ToPipeline = { [K in RequestKind]: { readonly id: number; readonly kind: K; readonly input: PipelineRequests[K] } }[RequestKind]

/** Process → engine. `memoryBytes` is the process's resident size. */
export type FromPipeline =
  | { readonly kind: 'probe'; readonly probe: DeviceProbe }
  | { readonly kind: 'ready'; readonly device: string; readonly memoryBytes: number }
  | { readonly kind: 'answer'; readonly id: number; readonly memoryBytes: number; readonly ok: true; readonly value: PipelineAnswers[RequestKind] }
  | { readonly kind: 'answer'; readonly id: number; readonly memoryBytes: number; readonly ok: false; readonly code: ErrorCode; readonly message: string }
