import { cosines } from './cosines.ts'
import { countByClass, FUSION_WEIGHTS, inOneArray, largest, nearest, TEXT_SCALE, voteOf, type FusionWeights, type TextEvidence } from './fusion.ts'
import type { Prototype } from './prototypes.ts'

/** A remembered region and the image it is on: an image's regions know one another too well to judge one another. */
export interface Lesson extends Prototype { readonly imageId: number }

/** What a lesson's vote may weigh. */
const ALPHAS = [10, 20, 40, 80, 160, 320] as const
/** With fewer accepted regions, or on one image alone, a project cannot tell, and FUSION_WEIGHTS stand. */
const JUDGED_MIN = 20
/** Of more accepted regions, so many are judged, the newest among them; and so many of the newest judge them. */
const JUDGED_MAX = 300, JUDGES_MAX = 4000
/** Names won less names lost have to be this many times √(won + lost): one chance in twenty that the text was as good (McNemar's test). */
const SURE = 1.64
/** Regions judged between two looks at other work */
const SLICE = 12

/**
 * How much a project's memory should weigh against the text, by the project's own accepted regions: each is named without what its own
 * image taught, and the weight that names most of them right stands, if it is surely better than the text alone.
 * @param textOf   what the text says of a region
 * @param between  awaited after every few regions, so that other work gets its turn; false: stop
 * @returns weights; null: the text alone names better; undefined: stopped. O(JUDGED_MAX · JUDGES_MAX · d)
 */
export async function chooseFusion(lessons: readonly Lesson[], textOf: (vector: Float32Array) => TextEvidence, between: () => Promise<boolean> = () => Promise.resolve(true)): Promise<FusionWeights | null | undefined> {
  const length = lessons.at(-1)?.vector.length ?? 0
  const known = lessons.filter(({ vector }) => vector.length === length).slice(-JUDGES_MAX)
  const { half, beta } = FUSION_WEIGHTS
  const accepted = known.filter(({ positive }) => positive)
  if (length === 0 || accepted.length < JUDGED_MIN || new Set(accepted.map(({ imageId }) => imageId)).size < 2) return FUSION_WEIGHTS
  const judged = accepted.filter((_, at) => Math.floor(((at + 1) * JUDGED_MAX) / accepted.length) > Math.floor((at * JUDGED_MAX) / accepted.length))
  const vectors = inOneArray(known, length)
  const all = countByClass(known)
  const ofImage = new Map([...Map.groupBy(known, ({ imageId }) => imageId)].map(([imageId, lessons]) => [imageId, countByClass(lessons)]))
  const won = ALPHAS.map(() => 0), lost = ALPHAS.map(() => 0)
  for (let from = 0; from < judged.length; from += SLICE) {
    const slice = judged.slice(from, from + SLICE)
    const near = cosines(slice.map(({ vector }) => vector), vectors, length)
    slice.forEach(({ vector, classId, imageId }, row) => {
      const { classIds, cosines: ofText } = textOf(vector)
      const place = new Map(classIds.map((id, at) => [id, at]))
      const text = Float64Array.from(ofText, (cosine) => TEXT_SCALE * cosine)
      const votes = new Float64Array(text.length)
      for (const { index, cosine } of nearest(near.subarray(row * known.length, (row + 1) * known.length), (at) => known[at].imageId !== imageId && place.has(known[at].classId))) {
        const other = known[index]
        const count = (all.get(other.classId) ?? 0) - (ofImage.get(imageId)?.get(other.classId) ?? 0)
        votes[place.get(other.classId) ?? 0] += voteOf(cosine, other.positive, count, half, beta)
      }
      const rightByText = classIds[largest(text)] === classId
      ALPHAS.forEach((alpha, k) => {
        const right = classIds[largest(text.map((value, c) => value + alpha * votes[c]))] === classId
        if (right && !rightByText) won[k]++
        if (!right && rightByText) lost[k]++
      })
    })
    if (!await between()) return undefined
  }
  let alpha: number | undefined, most = 0
  ALPHAS.forEach((candidate, k) => {
    const gain = won[k] - lost[k]
    if (gain >= SURE * Math.sqrt(won[k] + lost[k]) && gain > most) [most, alpha] = [gain, candidate]
  })
  return alpha === undefined ? null : { alpha, half, beta }
}
