import { createTally, addTally, judgeNamed, judgeNameless, storeTally, restoreTally, type StoredTally, type Tally } from '../../evaluate/judgement.ts'
import { NO_LABEL, type LabelMap } from '../../formats/label-png.ts'
import { resizeNearest } from '../../resample/nearest.ts'
import { pillowNearest } from '../../resample/pillow-nearest.ts'

/** Side of the square that the report judges at, both axes squashed (REFERENCE §7). */
export const REPORT_SIZE = 320

/** The two sizes everything is judged at. */
export const PROTOCOLS = { original: 'original size', report: `${REPORT_SIZE}×${REPORT_SIZE}, squashed (the report’s protocol)` } as const
export type Protocol = keyof typeof PROTOCOLS
export type ProtocolTallies = Readonly<Record<Protocol, Tally>>

export const createProtocolTallies = (classCount: number): ProtocolTallies => ({ original: createTally(classCount), report: createTally(classCount) })

export function addProtocolTallies(sum: ProtocolTallies, part: ProtocolTallies): void {
  addTally(sum.original, part.original)
  addTally(sum.report, part.report)
}

export type StoredTallies = Readonly<Record<Protocol, StoredTally>>
export const storeTallies = (tallies: ProtocolTallies): StoredTallies => ({ original: storeTally(tallies.original), report: storeTally(tallies.report) })
export const restoreTallies = (stored: StoredTallies, classCount: number): ProtocolTallies => ({ original: restoreTally(stored.original, classCount), report: restoreTally(stored.report, classCount) })

/**
 * Judges one image at both sizes. Truth comes to the report's size by Pillow's nearest (R5); a prediction of another
 * size than it is judged at comes to that by torch's nearest (R6).
 * @param atReportSize the prediction made for the report's size, when there is one of its own
 * @param clusterCount given when the prediction is nameless clusters
 */
export function judgeImage(tallies: ProtocolTallies, truth: LabelMap, prediction: LabelMap, atReportSize: LabelMap = prediction, clusterCount?: number): void {
  const judge = (tally: Tally, truthLabels: Uint16Array, predicted: LabelMap, width: number, height: number) => {
    const labels = predicted.width === width && predicted.height === height ? predicted.labels : resizeNearest(predicted.labels, predicted.height, predicted.width, height, width)
    if (clusterCount === undefined) judgeNamed(tally, truthLabels, labels, width, height)
    else judgeNameless(tally, truthLabels, labels, clusterCount)
  }
  judge(tallies.original, truth.labels, prediction, truth.width, truth.height)
  judge(tallies.report, pillowNearest(truth.labels, truth.height, truth.width, REPORT_SIZE, REPORT_SIZE), atReportSize, REPORT_SIZE, REPORT_SIZE)
}

export const nothingPredicted = (width: number, height: number): LabelMap => ({ width, height, labels: new Uint16Array(width * height).fill(NO_LABEL) })
