/** The place that a key goes to in a grid of `total` cells read row by row; null: the key goes nowhere here. */
export function gridStep(key: string, at: number, columns: number, total: number): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, PageDown: 3 * columns, PageUp: -3 * columns, Home: -Infinity, End: Infinity }
  const step = steps[key]
  if (step === undefined || total === 0) return null
  return Math.min(total - 1, Math.max(0, at + step))
}
