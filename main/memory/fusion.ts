import { cosines } from './cosines.ts'
import type { SureNaming } from './namer.ts'
import type { Prototype } from './prototypes.ts'

/** How near a region is to what the classes are called. */
export interface TextEvidence {
  readonly classIds: readonly number[]
  /** [−1, 1] of each class: cosine of the region's vector and the class's text embedding */
  readonly cosines: Float32Array
}

/** A region to be named: what it looks like, f32[d] of length 1, and what the text says of it. */
export interface SeenRegion {
  readonly vector: Float32Array
  readonly text: TextEvidence
}

/** Names regions by the text and by what was remembered together. */
export interface Fusion {
  /** Those of an image at once: each remembered vector is fetched once for several of them. O(regions · prototypes · d) */
  name(regions: readonly SeenRegion[]): SureNaming[]
}

/** @property alpha  most that a neighbour adds  @property half  remembered regions at which a class gets half of it  @property beta  how fast it falls with the distance */
export interface FusionWeights { readonly alpha: number; readonly half: number; readonly beta: number }

/** CLIP's logit scale: a hundred times the cosine is what its softmax was trained on. */
export const TEXT_SCALE = 100
/** Nearest remembered regions that vote. */
const NEIGHBOURS = 10
/**
 * β as Tip-Adapter publishes it (Zhang et al. 2022); α₀ and n₀ for projects too young to tell their own (fusion-choice.ts): the largest
 * lesson that cost no right name where the text knows the classes, on the demo pack's tuning scenes (docs/effort.md).
 */
export const FUSION_WEIGHTS: FusionWeights = { alpha: 40, half: 0.5, beta: 5.5 }

/**
 * The closed-form fusion of METHODS §3.1: logits_c = 100·x·t_c + α_c Σ exp(−β(1 − k·k_r)) over the nearest remembered
 * regions of class c, where a rejected one counts against its class; α_c = α₀·n_c/(n_c + n₀) for n_c remembered ones.
 * @returns null when nothing is remembered
 */
export function createFusion(prototypes: readonly Prototype[], { alpha, half, beta }: FusionWeights = FUSION_WEIGHTS): Fusion | null {
  const length = prototypes.at(-1)?.vector.length ?? 0
  const known = prototypes.filter(({ vector }) => vector.length === length)
  if (length === 0) return null
  const vectors = inOneArray(known, length)
  const counts = countByClass(known)
  // without the vectors, which would be held twice
  const judged = known.map(({ classId, positive }) => ({ classId, positive }))
  return {
    name(regions) {
      const comparable = regions.filter(({ vector }) => vector.length === length)
      const near = cosines(comparable.map(({ vector }) => vector), vectors, length)
      return regions.map((region) => {
        const { classIds } = region.text
        const text = Float64Array.from(region.text.cosines, (cosine) => TEXT_SCALE * cosine)
        const votes = new Float64Array(text.length)
        const row = comparable.indexOf(region)
        if (row >= 0) {
          const place = new Map(classIds.map((classId, index) => [classId, index]))
          for (const { index, cosine } of nearest(near.subarray(row * judged.length, (row + 1) * judged.length), (at) => place.has(judged[at].classId))) {
            const { classId, positive } = judged[index]
            votes[place.get(classId) ?? 0] += alpha * voteOf(cosine, positive, counts.get(classId) ?? 0, half, beta)
          }
        }
        const naming = mostLikely(classIds, text.map((value, c) => value + votes[c]))
        return votes.some((vote) => vote > 0) ? { ...naming, disagreement: largest(text) === largest(votes) ? 0 : 1 } : naming
      })
    },
  }
}

/** f32[prototypes, length], one after another in memory */
export function inOneArray(prototypes: readonly Prototype[], length: number): Float32Array {
  const vectors = new Float32Array(prototypes.length * length)
  prototypes.forEach(({ vector }, index) => { vectors.set(vector, index * length) })
  return vectors
}

export function countByClass(prototypes: readonly Prototype[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { classId } of prototypes) counts.set(classId, (counts.get(classId) ?? 0) + 1)
  return counts
}

/** What a neighbour adds to its class, in α₀. @param count  n_c */
export const voteOf = (cosine: number, positive: boolean, count: number, half: number, beta: number): number =>
  (positive ? 1 : -1) * (count / (count + half)) * Math.exp(-beta * (1 - cosine))

/** The NEIGHBOURS with the largest cosines of those that count. @param cosinesOf f32[prototypes]. O(prototypes) */
export function nearest(cosinesOf: Float32Array, counts: (index: number) => boolean): { index: number; cosine: number }[] {
  const near: { index: number; cosine: number }[] = []
  for (let index = 0; index < cosinesOf.length; index++) {
    const cosine = cosinesOf[index]
    if ((near.length === NEIGHBOURS && cosine <= near[NEIGHBOURS - 1].cosine) || !counts(index)) continue
    const before = near.findIndex((one) => one.cosine < cosine)
    near.splice(before < 0 ? near.length : before, 0, { index, cosine })
    if (near.length > NEIGHBOURS) near.pop()
  }
  return near
}

/** Place of the largest; the first of equal ones. */
export function largest(values: Float64Array): number {
  let best = 0
  for (let c = 1; c < values.length; c++) if (values[c] > values[best]) best = c
  return best
}

/** What the text alone says. */
export const nameByText = ({ classIds, cosines: ofText }: TextEvidence): SureNaming => mostLikely(classIds, Float64Array.from(ofText, (cosine) => TEXT_SCALE * cosine))

function mostLikely(classIds: readonly number[], logits: Float64Array): SureNaming {
  if (classIds.length === 0) return { classId: null, score: null, margin: 0, entropy: 1 }
  const highest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const shares = logits.map((value) => Math.exp(value - highest))
  const sum = shares.reduce((total, value) => total + value, 0)
  let best = 0, second = 0, entropy = 0
  shares.forEach((value, c) => {
    const share = value / sum
    shares[c] = share
    if (share > 0) entropy -= share * Math.log(share)
    if (share > shares[best]) best = c
  })
  shares.forEach((share, c) => { if (c !== best) second = Math.max(second, share) })
  return { classId: classIds[best], score: Math.min(1, shares[best]), margin: Math.min(1, shares[best] - second), entropy: classIds.length === 1 ? 0 : Math.min(1, Math.max(0, entropy / Math.log(classIds.length))) }
}
