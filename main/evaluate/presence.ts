/**
 * Presence precision and recall (the report's "AP/AR", REFERENCE §7): a class is present in an image when it has at
 * least one pixel; macro mean over classes, an undefined quotient counts as 0.
 */
export interface PresenceTally {
  readonly both: Float64Array
  readonly truth: Float64Array
  readonly prediction: Float64Array
}

export const createPresenceTally = (classCount: number): PresenceTally => ({ both: new Float64Array(classCount), truth: new Float64Array(classCount), prediction: new Float64Array(classCount) })

const presentClasses = (labels: Uint16Array, classCount: number): Uint8Array => {
  const present = new Uint8Array(classCount)
  for (const label of labels) if (label < classCount) present[label] = 1
  return present
}

/** Adds one image. O(pixels). */
export function addPresence(tally: PresenceTally, truth: Uint16Array, prediction: Uint16Array): void {
  const n = tally.both.length
  const inTruth = presentClasses(truth, n)
  const inPrediction = presentClasses(prediction, n)
  for (let c = 0; c < n; c++) {
    tally.truth[c] += inTruth[c]
    tally.prediction[c] += inPrediction[c]
    tally.both[c] += inTruth[c] & inPrediction[c]
  }
}

export function presenceFigures({ both, truth, prediction }: PresenceTally): { readonly precision: number; readonly recall: number } {
  const mean = (of: Float64Array) => both.reduce((sum, value, c) => sum + (of[c] > 0 ? value / of[c] : 0), 0) / Math.max(1, both.length)
  return { precision: mean(prediction), recall: mean(truth) }
}
