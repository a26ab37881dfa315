import type { SureNaming } from './namer.ts'
import type { Prototype } from './prototypes.ts'

/** How near a region is to what the classes are called. */
export interface TextEvidence {
  readonly classIds: readonly number[]
  /** [−1, 1] of each class: cosine of the region's vector and the class's text embedding */
  readonly cosines: Float32Array
}

/** Names regions by the text and by what was remembered together. */
export interface Fusion {
  /** @param vector  f32[d] of length 1 */
  name(vector: Float32Array, text: TextEvidence): SureNaming
}

/** @property alpha  most that a neighbour adds  @property half  remembered regions at which a class gets half of it  @property beta  how fast it falls with the distance */
export interface FusionWeights { readonly alpha: number; readonly half: number; readonly beta: number }

/** CLIP's logit scale: a hundred times the cosine is what its softmax was trained on. */
const TEXT_SCALE = 100
/** Nearest remembered regions that vote. */
const NEIGHBOURS = 10
/**
 * β as Tip-Adapter publishes it (Zhang et al. 2022); α₀ and n₀ the largest lesson that cost no right name where the text knows
 * the classes, on the demo pack's tuning scenes (docs/effort.md).
 */
const WEIGHTS: FusionWeights = { alpha: 40, half: 0.5, beta: 5.5 }

/**
 * The closed-form fusion of METHODS §3.1: logits_c = 100·x·t_c + α_c Σ exp(−β(1 − k·k_r)) over the nearest remembered
 * regions of class c, where a rejected one counts against its class; α_c = α₀·n_c/(n_c + n₀) for n_c remembered ones.
 * @returns null when nothing is remembered. Naming is O(prototypes · d)
 */
export function createFusion(prototypes: readonly Prototype[], { alpha, half, beta }: FusionWeights = WEIGHTS): Fusion | null {
  const length = prototypes.at(-1)?.vector.length ?? 0
  const known = prototypes.filter(({ vector }) => vector.length === length)
  if (length === 0) return null
  // one after another in memory: every proposal is compared with all of them
  const vectors = new Float32Array(known.length * length)
  known.forEach(({ vector }, index) => { vectors.set(vector, index * length) })
  const counts = new Map<number, number>()
  for (const { classId } of known) counts.set(classId, (counts.get(classId) ?? 0) + 1)

  return {
    name(vector, { classIds, cosines }) {
      const logits = Float64Array.from(cosines, (cosine) => TEXT_SCALE * cosine)
      if (vector.length === length) {
        const place = new Map(classIds.map((classId, index) => [classId, index]))
        for (const { index, cosine } of nearest(vector, place)) {
          const { classId, positive } = known[index]
          const count = counts.get(classId) ?? 0
          const vote = ((alpha * count) / (count + half)) * Math.exp(-beta * (1 - cosine))
          logits[place.get(classId) ?? 0] += positive ? vote : -vote
        }
      }
      return mostLikely(classIds, logits)
    },
  }

  function nearest(vector: Float32Array, place: ReadonlyMap<number, number>): { index: number; cosine: number }[] {
    const near: { index: number; cosine: number }[] = []
    for (let index = 0; index < known.length; index++) {
      if (!place.has(known[index].classId)) continue
      const cosine = dot(vector, vectors, index * length, length)
      if (near.length === NEIGHBOURS && cosine <= near[NEIGHBOURS - 1].cosine) continue
      const before = near.findIndex((one) => one.cosine < cosine)
      near.splice(before < 0 ? near.length : before, 0, { index, cosine })
      if (near.length > NEIGHBOURS) near.pop()
    }
    return near
  }
}

/** Σ a[k] · b[from + k]; four sums, since the additions of one wait for each other. */
function dot(a: Float32Array, b: Float32Array, from: number, length: number): number {
  let first = 0, second = 0, third = 0, fourth = 0, k = 0
  for (; k + 3 < length; k += 4) {
    first += a[k] * b[from + k]
    second += a[k + 1] * b[from + k + 1]
    third += a[k + 2] * b[from + k + 2]
    fourth += a[k + 3] * b[from + k + 3]
  }
  for (; k < length; k++) first += a[k] * b[from + k]
  return first + second + third + fourth
}

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
