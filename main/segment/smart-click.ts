/** A click: px of the guide picture; `include` false: not this. */
export interface Click { readonly x: number; readonly y: number; readonly include: boolean }

/** The affinity made doubly stochastic and sparse, row by row: `cells[starts[i] … starts[i + 1]]` with `weights`. */
export interface ClickGraph {
  readonly rows: number
  readonly columns: number
  readonly starts: Int32Array
  readonly cells: Int32Array
  readonly weights: Float32Array
}

/** Largest entries of each row that are kept; the rest of a row is its long flat tail. */
const ROW_KEPT = 64
const SINKHORN_STEPS = 6
/** A cell is reached at the first step at which p > this (METHODS §3.2). */
const REACHED = 0.3
/** Cells not reached by this step count as reached one step later. */
export const STEPS_MAX = 40
/** Regions that a threshold is looked for among: at least this many cells, at most this share of the picture. */
const CELLS_MIN = 3, SHARE_MAX = 0.5

/**
 * Prepares an affinity for clicks, once per image: the strongest entries of each row, made symmetric, then doubly
 * stochastic (symmetric Sinkhorn steps).
 * @param affinity  f32[n, n], n = rows · columns
 * O(n²)
 */
export function prepareClicks(affinity: Float32Array, columns: number, rows: number): ClickGraph {
  const n = columns * rows
  if (affinity.length !== n * n) throw new RangeError(`the affinity holds ${affinity.length} values; ${columns} × ${rows} cells need ${n * n}`)
  const neighbours = Array.from({ length: n }, () => new Map<number, number>())
  for (let i = 0; i < n; i++) {
    const row = affinity.subarray(i * n, (i + 1) * n)
    const floor = keptFloor(row)
    for (let j = 0; j < n; j++) {
      if (row[j] < floor || row[j] <= 0) continue
      neighbours[i].set(j, (neighbours[i].get(j) ?? 0) + row[j] / 2)
      neighbours[j].set(i, (neighbours[j].get(i) ?? 0) + row[j] / 2)
    }
    if (!neighbours[i].has(i)) neighbours[i].set(i, 1e-12)
  }
  const starts = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) starts[i + 1] = starts[i] + neighbours[i].size
  const cells = new Int32Array(starts[n]), weights = new Float32Array(starts[n])
  for (let i = 0; i < n; i++) {
    let at = starts[i]
    for (const [cell, weight] of neighbours[i]) {
      cells[at] = cell
      weights[at++] = weight
    }
  }
  const scale = new Float64Array(n).fill(1)
  for (let step = 0; step < SINKHORN_STEPS; step++) {
    const sums = new Float64Array(n)
    for (let i = 0; i < n; i++) for (let at = starts[i]; at < starts[i + 1]; at++) sums[i] += weights[at] * scale[cells[at]]
    for (let i = 0; i < n; i++) scale[i] = Math.sqrt(scale[i] / sums[i])
  }
  for (let i = 0; i < n; i++) for (let at = starts[i]; at < starts[i + 1]; at++) weights[at] *= scale[i] * scale[cells[at]]
  return { rows, columns, starts, cells, weights }
}

/** About the ROW_KEPT-th largest value, by halving a logarithmic range. */
function keptFloor(row: Float32Array): number {
  let high = 0
  for (const value of row) if (value > high) high = value
  let low = high * 1e-6
  for (let step = 0; step < 12; step++) {
    const middle = Math.sqrt(low * high)
    let count = 0
    for (const value of row) if (value >= middle) count++
    if (count > ROW_KEPT) low = middle
    else high = middle
  }
  return high
}

/**
 * When a walk from one cell reaches the others: p ← p·A / max p, and a cell's time is the step, interpolated, at which p
 * first exceeds 0.3 (Markov-Map Nearest Neighbour, METHODS §3.2).
 * @returns f32[n], 0 at the cell itself, at most STEPS_MAX + 1. O(steps · kept entries)
 */
export function arrivalTimes(graph: ClickGraph, cell: number): Float32Array {
  const { starts, cells, weights } = graph
  const n = starts.length - 1
  const times = new Float32Array(n).fill(STEPS_MAX + 1)
  let p = new Float32Array(n), next = new Float32Array(n)
  p[cell] = 1
  times[cell] = 0
  let open = n - 1
  for (let step = 1; step <= STEPS_MAX && open > 0; step++) {
    let highest = 0
    for (let i = 0; i < n; i++) {
      let sum = 0
      // the matrix is symmetric: a row is a column
      for (let at = starts[i]; at < starts[i + 1]; at++) sum += weights[at] * p[cells[at]]
      next[i] = sum
      if (sum > highest) highest = sum
    }
    for (let i = 0; i < n; i++) {
      next[i] /= highest
      if (times[i] > STEPS_MAX && next[i] > REACHED) {
        times[i] = step - (next[i] - REACHED) / Math.max(1e-9, next[i] - p[i])
        open--
      }
    }
    const swapped = p
    p = next
    next = swapped
  }
  return times
}

/**
 * Time up to which the cells around a click are one thing: of the regions {time ≤ t} the one with the least
 * conductance (share of its affinity that leads out of it), as a sweep over the times.
 * @param times  f32[n]
 * @returns a time. O(kept entries + n log n)
 */
export function sweepThreshold(graph: ClickGraph, times: Float32Array): number {
  const { starts, cells, weights } = graph
  const n = times.length
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => times[a] - times[b] || a - b)
  const inside = new Uint8Array(n)
  let cut = 0, best = Infinity, threshold = 0
  for (let size = 1; size <= n * SHARE_MAX; size++) {
    const cell = order[size - 1]
    if (times[cell] > STEPS_MAX) break
    for (let at = starts[cell]; at < starts[cell + 1]; at++) {
      if (cells[at] !== cell) cut += inside[cells[at]] === 1 ? -weights[at] : weights[at]
    }
    inside[cell] = 1
    if (size < CELLS_MIN || (size < n && times[order[size]] === times[cell])) continue
    const conductance = cut / size
    if (conductance < best) {
      best = conductance
      threshold = size < n ? (times[cell] + Math.min(STEPS_MAX + 1, times[order[size]])) / 2 : times[cell]
    }
  }
  return threshold
}

/** Kept within bounds, so that a walk never outvotes the colours by any amount. */
const clamped = (value: number): number => Math.max(-4, Math.min(4, value))

/**
 * How much each cell belongs to what was clicked: log of the nearest excluding time over the nearest including one;
 * the threshold stands in for an excluding click everywhere.
 * @param times      of each click
 * @param threshold  a time: cells reached later are out
 * @returns f32[n], positive inside
 */
export function clickMembership(clicks: readonly Click[], times: readonly Float32Array[], threshold: number): Float32Array {
  const n = times[0]?.length ?? 0
  const membership = new Float32Array(n)
  for (let i = 0; i < n; i++) {
    let inside = Infinity, outside = threshold
    clicks.forEach(({ include }, k) => {
      if (include) inside = Math.min(inside, times[k][i])
      else outside = Math.min(outside, times[k][i])
    })
    membership[i] = clamped(Math.log((outside + 0.5) / (inside + 0.5)))
  }
  return membership
}
