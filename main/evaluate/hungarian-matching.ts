import { assignRows } from './assignment.ts'

/**
 * Sums for judging clusters that have no names (DiffSeg's evaluation, REFERENCE §7): per image, clusters are matched
 * to truth classes so that the overlap is greatest; false positives are counted for matched clusters only.
 */
export interface MatchedTally {
  readonly truePositive: Float64Array
  readonly falseNegative: Float64Array
  readonly falsePositive: Float64Array
}

export const createMatchedTally = (classCount: number): MatchedTally => ({
  truePositive: new Float64Array(classCount),
  falseNegative: new Float64Array(classCount),
  falsePositive: new Float64Array(classCount),
})

/** For readers of these figures. A class that is nowhere in the truth has no pixel to find, and every pixel of its cluster is a false positive. */
export const MATCHED_LEGEND = 'clusters without names, matched to the truth image by image (Hungarian). As published, every class gets a cluster while there are enough: a class that is nowhere in the truth has 0.0, and counts in the mean, once a cluster fell to it'

/**
 * Adds one image.
 * @param truth u16[pixels], ≥ n = unjudged
 * @param clusters u16[pixels] in [0, clusterCount)
 * O(pixels + n² · max(n, clusterCount))
 */
export function addMatched(tally: MatchedTally, truth: Uint16Array, clusters: Uint16Array, clusterCount: number): void {
  const n = tally.truePositive.length
  const columns = Math.max(n, clusterCount)
  const overlap = new Float64Array(n * columns)
  for (let i = 0; i < truth.length; i++) if (truth[i] < n && clusters[i] < clusterCount) overlap[truth[i] * columns + clusters[i]]++
  const match = assignRows(overlap.map((value) => -value), n, columns)
  for (let c = 0; c < n; c++) {
    let row = 0
    for (let k = 0; k < columns; k++) row += overlap[c * columns + k]
    let column = 0
    for (let k = 0; k < n; k++) column += overlap[k * columns + match[c]]
    const hit = overlap[c * columns + match[c]]
    tally.truePositive[c] += hit
    tally.falseNegative[c] += row - hit
    tally.falsePositive[c] += column - hit
  }
}

/** IoU per class = TP / (TP + FN + FP) over all images; null where the class never occurs; and the mean. */
export function matchedFigures({ truePositive, falseNegative, falsePositive }: MatchedTally): { readonly mIoU: number | null; readonly perClass: readonly (number | null)[]; readonly pixelAccuracy: number | null } {
  const perClass = Array.from(truePositive, (tp, c) => {
    const union = tp + falseNegative[c] + falsePositive[c]
    return union > 0 ? tp / union : null
  })
  const present = perClass.filter((value) => value !== null)
  const judged = truePositive.reduce((sum, tp, c) => sum + tp + falseNegative[c], 0)
  return {
    mIoU: present.length > 0 ? present.reduce((sum, value) => sum + value, 0) / present.length : null,
    perClass,
    pixelAccuracy: judged > 0 ? truePositive.reduce((sum, value) => sum + value, 0) / judged : null,
  }
}
