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
/** Upper bits of a positive float that tell it from others: sign, exponent and five of its digits, a step of 3 %. */
const BUCKET_SHIFT = 18, BUCKETS = 1 << 13
/** A cell is reached at the first step at which p > this (METHODS §3.2). */
const REACHED = 0.3
/** Cells of less than this share of the highest p are not walked on from: a hundredth of them never makes 0.3. */
const FAINT = 0.003
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
  const floors = new Float32Array(n)
  const rowStarts = new Int32Array(n + 1), columnStarts = new Int32Array(n + 1)
  const counts = new Uint16Array(BUCKETS)
  for (let i = 0, row = 0; i < n; i++, row += n) {
    const floor = keptFloor(affinity, row, row + n, counts)
    floors[i] = floor
    for (let j = 0; j < n; j++) {
      if (affinity[row + j] < floor) continue
      rowStarts[i + 1]++
      columnStarts[j + 1]++
    }
  }
  for (let i = 0; i < n; i++) {
    rowStarts[i + 1] += rowStarts[i]
    columnStarts[i + 1] += columnStarts[i]
  }
  // the kept entries by row, and again by column: the other half of what makes them symmetric
  const inRow = new Int32Array(rowStarts[n]), inColumn = new Int32Array(rowStarts[n])
  const at = columnStarts.slice()
  for (let i = 0, row = 0, to = 0; i < n; i++, row += n) {
    for (let j = 0; j < n; j++) {
      if (affinity[row + j] < floors[i]) continue
      inRow[to++] = j
      inColumn[at[j]++] = i
    }
  }
  const starts = new Int32Array(n + 1)
  const cells = new Int32Array(2 * inRow.length + n), weights = new Float32Array(cells.length)
  let used = 0
  const put = (cell: number, weight: number): void => {
    cells[used] = cell
    weights[used++] = weight
  }
  for (let i = 0; i < n; i++) {
    let a = rowStarts[i], b = columnStarts[i]
    const aEnd = rowStarts[i + 1], bEnd = columnStarts[i + 1]
    while (a < aEnd || b < bEnd) {
      const j = Math.min(a < aEnd ? inRow[a] : n, b < bEnd ? inColumn[b] : n)
      let weight = 0
      if (a < aEnd && inRow[a] === j) {
        weight += affinity[i * n + j] / 2
        a++
      }
      if (b < bEnd && inColumn[b] === j) {
        weight += affinity[j * n + i] / 2
        b++
      }
      put(j, weight)
    }
    if (used === starts[i]) put(i, 1e-12)
    starts[i + 1] = used
  }
  const scale = new Float64Array(n).fill(1)
  for (let step = 0; step < SINKHORN_STEPS; step++) {
    const sums = new Float64Array(n)
    for (let i = 0; i < n; i++) for (let at = starts[i]; at < starts[i + 1]; at++) sums[i] += weights[at] * scale[cells[at]]
    for (let i = 0; i < n; i++) scale[i] = Math.sqrt(scale[i] / sums[i])
  }
  for (let i = 0; i < n; i++) for (let at = starts[i]; at < starts[i + 1]; at++) weights[at] *= scale[i] * scale[cells[at]]
  return { rows, columns, starts, cells: cells.slice(0, used), weights: weights.slice(0, used) }
}

/** About the ROW_KEPT-th largest value of a row, never nothing: the bits of positive floats are in their order, so their upper ones are a histogram. */
function keptFloor(values: Float32Array, from: number, to: number, counts: Uint16Array): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  counts.fill(0)
  for (let i = from; i < to; i++) if (bits[i] > 0) counts[bits[i] >>> BUCKET_SHIFT]++
  let kept = 0, bucket = BUCKETS - 1
  for (; bucket > 0 && (kept === 0 || kept + counts[bucket] <= ROW_KEPT); bucket--) kept += counts[bucket]
  return new Float32Array(Int32Array.of((bucket + 1) << BUCKET_SHIFT).buffer)[0]
}

/**
 * When a walk from one cell reaches the others: p ← p·A / max p, and a cell's time is the step, interpolated, at which p
 * first exceeds 0.3 (Markov-Map Nearest Neighbour, METHODS §3.2).
 * @returns f32[n], 0 at the cell itself, at most STEPS_MAX + 1. O(steps · kept entries)
 */
export function arrivalTimes(graph: ClickGraph, cell: number): Float32Array {
  const n = graph.starts.length - 1
  const times = new Float32Array(n).fill(STEPS_MAX + 1)
  let p = new Float64Array(n), next = new Float64Array(n)
  p[cell] = 1
  times[cell] = 0
  let open = n - 1
  for (let step = 1; step <= STEPS_MAX && open > 0; step++) {
    walkOn(graph, p, next)
    let highest = 0
    for (let i = 0; i < n; i++) if (next[i] > highest) highest = next[i]
    for (let i = 0; i < n; i++) {
      next[i] /= highest
      if (next[i] > REACHED && times[i] > STEPS_MAX) {
        times[i] = step - (next[i] - REACHED) / Math.max(1e-9, next[i] - p[i])
        open--
      }
    }
    [p, next] = [next, p]
  }
  return times
}

/** next ← p·A, by rows, since A is symmetric. Two entries at a time: those of a row are of different cells, so neither sum waits for the other. */
function walkOn({ starts, cells, weights }: ClickGraph, p: Float64Array, next: Float64Array): void {
  next.fill(0)
  for (let from = 0; from < p.length; from++) {
    const here = p[from]
    if (here < FAINT) continue
    const end = starts[from + 1]
    let k = starts[from]
    for (; k + 1 < end; k += 2) {
      const one = cells[k], two = cells[k + 1]
      const atOne = next[one] + weights[k] * here, atTwo = next[two] + weights[k + 1] * here
      next[one] = atOne
      next[two] = atTwo
    }
    if (k < end) next[cells[k]] += weights[k] * here
  }
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
