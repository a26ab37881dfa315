/** A region a person has judged: what it looks like and which class it is (or, when `positive` is false, is not). */
export interface Prototype {
  readonly classId: number
  readonly positive: boolean
  /** f32[d]; prototypes of another d, an empty vector among them, count for nothing */
  readonly vector: Float32Array
}

/** @property score  [0, 1]: how near the best prototype of the class is, times how clearly it wins */
export interface Naming {
  readonly classId: number | null
  readonly score: number | null
}

/**
 * Nine tenths of the rightly named regions of 24 photos lay within this distance of their nearest prototype; half of the
 * wrongly named ones lay beyond 0.43 (docs/classic.md).
 */
export const DISTANCE_MAX = 0.5
/** Evidence of a prototype falls as exp(−(distance / this)²). */
const REACH = 0.25
/** Nearest prototypes that vote. */
const NEIGHBOURS = 10

/**
 * The class of a region by its nearest prototypes (METHODS §3.1 without a text model: t_c drops out). Each of the nearest
 * votes with exp(−(d/REACH)²) for its class, a rejected one against its class. No class when nothing is within
 * DISTANCE_MAX, or when what is near was rejected.
 * @param vector  f32[d]
 * @returns classId null and score null when nothing fits. O(prototypes · d)
 */
export function nearestPrototypes(vector: Float32Array, prototypes: readonly Prototype[]): Naming {
  const near: { prototype: Prototype; distance: number }[] = []
  for (const prototype of prototypes) {
    if (prototype.vector.length !== vector.length || vector.length === 0) continue
    let squared = 0
    for (let k = 0; k < vector.length; k++) squared += (vector[k] - prototype.vector[k]) ** 2
    const distance = Math.sqrt(squared)
    if (distance <= DISTANCE_MAX) near.push({ prototype, distance })
  }
  near.sort((a, b) => a.distance - b.distance)
  const evidence = new Map<number, { total: number; nearest: number }>()
  let positive = 0
  for (const { prototype, distance } of near.slice(0, NEIGHBOURS)) {
    const vote = Math.exp(-((distance / REACH) ** 2))
    const known = evidence.get(prototype.classId) ?? { total: 0, nearest: Infinity }
    evidence.set(prototype.classId, {
      total: known.total + (prototype.positive ? vote : -vote),
      nearest: prototype.positive ? Math.min(known.nearest, distance) : known.nearest,
    })
    if (prototype.positive) positive += vote
  }
  let best: { classId: number; total: number; nearest: number } | undefined
  for (const [classId, sum] of evidence) {
    if (sum.total > 0 && (best === undefined || sum.total > best.total)) best = { classId, ...sum }
  }
  if (best === undefined) return { classId: null, score: null }
  const nearness = 1 - best.nearest / DISTANCE_MAX
  return { classId: best.classId, score: Math.min(1, Math.max(0, Math.sqrt(nearness * (best.total / positive)))) }
}
