import type { HeldMatrix, Products } from '../products/products.ts'

/** scikit-learn's defaults, which the published code runs on */
const MAX_ITERATIONS = 300
const TOLERANCE = 1e-4

/**
 * k-means on the rows of the affinity from the merged maps: scikit-learn's Lloyd iteration (stop at unchanged labels or at
 * Σ‖shift‖² ≤ 1e-4 × mean feature variance; an empty cluster takes the farthest row). Sums by moving only the rows that changed
 * cluster, distances by one product an iteration with the centres that moved: all at first, soon a few (on photos an eighth of
 * all in the end). O(n² · centres that moved).
 * @param affinity f32[n, n] @param start f32[k, n]
 * @returns f32[k', n] mean row of each non-empty cluster
 */
export async function refineProposals(affinity: Float32Array, n: number, start: Float32Array, products: Products): Promise<Float32Array> {
  const k = start.length / n
  const limit = TOLERANCE * meanColumnVariance(affinity, n)
  const held = await products.hold(affinity, n, n)
  try {
    const state: State = {
      affinity, n, k, centres: start.slice(), norms: new Float64Array(k), dots: new Float32Array(n * k),
      labels: new Int32Array(n).fill(-1), nearest: new Float64Array(n), sums: new Float64Array(k * n), counts: new Int32Array(k),
    }
    let moving = Array.from({ length: k }, (_, c) => c)
    let settled = false
    for (let iteration = 0; iteration < MAX_ITERATIONS && !settled; iteration++) {
      settled = await assign(state, moving, held) === 0
      relocateEmpty(state)
      const shifts = moveCentres(state)
      moving = shifts.moved
      if (shifts.sum <= limit) break
    }
    if (!settled) {
      await assign(state, moving, held)
      moveCentres(state)
    }
    const kept = [...state.counts.keys()].filter((c) => state.counts[c] > 0)
    const out = new Float32Array(kept.length * n)
    kept.forEach((c, i) => out.set(state.centres.subarray(c * n, (c + 1) * n), i * n))
    return out
  } finally {
    held.release()
  }
}

interface State {
  readonly affinity: Float32Array
  readonly n: number
  readonly k: number
  /** f32[k, n] */
  readonly centres: Float32Array
  /** ‖c‖² of each centre */
  readonly norms: Float64Array
  /** f32[n, k] x·c of each row with each centre */
  readonly dots: Float32Array
  readonly labels: Int32Array
  /** ‖c‖² − 2 x·c of the nearest centre: the distance without ‖x‖² */
  readonly nearest: Float64Array
  readonly sums: Float64Array
  readonly counts: Int32Array
}

/** Nearest centre of each row, after some centres have moved; how many rows changed theirs. */
async function assign(state: State, moving: readonly number[], held: HeldMatrix): Promise<number> {
  const { n, k, centres, norms, dots, labels, nearest } = state
  const count = moving.length
  const transposed = new Float32Array(n * count)
  moving.forEach((c, place) => {
    let norm = 0
    for (let t = 0, from = c * n, to = place; t < n; t++, from++, to += count) {
      const value = centres[from]
      transposed[to] = value
      norm += value * value
    }
    norms[c] = norm
  })
  const found = count === 0 ? new Float32Array(0) : await held.times(transposed, count)
  for (let i = 0, from = 0; i < n; i++) for (let place = 0; place < count; place++, from++) dots[i * k + moving[place]] = found[from]
  let moved = 0
  for (let i = 0; i < n; i++) {
    let best = Infinity
    let label = 0
    for (let c = 0; c < k; c++) {
      const distance = norms[c] - 2 * dots[i * k + c]
      if (distance < best) {
        best = distance
        label = c
      }
    }
    nearest[i] = best
    if (labels[i] !== label) {
      move(state, i, label)
      moved++
    }
  }
  return moved
}

function move({ affinity, n, labels, sums, counts }: State, row: number, label: number): void {
  const from = labels[row]
  if (from >= 0) {
    counts[from]--
    for (let t = 0, to = from * n, at = row * n; t < n; t++) sums[to + t] -= affinity[at + t]
  }
  counts[label]++
  for (let t = 0, to = label * n, at = row * n; t < n; t++) sums[to + t] += affinity[at + t]
  labels[row] = label
}

function relocateEmpty(state: State): void {
  const { affinity, n, k, nearest, counts } = state
  const empty = Array.from({ length: k }, (_, c) => c).filter((c) => counts[c] === 0)
  if (empty.length === 0) return
  const distances = Float64Array.from({ length: n }, (_, i) => {
    let norm = 0
    for (let t = 0, at = i * n; t < n; t++, at++) norm += affinity[at] * affinity[at]
    return norm + nearest[i]
  })
  const farthest = Array.from({ length: n }, (_, i) => i).sort((a, b) => distances[b] - distances[a]).slice(0, empty.length)
  farthest.forEach((row, e) => move(state, row, empty[e]))
}

/** Centres become the means of their clusters, one that is still empty stays where it was: those that are elsewhere now, and Σ‖shift‖². */
function moveCentres({ n, k, centres, sums, counts }: State): { readonly moved: number[]; readonly sum: number } {
  const moved: number[] = []
  let sum = 0
  for (let c = 0; c < k; c++) {
    if (counts[c] === 0) continue
    let shift = 0
    for (let t = 0, at = c * n; t < n; t++, at++) {
      const value = Math.fround(sums[at] / counts[c]), difference = value - centres[at]
      shift += difference * difference
      centres[at] = value
    }
    if (shift > 0) moved.push(c)
    sum += shift
  }
  return { moved, sum }
}

function meanColumnVariance(affinity: Float32Array, n: number): number {
  const sums = new Float64Array(n)
  let squares = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0, at = i * n; j < n; j++, at++) {
      const value = affinity[at]
      sums[j] += value
      squares += value * value
    }
  }
  const meanSquares = sums.reduce((total, sum) => total + (sum / n) ** 2, 0)
  return (squares / n - meanSquares) / n
}
