import { addToBoundary, boundaryFigures, createBoundaryTally, type BoundaryTally } from './boundary-iou.ts'
import { addToConfusion, createConfusion, figuresOf, type Confusion } from './confusion.ts'
import { addMatched, createMatchedTally, matchedFigures, type MatchedTally } from './hungarian-matching.ts'
import { addPresence, createPresenceTally, presenceFigures, type PresenceTally } from './presence.ts'

/** Everything that is summed over images to judge one method at one size. Sums of parts are the whole, so a run can be resumed. */
export interface Tally {
  images: number
  readonly confusion: Confusion
  readonly boundary: BoundaryTally
  readonly presence: PresenceTally
  readonly matched: MatchedTally
}

export const createTally = (classCount: number): Tally => ({
  images: 0,
  confusion: createConfusion(classCount),
  boundary: createBoundaryTally(classCount),
  presence: createPresenceTally(classCount),
  matched: createMatchedTally(classCount),
})

/** The sums of a tally as flat arrays, in a fixed order: for adding, storing and reading back. */
const arraysOf = ({ confusion, boundary, presence, matched }: Tally): readonly Float64Array[] => [
  confusion.counts, boundary.intersection, boundary.union, presence.both, presence.truth, presence.prediction,
  matched.truePositive, matched.falseNegative, matched.falsePositive,
]

/**
 * Judges one image whose prediction carries class names.
 * @param truth, prediction u16[height, width] place in the class list; ≥ n = unjudged, or nothing predicted
 */
export function judgeNamed(tally: Tally, truth: Uint16Array, prediction: Uint16Array, width: number, height: number): void {
  addToConfusion(tally.confusion, truth, prediction)
  addToBoundary(tally.boundary, truth, prediction, width, height)
  addPresence(tally.presence, truth, prediction)
  tally.images++
}

/** Judges one image of nameless clusters (u16 in [0, clusterCount)) by Hungarian matching. */
export function judgeNameless(tally: Tally, truth: Uint16Array, clusters: Uint16Array, clusterCount: number): void {
  addMatched(tally.matched, truth, clusters, clusterCount)
  tally.images++
}

export function addTally(sum: Tally, part: Tally): void {
  const into = arraysOf(sum)
  arraysOf(part).forEach((array, k) => { for (let i = 0; i < array.length; i++) into[k][i] += array[i] })
  sum.images += part.images
}

/** Sparse and JSON-ready: per array, index and value of what is not zero. */
export interface StoredTally {
  readonly images: number
  readonly arrays: readonly (readonly number[])[]
}

export const storeTally = (tally: Tally): StoredTally => ({
  images: tally.images,
  arrays: arraysOf(tally).map((array) => { const list: number[] = []; array.forEach((value, i) => { if (value !== 0) list.push(i, value) }); return list }),
})

export function restoreTally(stored: StoredTally, classCount: number): Tally {
  const tally = createTally(classCount)
  tally.images = stored.images
  const into = arraysOf(tally)
  stored.arrays.forEach((list, k) => { for (let i = 0; i < list.length; i += 2) into[k][list[i]] = list[i + 1] })
  return tally
}

export interface Figures {
  readonly images: number
  readonly mIoU: number | null
  readonly perClass: Readonly<Record<string, number | null>>
  readonly pixelAccuracy: number | null
  readonly boundaryIoU: number | null
  readonly boundaryPerClass: Readonly<Record<string, number | null>> | null
  readonly presence: { readonly precision: number; readonly recall: number } | null
  /** [truth][prediction], last column = predicted nothing; null for nameless clusters */
  readonly confusion: readonly (readonly number[])[] | null
  /** 'named': by class names; 'matched': by Hungarian matching of nameless clusters */
  readonly judgedBy: 'named' | 'matched'
}

/** Figures of a tally; `classes` in the order of the class list. */
export function judge(tally: Tally, classes: readonly string[], judgedBy: 'named' | 'matched'): Figures {
  const byName = (values: readonly (number | null)[]) => Object.fromEntries(classes.map((name, c) => [name, values[c]]))
  if (judgedBy === 'matched') {
    const { mIoU, perClass, pixelAccuracy } = matchedFigures(tally.matched)
    return { images: tally.images, mIoU, perClass: byName(perClass), pixelAccuracy, boundaryIoU: null, boundaryPerClass: null, presence: null, confusion: null, judgedBy }
  }
  const { mIoU, perClass, pixelAccuracy } = figuresOf(tally.confusion)
  const boundary = boundaryFigures(tally.boundary)
  const columns = classes.length + 1
  return {
    images: tally.images,
    mIoU,
    perClass: byName(perClass),
    pixelAccuracy,
    boundaryIoU: boundary.mean,
    boundaryPerClass: byName(boundary.perClass),
    presence: presenceFigures(tally.presence),
    confusion: classes.map((_, c) => [...tally.confusion.counts.subarray(c * columns, (c + 1) * columns)]),
    judgedBy,
  }
}
