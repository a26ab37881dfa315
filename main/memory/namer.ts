import { addShares, growTree, type Forest, type Tree } from './forest.ts'
import { nearestPrototypes, type Prototype } from './prototypes.ts'

/** How a vector of the memory is laid out: a region vector, then `samples` cells of `columns` values (attention/region-look.ts). */
export interface LookLayout { readonly samples: number; readonly columns: number }

/**
 * @property score    [0, 1] share of the class among all, times how near the region is to anything of that kind
 * @property margin   [0, 1] share of the best class less that of the second; 0 without a class
 * @property entropy  [0, 1] of the shares, over its greatest value; 1 without a class
 * @property disagreement  [0, 1] how much of the region another method gives another class; absent where no other method was at hand
 */
export interface SureNaming {
  readonly disagreement?: number
  readonly classId: number | null
  readonly score: number | null
  readonly margin: number
  readonly entropy: number
}

/** Names regions by what was remembered. Null `ticked`: every class. */
export interface Namer {
  name(look: Float32Array, ticked: readonly number[] | null): SureNaming
}

const TREES = 30
/** Cells that the trees are grown on; of more masks, fewer cells each, and of more than this, the newest. */
const TRAINING_MAX = 8_000
/** Share that a class has in a cell where no tree has seen it. */
const FLOOR = 0.01
/** Remembered regions like this one vote with exp(−(d/REACH)²), weighted against the mean log share of the cells (METHODS §3.1). */
const REACH = 0.25, VOTE = 0.5
/** Distance of region vectors beyond which nothing is like it: no class. */
const GATE = 0.7
const NONE: SureNaming = { classId: null, score: null, margin: 0, entropy: 1 }

/**
 * Learns to name regions from remembered ones: extremely randomised trees on the cells of the positive ones (as ilastik
 * does on pixels), closed-form votes of the remembered regions, rejected ones against their class. Chosen by measurement
 * (docs/classic.md).
 * @param random   [0, 1), seeded
 * @param between  awaited after each tree, so that other work gets its turn; false: stop
 * @returns undefined when stopped. O(TREES · TRAINING_MAX · √columns · depth)
 */
export async function trainNamer(prototypes: readonly Prototype[], { samples, columns }: LookLayout, random: () => number, between: () => Promise<boolean> = () => Promise.resolve(true)): Promise<Namer | undefined> {
  const cellFloats = samples * columns
  const known = prototypes.filter(({ vector }) => vector.length > cellFloats)
  const positive = known.filter((one) => one.positive)
  const taught = positive.slice(-TRAINING_MAX)
  const classIds = [...new Set(taught.map(({ classId }) => classId))].sort((a, b) => a - b)
  const place = new Map(classIds.map((classId, index) => [classId, index]))
  const each = Math.max(1, Math.min(samples, Math.floor(TRAINING_MAX / Math.max(1, taught.length))))
  const cells = new Float32Array(taught.length * each * columns)
  const labels = new Uint16Array(taught.length * each)
  taught.forEach(({ vector, classId }, index) => {
    const from = vector.length - cellFloats
    for (let k = 0; k < each; k++) {
      const sample = Math.floor(((k + 0.5) * samples) / each)
      cells.set(vector.subarray(from + sample * columns, from + (sample + 1) * columns), (index * each + k) * columns)
      labels[index * each + k] = place.get(classId) ?? 0
    }
  })
  const trees: Tree[] = []
  for (let tree = 0; tree < (taught.length === 0 ? 0 : TREES); tree++) {
    trees.push(growTree(cells, columns, labels, classIds.length, random))
    if (!await between()) return undefined
  }
  // one after another in memory: every proposal is compared with all of them
  const length = Math.max(0, ...known.slice(-1).map(({ vector }) => vector.length - cellFloats))
  const vectors = new Float32Array(known.length * length)
  const classOf = Int32Array.from(known, ({ vector, classId }, index) => {
    if (vector.length - cellFloats !== length) return -1
    vectors.set(vector.subarray(0, length), index * length)
    return place.get(classId) ?? -1
  })
  const forest: Forest = { classCount: classIds.length, trees }

  return {
    name(look, ticked) {
      if (look.length <= cellFloats || classIds.length === 0) {
        const { classId, score } = nearestPrototypes(look, ticked === null ? prototypes : prototypes.filter((one) => ticked.includes(one.classId)))
        return { classId, score, margin: score ?? 0, entropy: 1 - (score ?? 0) }
      }
      const { byClass, nearest } = votes(look)
      if (look.length - cellFloats !== length || nearest > GATE) return NONE
      const logits = new Float64Array(classIds.length), shares = new Float64Array(classIds.length)
      for (let sample = 0, at = look.length - cellFloats; sample < samples; sample++, at += columns) {
        shares.fill(0)
        addShares(forest, look, at, shares)
        for (let k = 0; k < shares.length; k++) logits[k] += Math.log(shares[k] + FLOOR) / samples
      }
      const possible = (k: number): boolean => ticked === null || ticked.includes(classIds[k])
      const byTrees = largestOf(logits, possible), byVotes = largestOf(Float64Array.from(byClass, ({ forIt, against }) => forIt - against), possible)
      classIds.forEach((classId, k) => {
        const { forIt, against } = byClass[k]
        logits[k] += VOTE * forIt
        if ((ticked !== null && !ticked.includes(classId)) || (against > 0.1 && against >= forIt)) logits[k] = -Infinity
      })
      return { ...decide(classIds, logits, byClass), disagreement: byTrees === byVotes ? 0 : 1 }
    },
  }

  function votes(look: Float32Array): { byClass: Evidence[]; nearest: number } {
    const byClass = classIds.map((): Evidence => ({ forIt: 0, against: 0, nearest: Infinity }))
    let nearest = Infinity
    for (let i = 0, at = 0; i < classOf.length; i++, at += length) {
      if (classOf[i] < 0) continue
      let squared = 0
      for (let k = 0; k < length && squared <= GATE * GATE; k++) squared += (look[k] - vectors[at + k]) ** 2
      if (squared > GATE * GATE) continue
      const sum = byClass[classOf[i]]
      const vote = Math.exp(-squared / (REACH * REACH))
      if (known[i].positive) {
        sum.forIt += vote
        sum.nearest = Math.min(sum.nearest, Math.sqrt(squared))
        nearest = Math.min(nearest, sum.nearest)
      } else sum.against += vote
    }
    return { byClass, nearest }
  }
}

/** Place of the largest of those that count; −1 when none does. */
function largestOf(values: Float64Array, counts: (index: number) => boolean): number {
  let best = -1
  for (let k = 0; k < values.length; k++) if (counts(k) && (best < 0 || values[k] > values[best])) best = k
  return best
}

interface Evidence { forIt: number; against: number; nearest: number }

function decide(classIds: readonly number[], logits: Float64Array, evidence: readonly Evidence[]): SureNaming {
  const highest = logits.reduce((best, value) => Math.max(best, value), -Infinity)
  if (highest === -Infinity) return NONE
  const shares = logits.map((value) => Math.exp(value - highest))
  const sum = shares.reduce((total, value) => total + value, 0)
  let best = 0, second = 0, entropy = 0
  shares.forEach((value, k) => {
    shares[k] = value / sum
    if (shares[k] > 0) entropy -= shares[k] * Math.log(shares[k])
    if (shares[k] > shares[best]) best = k
  })
  shares.forEach((value, k) => { if (k !== best) second = Math.max(second, value) })
  const distance = Math.min(GATE, evidence[best].nearest)
  return {
    classId: classIds[best],
    score: Math.min(1, shares[best] * (1 - (distance / GATE) ** 2)),
    margin: shares[best] - second,
    entropy: classIds.length === 1 ? 0 : Math.min(1, entropy / Math.log(classIds.length)),
  }
}
