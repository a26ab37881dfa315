/**
 * Confusion of a semantic segmentation over any number of images. `counts` f64[n, n + 1]: row = truth class, column =
 * predicted class, last column = predicted nothing. Pixels whose truth is outside [0, n) are not judged (REFERENCE §7).
 */
export interface Confusion {
  readonly classCount: number
  readonly counts: Float64Array
}

export const createConfusion = (classCount: number): Confusion => ({ classCount, counts: new Float64Array(classCount * (classCount + 1)) })

/**
 * Adds one image. A prediction outside [0, n) counts as "nothing": wrong, but nobody's false positive. O(pixels).
 * @param truth u16[pixels] class or anything ≥ n for unjudged
 * @param prediction u16[pixels] class, or anything ≥ n for none
 */
export function addToConfusion({ classCount, counts }: Confusion, truth: Uint16Array, prediction: Uint16Array): void {
  if (truth.length !== prediction.length) throw new RangeError(`truth has ${truth.length} pixels, prediction ${prediction.length}; they must be of one size`)
  const columns = classCount + 1
  for (let i = 0; i < truth.length; i++) {
    const t = truth[i]
    if (t >= classCount) continue
    counts[t * columns + Math.min(prediction[i], classCount)]++
  }
}

export interface SegmentationFigures {
  /** mean of the IoUs of classes that occur in truth or prediction; null when none does */
  readonly mIoU: number | null
  /** IoU per class in [0, 1]; null for a class absent from truth and predictions (nan-mean) */
  readonly perClass: readonly (number | null)[]
  /** share of judged pixels that are right; null without judged pixels */
  readonly pixelAccuracy: number | null
}

/** IoU = diag / (row + column − diag) per class, nan-mean over classes (REFERENCE §7). O(n²). */
export function figuresOf({ classCount, counts }: Confusion): SegmentationFigures {
  const columns = classCount + 1
  const perClass: (number | null)[] = []
  let right = 0
  let all = 0
  for (let c = 0; c < classCount; c++) {
    let row = 0
    let column = 0
    for (let k = 0; k < columns; k++) row += counts[c * columns + k]
    for (let k = 0; k < classCount; k++) column += counts[k * columns + c]
    const diagonal = counts[c * columns + c]
    const union = row + column - diagonal
    perClass.push(union > 0 ? diagonal / union : null)
    right += diagonal
    all += row
  }
  const present = perClass.filter((value) => value !== null)
  return {
    mIoU: present.length > 0 ? present.reduce((sum, value) => sum + value, 0) / present.length : null,
    perClass,
    pixelAccuracy: all > 0 ? right / all : null,
  }
}
