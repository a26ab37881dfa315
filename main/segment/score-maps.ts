import { resize } from '../resample/resize.ts'
import { resizeRows } from '../resample/resize-rows.ts'
import { withReportBackground, withSosBackground, withStuffFloorBackground } from './background.ts'
import { checkScores } from './check-input.ts'
import type { Profile } from './profile.ts'
import { selectChannels } from './select-channels.ts'
import { softmaxRows } from './softmax.ts'
import { softmaxUpsampled } from './upsampled-softmax.ts'

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
  const taking = channelsTaken(joined, rule)
  const p = taking === null ? values.slice() : selectChannels(values, joined.channels, taking)
  if (joined.logits) softmaxRows(p, taking?.length ?? joined.channels, rule.temperature, p)
  return withBackground(joined, p, values, rule)
}

/**
 * Probabilities of every pixel of the grid enlarged by R1, a row at a time: of logits the softmax is taken after enlarging.
 * O(height · width · channels).
 * @param emit  called for y = 0 … height − 1; what it is given may be reused for the next row
 */
export function enlargedProbabilities(joined: JoinedScores, grid: { readonly height: number; readonly width: number }, height: number, width: number, rule: ProbabilityRule, emit: (y: number, row: ClassChannels) => void): void {
  if (!joined.logits || joined.hasSos) {
    resizeRows(joined.values, grid.height, grid.width, joined.channels, height, width, 'bilinear', (y, row) => emit(y, probabilities(joined, row, rule)))
    return
  }
  const taking = channelsTaken(joined, rule)
  const logits = taking === null ? joined.values : selectChannels(joined.values, joined.channels, taking)
  softmaxUpsampled(logits, grid.height, grid.width, taking?.length ?? joined.channels, height, width, rule.temperature, (y, row) => emit(y, withBackground(joined, row, row, rule)))
}

const placesOf = (count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, place) => from + place)

/** Classes that the softmax is over; all channels but the left-out ones and the [SOS] map; null for all. */
function channelsTaken({ channels, classCount, stuffCount }: JoinedScores, rule: ProbabilityRule): readonly number[] | null {
  const taking = classesTaken(classCount, rule)
  return taking.length + stuffCount === channels ? null : [...taking, ...placesOf(stuffCount, classCount)]
}

const classesTaken = (classCount: number, { kept, leaveOut }: ProbabilityRule): readonly number[] => (kept !== null && leaveOut === 'before-softmax' ? kept : placesOf(classCount))

/** @param p f32[m, classes and stuff taken], may be returned as it is  @param values  what it was made of, where the [SOS] map is wanted */
function withBackground({ channels, classCount, stuffCount, hasSos }: JoinedScores, p: Float32Array, values: Float32Array, rule: ProbabilityRule): ClassChannels {
  const taking = classesTaken(classCount, rule)
  let classes = taking
  if (rule.background !== 'none') {
    if (rule.background === 'report') p = withReportBackground(p, taking.length)
    else if (rule.background === 'stuff-floor') p = withStuffFloorBackground(p, taking.length, stuffCount)
    else if (hasSos) p = withSosBackground(p, taking.length, Float32Array.from({ length: values.length / channels }, (_, i) => values[i * channels + channels - 1]))
    classes = [NO_CLASS, ...taking]
  }
  const { kept } = rule
  if (kept !== null && rule.leaveOut === 'after-softmax') {
    const staying = classes.flatMap((c, channel) => (c === NO_CLASS || kept.includes(c) ? [channel] : []))
    if (staying.length < classes.length) {
      p = selectChannels(p, classes.length, staying)
      classes = staying.map((channel) => classes[channel])
    }
  }
  return { p, classes }
}
