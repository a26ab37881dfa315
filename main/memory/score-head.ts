import type { Lesson } from './fusion-choice.ts'
import { largest, type TextEvidence } from './fusion.ts'
import { minimise } from './minimise.ts'
import { softmax } from './trait-head.ts'

/**
 * A linear head on a pack's features (Retrieve-and-Segment, METHODS §3.1): score_c(x) = x·t_c + x·w_c + b_c stands where the
 * cosine with the class's text stood, for whole regions and for every cell of a picture, so that all methods and their settings
 * work on it. It tells taught classes apart and no others: where the text is for a class that nobody has taught, the text stands.
 */
export interface ScoreHead {
  /** that were there when it was fitted */
  readonly lessons: number
  /** classes that were taught */
  readonly classIds: readonly number[]
  /** f32[classIds, size] */
  readonly weights: Float32Array
  /** f32[classIds] */
  readonly bias: Float32Array
}

/** Scores are divided by this before their softmax: CLIP's own hundredfold is some ten times surer than it is right. */
const TEMPERATURE = 0.1
/** How strongly weights are drawn to nothing (docs/effort.md). */
const DECAY = 16
const STEPS = 40
/** Lessons that it is fitted to, at most, and that judge it. */
const LESSONS_MAX = 1000
/** With fewer accepted regions, or on one image alone, a project cannot tell. */
const JUDGED_MIN = 20
/** Where the text calls more than this share of them something else, little is to be lost. */
const WRONG_MOSTLY = 0.5
const FOLDS = 3
/** More names have to become right than wrong, by so many deviations (McNemar): one chance in twenty that it is chance. */
const SURE = 1.64
/** Lessons gone through between two looks at other work. */
const SLICE = 16

interface Sample { readonly feature: Float32Array; readonly text: Float64Array; readonly place: number; readonly positive: boolean; readonly imageId: number; readonly judges: boolean }

/**
 * The head that a project's masks teach, if it surely names more of them right than the text does, each judged by heads that its own
 * image did not teach.
 * @param textOf  what the text says of a vector; all classes
 * @param traits  values at the end of each vector that are no feature
 * @param between awaited after every few lessons, so that other work gets its turn; false: stop
 * @returns null: the text alone names better; undefined: stopped. O(lessons · taught classes · (size + taught classes · steps) · (FOLDS + 1))
 */
export async function chooseScoreHead(lessons: readonly Lesson[], textOf: (vector: Float32Array) => TextEvidence, traits: number, between: () => Promise<boolean>): Promise<ScoreHead | null | undefined> {
  const whole = lessons.at(-1)?.vector.length ?? 0
  if (whole - traits <= 0) return null
  const comparable = lessons.filter(({ vector }) => vector.length === whole), known = comparable.slice(-LESSONS_MAX)
  const { classIds } = textOf(known[0].vector)
  const placeOf = new Map(classIds.map((id, place) => [id, place]))
  const samples: Sample[] = []
  for (const [at, { vector, classId, positive, imageId, part }] of known.entries()) {
    const place = placeOf.get(classId)
    if (place !== undefined) samples.push({ feature: vector.subarray(0, whole - traits), text: Float64Array.from(textOf(vector).cosines), place, positive, imageId, judges: positive && part !== true })
    if (at % SLICE === 0 && !await between()) return undefined
  }
  const judging = samples.filter(({ judges }) => judges)
  if (judging.length < JUDGED_MIN || new Set(judging.map(({ imageId }) => imageId)).size < 2) return null
  const wrong = judging.filter(({ text, place }) => largest(text) !== place).length
  const gained = await gainOf(samples, classIds, between)
  if (gained === undefined) return undefined
  if (gained.gain < (wrong > WRONG_MOSTLY * judging.length ? 1 : Math.max(1, SURE * Math.sqrt(gained.changed)))) return null
  const head = await train(samples, classIds, between)
  return head === undefined ? undefined : { ...head, lessons: comparable.length }
}

/** Names that become right less those that become wrong, and both together; undefined: stopped. */
async function gainOf(samples: readonly Sample[], classIds: readonly number[], between: () => Promise<boolean>): Promise<{ readonly gain: number; readonly changed: number } | undefined> {
  const images = [...new Set(samples.map(({ imageId }) => imageId))]
  const foldOf = new Map(images.map((imageId, at) => [imageId, at % FOLDS]))
  let won = 0, lost = 0
  for (let fold = 0; fold < Math.min(FOLDS, images.length); fold++) {
    const head = await train(samples.filter(({ imageId }) => foldOf.get(imageId) !== fold), classIds, between)
    if (head === undefined) return undefined
    for (const { feature, text, place, imageId, judges } of samples) {
      if (!judges || foldOf.get(imageId) !== fold) continue
      const byText = largest(text) === place, byHead = largest(scoresWith(head, feature, { classIds, cosines: Float32Array.from(text) }).cosines) === place
      if (byHead && !byText) won++
      if (!byHead && byText) lost++
    }
  }
  return { gain: won - lost, changed: won + lost }
}

/** What stands where the cosines stood. @param feature f32[size] of length 1. O(classes · size) */
export function scoresWith({ classIds, weights, bias }: ScoreHead, feature: Float32Array, text: TextEvidence): TextEvidence {
  const taught = new Map(classIds.map((id, row) => [id, row])), size = classIds.length === 0 ? 0 : weights.length / classIds.length
  if (!taught.has(text.classIds[largest(text.cosines)])) return text
  return {
    classIds: text.classIds,
    cosines: Float32Array.from(text.cosines, (cosine, place) => {
      const row = taught.get(text.classIds[place])
      if (row === undefined) return cosine
      let sum = cosine + bias[row]
      for (let k = 0, at = row * size; k < size; k++, at++) sum += weights[at] * feature[k]
      return sum
    }),
  }
}

/** Softmax regression beside the text, by the likelihood of what was accepted and of what was rejected; undefined: stopped. */
async function train(samples: readonly Sample[], classIds: readonly number[], between: () => Promise<boolean>): Promise<ScoreHead | undefined> {
  const places = [...new Set(samples.map(({ place }) => place))].sort((a, b) => a - b)
  const rows = places.length, size = samples[0].feature.length
  const { mean, spread } = middleOf(samples)
  if (!await between()) return undefined
  const axes = await axesOf(samples, mean, between)
  if (axes === undefined) return undefined
  const columns = axes.length + 1
  const inputs: Float64Array[] = []
  for (const { feature } of samples) {
    inputs.push(Float64Array.from({ length: columns }, (_, k) => (k === axes.length ? 1 : along(axes[k], feature, mean) / spread)))
    if (inputs.length % SLICE === 0 && !await between()) return undefined
  }
  // for each column the weights of the taught classes
  const weights = new Float64Array(columns * rows)
  const z = new Float64Array(classIds.length), own = new Float64Array(rows)

  async function loss(at: Float64Array, gradient: Float64Array): Promise<number | undefined> {
    gradient.fill(0)
    let sum = 0
    for (const [i, { text, place, positive }] of samples.entries()) {
      const input = inputs[i]
      own.fill(0)
      for (let k = 0, w = 0; k < columns; k++) for (let row = 0; row < rows; row++, w++) own[row] += input[k] * at[w]
      for (let c = 0; c < z.length; c++) z[c] = text[c] / TEMPERATURE
      for (let row = 0; row < rows; row++) z[places[row]] += own[row]
      const shares = softmax(z), share = Math.min(1 - 1e-9, Math.max(1e-300, shares[place]))
      sum -= Math.log(positive ? share : 1 - share)
      // by z: share − 1 at the class and the shares elsewhere; for what is not of the class that times −share / (1 − share)
      const factor = positive ? 1 : -share / (1 - share)
      for (let row = 0; row < rows; row++) own[row] = factor * (shares[places[row]] - (places[row] === place ? 1 : 0))
      for (let k = 0, w = 0; k < columns; k++) for (let row = 0; row < rows; row++, w++) gradient[w] += input[k] * own[row]
      if (i % SLICE === 0 && !await between()) return undefined
    }
    for (let w = 0; w < at.length; w++) {
      sum += (DECAY * at[w] * at[w]) / 2
      gradient[w] += DECAY * at[w]
    }
    return sum
  }

  if (!await minimise(loss, weights, STEPS)) return undefined
  const found: ScoreHead = { lessons: samples.length, classIds: places.map((place) => classIds[place]), weights: new Float32Array(rows * size), bias: new Float32Array(rows) }
  for (let row = 0; row < rows; row++) {
    const own = new Float64Array(size)
    axes.forEach((axis, k) => { for (let at = 0; at < size; at++) own[at] += (weights[k * rows + row] / spread) * axis[at] })
    let bias = weights[axes.length * rows + row]
    for (let k = 0; k < size; k++) {
      found.weights[row * size + k] = TEMPERATURE * own[k]
      bias -= own[k] * mean[k]
    }
    found.bias[row] = TEMPERATURE * bias
  }
  return found
}

/** Axes of length 1, square to one another, that hold all classes' mean features: what tells classes apart lies along them, and there are fewer than values of a feature. */
async function axesOf(samples: readonly Sample[], mean: Float64Array, between: () => Promise<boolean>): Promise<Float64Array[] | undefined> {
  const axes: Float64Array[] = []
  for (const own of Map.groupBy(samples.filter(({ positive }) => positive), ({ place }) => place).values()) {
    const axis = new Float64Array(mean.length)
    for (const { feature } of own) for (let k = 0; k < axis.length; k++) axis[k] += (feature[k] - mean[k]) / own.length
    const length = Math.hypot(...axis)
    for (const before of axes) {
      let shared = 0
      for (let k = 0; k < axis.length; k++) shared += axis[k] * before[k]
      for (let k = 0; k < axis.length; k++) axis[k] -= shared * before[k]
    }
    const left = Math.hypot(...axis)
    if (left > 1e-3 * length) axes.push(axis.map((value) => value / left))
    if (!await between()) return undefined
  }
  return axes
}

function along(axis: Float64Array, feature: Float32Array, mean: Float64Array): number {
  let sum = 0
  for (let k = 0; k < axis.length; k++) sum += axis[k] * (feature[k] - mean[k])
  return sum
}

/** Mean of the features, and one deviation for all their values. */
function middleOf(samples: readonly Sample[]): { readonly mean: Float64Array; readonly spread: number } {
  const size = samples[0].feature.length, mean = new Float64Array(size)
  for (const { feature } of samples) for (let k = 0; k < size; k++) mean[k] += feature[k] / samples.length
  let spread = 0
  for (let k = 0; k < size; k++) {
    let variance = 0
    for (const { feature } of samples) variance += (feature[k] - mean[k]) ** 2 / samples.length
    spread += Math.sqrt(variance) / size
  }
  return { mean, spread: spread + 1e-6 }
}
