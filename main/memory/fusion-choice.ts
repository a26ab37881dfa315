import { cosines } from './cosines.ts'
import { countByClass, FUSION_WEIGHTS, inOneArray, largest, nameByText, nearest, textLogits, voteOf, type FusionRule, type TextEvidence } from './fusion.ts'
import type { Prototype } from './prototypes.ts'
import { sharesWith, softmax, trainTraitHead } from './trait-head.ts'

/**
 * A remembered region and the image it is on: an image's regions know one another too well to judge one another.
 * @property part  it was rejected under another name: known only because a name was wrong, it teaches but does not judge how often names are
 */
export interface Lesson extends Prototype { readonly imageId: number; readonly part?: boolean }

/** What a lesson's vote may weigh. */
const ALPHAS = [10, 20, 40, 80, 160, 320] as const
/** With fewer accepted regions, or on one image alone, a project cannot tell. */
const JUDGED_MIN = 20
/** Where nothing is sure and the text calls more than this share of what was accepted something else, lessons weigh this; else nothing (docs/effort.md). */
const YOUNG_WRONG = 0.5, YOUNG_ALPHA = 80
/** Of more accepted regions, so many are judged, the newest among them; and so many of the newest judge them. */
const JUDGED_MAX = 400, JUDGES_MAX = 3000
/** Rejected regions that the head learns from, at most. */
const REJECTED_MAX = 100
/** What is judged is named by a head that the other parts of the images taught. */
const FOLDS = 3
/** A gain has to be this many times its deviation: one chance in twenty that there is none. */
const SURE = 1.64
/** Regions judged between two looks at other work: four go through the judges at once. */
const SLICE = 4

/** A region judged, with what the lessons of other images say of it. */
interface Judged extends Lesson {
  /** f64[classes] */
  readonly text: Float64Array
  /** f64[classes], in α₀ */
  readonly votes: Float64Array
  readonly place: number
}

/**
 * How a project's regions are best named, by its own accepted ones, each judged without what its own image taught: how much remembered
 * regions weigh against the text (what names most of them right stands, if it is surely better than the text alone by McNemar's
 * test), and whether a head on their traits has its say (chooseHead).
 * @param textOf   what the text says of a region; all classes
 * @param traits   values at the end of each vector that are the region's traits
 * @param withHead false: the weights alone, in a fraction of the time
 * @param between  awaited after every few regions, so that other work gets its turn; false: stop
 * @returns null: the text alone names better; undefined: stopped. O(JUDGED_MAX · (JUDGES_MAX · d + classes · traits · FOLDS · steps))
 */
export async function chooseFusion(lessons: readonly Lesson[], textOf: (vector: Float32Array) => TextEvidence, traits = 0, between: () => Promise<boolean> = () => Promise.resolve(true), withHead = true): Promise<FusionRule | null | undefined> {
  const whole = lessons.at(-1)?.vector.length ?? 0
  const known = lessons.filter(({ vector }) => vector.length === whole)
  const accepted = known.filter(isAccepted)
  if (whole - traits <= 0) return null
  if (accepted.length < JUDGED_MIN || new Set(accepted.map(({ imageId }) => imageId)).size < 2) {
    const wrong = accepted.filter(({ vector, classId }) => nameByText(textOf(vector)).classId !== classId).length
    return wrong > YOUNG_WRONG * accepted.length ? { weights: { ...FUSION_WEIGHTS, alpha: YOUNG_ALPHA }, head: null } : null
  }
  const rejected = spread(known.filter((lesson) => !isAccepted(lesson)), REJECTED_MAX)
  const judged = await judge([...spread(accepted, JUDGED_MAX), ...rejected], known.slice(-JUDGES_MAX), textOf, whole - traits, between)
  if (judged === undefined) return undefined
  const judging = judged.filter(isAccepted)
  const wrong = judging.filter(({ text, place }) => largest(text) !== place).length > YOUNG_WRONG * judging.length
  const alpha = bestAlpha(judging) ?? (wrong && gainOf(judging, YOUNG_ALPHA).gain >= 0 ? YOUNG_ALPHA : 0)
  const head = traits === 0 || !withHead ? null : await chooseHead(judged, alpha, traits, between)
  if (head === undefined) return undefined
  if (alpha === 0 && head === null) return null
  return { weights: { ...FUSION_WEIGHTS, alpha }, head: head === null ? null : { trained: head, classIds: textOf(known[0].vector).classIds } }
}

const isAccepted = ({ positive, part }: Lesson): boolean => positive && part !== true

/** Undefined when stopped. @param length of the pack's feature */
async function judge(lessons: readonly Lesson[], judges: readonly Lesson[], textOf: (vector: Float32Array) => TextEvidence, length: number, between: () => Promise<boolean>): Promise<Judged[] | undefined> {
  const { half, beta } = FUSION_WEIGHTS
  const vectors = inOneArray(judges, length)
  const all = countByClass(judges)
  const ofImage = new Map([...Map.groupBy(judges, ({ imageId }) => imageId)].map(([imageId, own]) => [imageId, countByClass(own)]))
  const judged: Judged[] = []
  for (let from = 0; from < lessons.length; from += SLICE) {
    const slice = lessons.slice(from, from + SLICE)
    const near = cosines(slice.map(({ vector }) => vector.subarray(0, length)), vectors, length)
    slice.forEach((lesson, row) => {
      const { classIds, cosines: ofText } = textOf(lesson.vector)
      const place = new Map(classIds.map((id, at) => [id, at]))
      const own = place.get(lesson.classId)
      if (own === undefined) return
      const text = textLogits({ classIds, cosines: ofText }), votes = new Float64Array(text.length)
      for (const { index, cosine } of nearest(near.subarray(row * judges.length, (row + 1) * judges.length), (at) => judges[at].imageId !== lesson.imageId && place.has(judges[at].classId))) {
        const other = judges[index]
        const count = (all.get(other.classId) ?? 0) - (ofImage.get(lesson.imageId)?.get(other.classId) ?? 0)
        votes[place.get(other.classId) ?? 0] += voteOf(cosine, other.positive, count, half, beta)
      }
      judged.push({ ...lesson, text, votes, place: own })
    })
    if (!await between()) return undefined
  }
  return judged
}

/** The α₀ that names most right; undefined: none is surely better than the text alone. */
function bestAlpha(judged: readonly Judged[]): number | undefined {
  let alpha: number | undefined, most = 0
  for (const candidate of ALPHAS) {
    const { gain, changed } = gainOf(judged, candidate)
    if (gain >= SURE * Math.sqrt(changed) && gain > most) [most, alpha] = [gain, candidate]
  }
  return alpha
}

/** Names that become right less those that become wrong, and both together. */
function gainOf(judged: readonly Judged[], alpha: number): { readonly gain: number; readonly changed: number } {
  let won = 0, lost = 0
  for (const { text, votes, place } of judged) {
    const byText = largest(text) === place, byBoth = largest(together(text, votes, alpha)) === place
    if (byBoth && !byText) won++
    if (!byBoth && byText) lost++
  }
  return { gain: won - lost, changed: won + lost }
}

const together = (text: Float64Array, votes: Float64Array, alpha: number): Float64Array => text.map((value, c) => value + alpha * votes[c])

/**
 * A head trained on all that is judged, by how likely that is through heads that its own images did not teach. Where the text stands alone
 * it has to be surely likelier with them, and more of it named right: a name that the text knows is easily lost. Where lessons weigh, names
 * by text and feature are known to be poor, and traits help wherever they are not surely less likely. Whole masks are seldom named wrong,
 * so their names alone would say too little either way.
 * @returns null: no head; undefined: stopped
 */
async function chooseHead(judged: readonly Judged[], alpha: number, traits: number, between: () => Promise<boolean>): Promise<NonNullable<FusionRule['head']>['trained'] | null | undefined> {
  const samples = judged.map((one) => ({ logits: together(one.text, one.votes, alpha), traits: one.vector.subarray(one.vector.length - traits), place: one.place, positive: one.positive, imageId: one.imageId, judges: isAccepted(one) }))
  const images = [...new Set(samples.map(({ imageId }) => imageId))]
  if (images.length < 2 || !samples.some(({ judges }) => judges)) return null
  const classes = samples[0].logits.length
  const foldOf = new Map(images.map((imageId, at) => [imageId, at % FOLDS]))
  const gains: number[] = []
  let won = 0, lost = 0
  for (let fold = 0; fold < Math.min(FOLDS, images.length); fold++) {
    const taught = samples.filter(({ imageId }) => foldOf.get(imageId) !== fold)
    const withTraits = await trainTraitHead(taught, classes, true, between), without = await trainTraitHead(taught, classes, false, between)
    if (withTraits === undefined || without === undefined) return undefined
    for (const { logits, traits: own, place, imageId, judges } of samples) {
      if (foldOf.get(imageId) !== fold || !judges) continue
      const shares = sharesWith(withTraits.logits(logits, own), logits, withTraits.scale), before = softmax(without.logits(logits, own))
      gains.push(Math.log(shares[place] + 1e-12) - Math.log(before[place] + 1e-12))
      if (largest(shares) === place) won += largest(before) === place ? 0 : 1
      else lost += largest(before) === place ? 1 : 0
    }
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  const deviation = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / gains.length)
  const sureness = (mean * Math.sqrt(gains.length)) / Math.max(deviation, 1e-12)
  if (alpha > 0 ? sureness < -SURE : sureness < SURE || won <= lost) return null
  return trainTraitHead(samples, classes, true, between)
}

/** At most so many, spread over all, the last among them. */
const spread = <T>(all: readonly T[], most: number): readonly T[] => (all.length <= most ? all : all.filter((_, at) => Math.floor(((at + 1) * most) / all.length) > Math.floor((at * most) / all.length)))
