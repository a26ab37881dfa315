/** One measured figure. `holds` is against the target the issue set; null when it could not be measured here. */
export interface Figure {
  readonly value: number | null
  readonly unit: string
  /** the target in words, e.g. '≤ 2 s' */
  readonly target: string
  readonly holds: boolean | null
  /** the peer's figure in the same run, and value / reference or its inverse as the target says */
  readonly reference?: number
  readonly ratio?: number
  /** why it could not be measured */
  readonly why?: string
}

export interface BenchResult {
  readonly figures: Readonly<Record<string, Figure>>
}

/** A figure that holds when it is at most `limit`. */
export const atMost = (value: number, limit: number, unit: string): Figure => ({ value, unit, target: `≤ ${limit} ${unit}`, holds: value <= limit })

/** Median of a non-empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The q-quantile (0…1) of a non-empty list, nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]
}
