import type { Annotation } from '../../main/contract/records.ts'

/** Least score of a proposal that is shown, by class; `null` is the regions nobody has named. No entry: all are shown. */
export type Thresholds = ReadonlyMap<number | null, number>

/** How many of some scores in [0, 1] lie in each of `bins` equal parts; 1 belongs to the last. O(scores). */
export function histogram(scores: readonly number[], bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0)
  for (const score of scores) counts[Math.min(bins - 1, Math.floor(score * bins))]++
  return counts
}

/** Proposals whose score is below their class's threshold; what a person judged or made, and what has no score, never is. O(annotations). */
export function belowThreshold(annotations: readonly Annotation[], thresholds: Thresholds): ReadonlySet<number> {
  return new Set(annotations.filter(({ state, score, classId }) => state === 'pending' && score !== null && score < (thresholds.get(classId) ?? 0)).map(({ id }) => id))
}
