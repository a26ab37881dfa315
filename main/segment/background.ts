/** The report's margin: background wins where no class has more than 1 − 0.8 − … = 0.1 (REFERENCE §6, D10). */
const REPORT_MARGIN = 0.8
/** Floor of the stuff rule: where no class has more than this, the cell is background. */
const STUFF_FLOOR = 0.1

/**
 * Prepends max(0, 1 − max_c p − 0.8) as channel 0 (the report's rule for VOC; the channels no longer sum to 1).
 * @param p f32[n, c] @returns f32[n, c + 1]
 */
export function withReportBackground(p: Float32Array, classCount: number): Float32Array {
  return prepended(p, classCount, (cell) => Math.max(0, 1 - largest(p, cell * classCount, classCount) - REPORT_MARGIN))
}

/**
 * Prepends the attention map of the start-of-text token, which absorbs what no word explains (AggSD, REFERENCE §3.6).
 * @param p f32[n, c] @param sos f32[n] @returns f32[n, c + 1]
 */
export function withSosBackground(p: Float32Array, classCount: number, sos: Float32Array): Float32Array {
  if (sos.length !== p.length / classCount) throw new RangeError(`the [SOS] map holds ${sos.length} values, but there are ${p.length / classCount} cells`)
  return prepended(p, classCount, (cell) => sos[cell])
}

/**
 * Channel 0 becomes the maximum over the trailing `stuffCount` channels (names like "sky", "wall" that are nobody's class),
 * or 1 where no class exceeds the floor; the stuff channels are dropped.
 * @param p f32[n, c + stuffCount], a softmax over classes and stuff names together
 * @returns f32[n, c + 1]
 */
export function withStuffFloorBackground(p: Float32Array, classCount: number, stuffCount: number, floor: number = STUFF_FLOOR): Float32Array {
  const channels = classCount + stuffCount
  const n = p.length / channels
  const out = new Float32Array(n * (classCount + 1))
  for (let cell = 0; cell < n; cell++) {
    const from = cell * channels
    const to = cell * (classCount + 1)
    const best = largest(p, from, classCount)
    out[to] = best < floor ? 1 : stuffCount > 0 ? largest(p, from + classCount, stuffCount) : 0
    for (let c = 0; c < classCount; c++) out[to + 1 + c] = p[from + c]
  }
  return out
}

function largest(p: Float32Array, from: number, count: number): number {
  let most = -Infinity
  for (let i = from; i < from + count; i++) if (p[i] > most) most = p[i]
  return most
}

function prepended(p: Float32Array, classCount: number, background: (cell: number) => number): Float32Array {
  const n = p.length / classCount
  const out = new Float32Array(n * (classCount + 1))
  for (let cell = 0; cell < n; cell++) {
    out[cell * (classCount + 1)] = background(cell)
    out.set(p.subarray(cell * classCount, (cell + 1) * classCount), cell * (classCount + 1) + 1)
  }
  return out
}
