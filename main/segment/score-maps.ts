import { resize } from '../resample/resize.ts'
import { withReportBackground, withSosBackground, withStuffFloorBackground } from './background.ts'
import { checkScores } from './check-input.ts'
import type { Profile } from './profile.ts'
import { selectChannels } from './select-channels.ts'
import { softmaxRows } from './softmax.ts'

export type BackgroundRule = 'none' | 'report' | 'sos' | 'stuff-floor'
/** Label of what belongs to no class: background, outside of all regions. */
export const NO_CLASS = 65535

/** Class scores as a caller has them: on the grid, or cosines on a grid of their own that a softmax turns into probabilities. */
export interface ScoreInput {
  readonly grid: { readonly height: number; readonly width: number }
  readonly classCount: number
  /** f32[n, c] on the grid, used as they are */
  readonly scores?: Float32Array
  /** f32[height, width, c] cosine similarities, brought to the grid by R1, then softmax(cosine / temperature) */
  readonly cosine?: { readonly values: Float32Array; readonly height: number; readonly width: number }
  /** like `scores` or `cosine.values`, for stuff names that only the stuff-floor rule uses: f32[…, stuffCount] */
  readonly stuff?: { readonly values: Float32Array; readonly count: number }
  /** f32[n] attention of the start-of-text token, for the sos rule */
  readonly sos?: Float32Array
}

/** Everything linear about the scores, joined so that one resampling serves all: f32[n, channels] = classes | stuff | sos. */
export interface JoinedScores {
  readonly values: Float32Array
  readonly channels: number
  readonly classCount: number
  readonly stuffCount: number
  readonly hasSos: boolean
  /** true: a softmax is due after resampling (REFERENCE §6 upsamples the logits) */
  readonly logits: boolean
}

/** Probabilities with what each channel means. */
export interface ClassChannels {
  readonly p: Float32Array
  /** class of each channel; NO_CLASS for the background, which is channel 0 when there is one */
  readonly classes: readonly number[]
}

/** How probabilities are made of joined scores. */
export interface ProbabilityRule {
  readonly temperature: number
  readonly background: BackgroundRule
  /** classes that take part, ascending; null = all */
  readonly kept: readonly number[] | null
  /** where the others are left out: before the softmax, or after it and after the background rule (D11) */
  readonly leaveOut: 'before-softmax' | 'after-softmax'
}

/** @throws RangeError when neither or both kinds of scores are there, or a shape, a value or the rule's own map is wrong */
export function joinScores(input: ScoreInput, background: BackgroundRule): JoinedScores {
  const { grid, classCount, scores, cosine, sos } = input
  const n = grid.height * grid.width
  if ((scores === undefined) === (cosine === undefined)) throw new RangeError('give either scores [n, c] or cosine [h, w, c], not both and not neither')
  const toGrid = (values: Float32Array, channels: number): Float32Array => {
    if (cosine === undefined) {
      checkScores(values, n, channels)
      return values
    }
    checkScores(values, cosine.height * cosine.width, channels)
    return resize(values, cosine.height, cosine.width, channels, grid.height, grid.width, 'bilinear')
  }
  const parts: { values: Float32Array; channels: number }[] = [{ values: toGrid(scores ?? cosine?.values ?? new Float32Array(0), classCount), channels: classCount }]
  const stuff = background === 'stuff-floor' ? input.stuff : undefined
  if (stuff !== undefined) parts.push({ values: toGrid(stuff.values, stuff.count), channels: stuff.count })
  if (background === 'sos') {
    if (sos === undefined) throw new RangeError('the sos background needs the map of the [SOS] token; give sos [n] or choose another background')
    checkScores(sos, n, 1)
    parts.push({ values: sos, channels: 1 })
  }
  const channels = parts.reduce((sum, part) => sum + part.channels, 0)
  let values = parts[0].values
  if (parts.length > 1) {
    values = new Float32Array(n * channels)
    let at = 0
    for (const part of parts) {
      for (let cell = 0; cell < n; cell++) values.set(part.values.subarray(cell * part.channels, (cell + 1) * part.channels), cell * channels + at)
      at += part.channels
    }
  }
  return { values, channels, classCount, stuffCount: stuff?.count ?? 0, hasSos: background === 'sos', logits: cosine !== undefined }
}

/** Which classes each rule leaves, by profile and kind: METHODS' D11 in `corrected`, the published places in `reference`. */
export function leaveOutPlace(profile: Profile, aggregated: boolean, background: BackgroundRule): ProbabilityRule['leaveOut'] {
  if (profile === 'corrected') return 'before-softmax'
  return aggregated && background === 'none' ? 'before-softmax' : 'after-softmax'
}

/**
 * Probabilities of some cells or pixels: left-out classes, softmax, background, in the order the rule says. O(cells · channels).
 * @param values f32[m, joined.channels], e.g. joined.values or one upsampled row of it; never changed
 */
export function probabilities(joined: JoinedScores, values: Float32Array, rule: ProbabilityRule): ClassChannels {
  const { channels, classCount, stuffCount, hasSos } = joined
  const m = values.length / channels
  const all = Array.from({ length: classCount }, (_, c) => c)
  const kept = rule.kept ?? all
  const taking = rule.leaveOut === 'before-softmax' ? kept : all
  const stuff = Array.from({ length: stuffCount }, (_, s) => classCount + s)
  let p = taking.length + stuffCount === channels ? values.slice() : selectChannels(values, channels, [...taking, ...stuff])
  if (joined.logits) softmaxRows(p, taking.length + stuffCount, rule.temperature, p)
  let classes: readonly number[] = taking
  if (rule.background !== 'none') {
    if (rule.background === 'report') p = withReportBackground(p, taking.length)
    else if (rule.background === 'stuff-floor') p = withStuffFloorBackground(p, taking.length, stuffCount)
    else if (hasSos) p = withSosBackground(p, taking.length, Float32Array.from({ length: m }, (_, i) => values[i * channels + channels - 1]))
    classes = [NO_CLASS, ...taking]
  }
  if (rule.kept !== null && rule.leaveOut === 'after-softmax') {
    const staying = classes.flatMap((c, channel) => (c === NO_CLASS || kept.includes(c) ? [channel] : []))
    if (staying.length < classes.length) {
      p = selectChannels(p, classes.length, staying)
      classes = staying.map((channel) => classes[channel])
    }
  }
  return { p, classes }
}
