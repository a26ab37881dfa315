import { cosines } from './cosines.ts'
import type { SureNaming } from './namer.ts'
import type { Prototype } from './prototypes.ts'
import { sharesWith, softmax, type TraitHead } from './trait-head.ts'

/** How near a region is to what the classes are called. */
export interface TextEvidence {
  readonly classIds: readonly number[]
  /** [−1, 1] of each class: cosine of the region's vector and the class's text embedding */
  readonly cosines: Float32Array
}

/** A region to be named, and what the text says of it. */
export interface SeenRegion {
  /** f32[d + traits]: the pack's feature of length 1, then the region's traits where those are remembered too (attention/region-traits.ts) */
  readonly vector: Float32Array
  readonly text: TextEvidence
}

/** Names regions by the text and by what was remembered together. */
export interface Fusion {
  /** Those of an image at once: each remembered vector is fetched once for several of them. O(regions · prototypes · d) */
  name(regions: readonly SeenRegion[]): SureNaming[]
}

/**
 * What a project's own masks say of how its regions are best named (fusion-choice.ts).
 * @property head  weighs text and remembered regions together against traits, for these classes, and has half of the say; null: they stand as they are
 */
export interface FusionRule {
  readonly weights: FusionWeights
  readonly head: { readonly trained: TraitHead; readonly classIds: readonly number[] } | null
}

/** @property alpha  most that a neighbour adds  @property half  remembered regions at which a class gets half of it  @property beta  how fast it falls with the distance */
export interface FusionWeights { readonly alpha: number; readonly half: number; readonly beta: number }

/** CLIP's logit scale: a hundred times the cosine is what its softmax was trained on. */
const TEXT_SCALE = 100
/** Nearest remembered regions that vote. */
const NEIGHBOURS = 10
/** β as Tip-Adapter publishes it (Zhang et al. 2022); α₀ and n₀ for whoever has no reason to choose. */
export const FUSION_WEIGHTS: FusionWeights = { alpha: 40, half: 0.5, beta: 5.5 }

/**
 * The closed-form fusion of METHODS §3.1: logits_c = 100·x·t_c + α_c Σ exp(−β(1 − k·k_r)) over the nearest remembered
 * regions of class c, where a rejected one counts against its class; α_c = α₀·n_c/(n_c + n₀) for n_c remembered ones. Where the
 * rule has a head, what it makes of them and of the region's traits has half of the say.
 * @param traits  values at the end of each vector that are traits, not the pack's feature
 * @returns null when nothing is remembered
 */
export function createFusion(lessons: readonly Prototype[], { weights: { alpha, half, beta }, head }: FusionRule, traits = 0): Fusion | null {
  const whole = lessons.at(-1)?.vector.length ?? 0
  const known = lessons.filter(({ vector }) => vector.length === whole)
  const length = whole - traits
  if (length <= 0) return null
  const vectors = inOneArray(known, length)
  const counts = countByClass(known)
  // without the vectors, which would be held twice
  const judged = known.map(({ classId, positive }) => ({ classId, positive }))
  return {
    name(regions) {
      const comparable = regions.filter(({ vector }) => vector.length === whole)
      const near = cosines(comparable.map(({ vector }) => vector.subarray(0, length)), vectors, length)
      return regions.map((region) => {
        const { classIds } = region.text
        const text = textLogits(region.text)
        const votes = new Float64Array(text.length)
        const row = comparable.indexOf(region)
        if (row >= 0) {
          const place = new Map(classIds.map((classId, index) => [classId, index]))
          for (const { index, cosine } of nearest(near.subarray(row * judged.length, (row + 1) * judged.length), (at) => place.has(judged[at].classId))) {
            const { classId, positive } = judged[index]
            votes[place.get(classId) ?? 0] += alpha * voteOf(cosine, positive, counts.get(classId) ?? 0, half, beta)
          }
        }
        const together = text.map((value, c) => value + votes[c])
        const shares = head === null || row < 0 ? softmax(together) : withTraits(head, classIds, together, region.vector.subarray(length))
        const naming = mostLikely(classIds, shares)
        const others = head === null ? votes : shares
        return others.some((value) => value > 0) ? { ...naming, disagreement: largest(text) === largest(others) ? 0 : 1 } : naming
      })
    },
  }
}

/** @returns f64[classIds] shares; a class that the head has not learnt of has its text and votes alone, as sure as the head makes them */
function withTraits({ trained, classIds: learnt }: NonNullable<FusionRule['head']>, classIds: readonly number[], logits: Float64Array, traits: Float32Array): Float64Array {
  const place = new Map(classIds.map((classId, index) => [classId, index]))
  const found = trained.logits(Float64Array.from(learnt, (classId) => logits[place.get(classId) ?? -1] ?? 0), traits)
  const all = logits.map((value) => trained.scale * value)
  learnt.forEach((classId, index) => {
    const at = place.get(classId)
    if (at !== undefined) all[at] = found[index]
  })
  return sharesWith(all, logits, trained.scale)
}

/** f64[classes] */
export const textLogits = ({ cosines: ofText }: TextEvidence): Float64Array => Float64Array.from(ofText, (cosine) => TEXT_SCALE * cosine)

/** f32[prototypes, length], one after another in memory. @param length  of each vector, at most; what follows it is left out */
export function inOneArray(prototypes: readonly Prototype[], length: number): Float32Array {
  const vectors = new Float32Array(prototypes.length * length)
  prototypes.forEach(({ vector }, index) => { vectors.set(vector.subarray(0, length), index * length) })
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
export function largest(values: ArrayLike<number>): number {
  let best = 0
  for (let c = 1; c < values.length; c++) if (values[c] > values[best]) best = c
  return best
}

/** What the text alone says. */
export const nameByText = (text: TextEvidence): SureNaming => mostLikely(text.classIds, softmax(textLogits(text)))

/** @param shares f64[classIds], sums to 1 */
function mostLikely(classIds: readonly number[], shares: Float64Array): SureNaming {
  if (classIds.length === 0) return { classId: null, score: null, margin: 0, entropy: 1 }
  let best = 0, second = 0, entropy = 0
  shares.forEach((share, c) => {
    if (share > 0) entropy -= share * Math.log(share)
    if (share > shares[best]) best = c
  })
  shares.forEach((share, c) => { if (c !== best) second = Math.max(second, share) })
  return { classId: classIds[best], score: Math.min(1, shares[best]), margin: Math.min(1, shares[best] - second), entropy: classIds.length === 1 ? 0 : Math.min(1, Math.max(0, entropy / Math.log(classIds.length))) }
}
