/** When Lloyd's iteration ends and what an empty cluster becomes. */
export interface KMeansRule {
  readonly maxIterations: number
  /**
   * 'scikit-learn': labels unchanged, or Σ‖shift‖² ≤ tolerance × mean feature variance; an empty cluster takes the farthest point.
   * 'torch-kmeans': mean ‖shift‖ < tolerance, absolute; an empty cluster becomes the zero vector (REFERENCE §5, F11).
   */
  readonly kind: 'scikit-learn' | 'torch-kmeans'
  readonly tolerance: number
}

export const SCIKIT_LEARN_RULE: KMeansRule = { kind: 'scikit-learn', maxIterations: 300, tolerance: 1e-4 }
export const TORCH_KMEANS_RULE: KMeansRule = { kind: 'torch-kmeans', maxIterations: 100, tolerance: 1e-4 }

export interface Clustering {
  /** cluster of each point, 0 … k − 1 (a cluster may be empty) */
  readonly labels: Int32Array
  /** f64[k, d] */
  readonly centres: Float64Array
  /** Σ squared distance to the own centre */
  readonly inertia: number
  readonly iterations: number
}

/**
 * Lloyd's k-means from given centres, for few dimensions (≤ 64 or so; DiffSeg's 4096-dimensional refinement goes through
 * Products instead). Ties go to the lowest cluster. O(n · k · d) an iteration at most: a point whose own centre is surely the
 * nearest by what the centres have moved is not compared with the others (Hamerly 2010); labels are those of the plain iteration.
 * @param points f64[n, d]
 * @param start  f64[k, d]
 */
export function kMeans(points: Float64Array, n: number, d: number, start: Float64Array, k: number, rule: KMeansRule): Clustering {
  let centres = start.slice()
  const labels = new Int32Array(n).fill(-1)
  // distance to the own centre at most, to any other at least
  const upper = new Float64Array(n).fill(Infinity), lower = new Float64Array(n)
  const moved = new Float64Array(k)
  const limit = rule.kind === 'scikit-learn' ? rule.tolerance * meanVariance(points, n, d) : rule.tolerance
  let iterations = 0
  let settled = false
  while (iterations < rule.maxIterations && !settled) {
    iterations++
    const changed = assign(points, n, d, centres, k, labels, upper, lower)
    const next = means(points, n, d, labels, k, centres, rule.kind)
    let shift = 0, most = 0, second = 0, farthest = 0
    for (let c = 0; c < k; c++) {
      const sum = squaredDistance(next, c * d, centres, c * d, d)
      shift += rule.kind === 'scikit-learn' ? sum : Math.sqrt(sum) / k
      moved[c] = Math.sqrt(sum)
      if (moved[c] > most) [second, most, farthest] = [most, moved[c], c]
      else if (moved[c] > second) second = moved[c]
    }
    for (let i = 0; i < n; i++) {
      upper[i] += moved[labels[i]]
      lower[i] -= labels[i] === farthest ? second : most
    }
    centres = next
    if (rule.kind === 'scikit-learn') {
      if (!changed) settled = true
      else if (shift <= limit) break
    } else if (shift < limit) break
  }
  if (!settled) assign(points, n, d, centres, k, labels, upper, lower)
  let inertia = 0
  for (let i = 0; i < n; i++) inertia += squaredDistance(points, i * d, centres, labels[i] * d, d)
  return { labels, centres, inertia, iterations }
}

/** Bounds are sums of some roundings; only what is apart by more is taken for certain. */
const CERTAIN = 1 + 1e-9

/** Nearest centre of each point; true when any label changed. */
function assign(points: Float64Array, n: number, d: number, centres: Float64Array, k: number, labels: Int32Array, upper: Float64Array, lower: Float64Array): boolean {
  const between = distancesBetween(centres, k, d)
  // a point nearer to its centre than half the way to the next centre has no nearer one
  const apart = new Float64Array(k).fill(Infinity)
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) if (a !== b && between[a * k + b] / 2 < apart[a]) apart[a] = between[a * k + b] / 2
  let changed = false
  for (let i = 0; i < n; i++) {
    const known = labels[i]
    if (known >= 0) {
      const sure = Math.max(apart[known], lower[i])
      if (upper[i] * CERTAIN < sure) continue
      upper[i] = Math.sqrt(squaredDistance(points, i * d, centres, known * d, d))
      if (upper[i] * CERTAIN < sure) continue
    }
    let label = known >= 0 ? known : 0, best = known >= 0 ? upper[i] : Math.sqrt(squaredDistance(points, i * d, centres, 0, d)), second = Infinity
    for (let c = 0, from = 0, begun = label; c < k; c++, from += d) {
      if (c === begun) continue
      // no centre is nearer that is twice as far from the best one as the point is
      const least = between[label * k + c] - best
      if (least > best * CERTAIN) {
        if (least < second) second = least
        continue
      }
      const distance = Math.sqrt(squaredDistance(points, i * d, centres, from, d))
      if (distance < best || (distance === best && c < label)) {
        second = best
        best = distance
        label = c
      } else if (distance < second) second = distance
    }
    if (known !== label) {
      labels[i] = label
      changed = true
    }
    upper[i] = best
    lower[i] = second
  }
  return changed
}

/** f64[k, k] distances between centres. O(k² · d) */
function distancesBetween(centres: Float64Array, k: number, d: number): Float64Array {
  const between = new Float64Array(k * k)
  for (let a = 0; a < k; a++) for (let b = 0; b < a; b++) between[a * k + b] = between[b * k + a] = Math.sqrt(squaredDistance(centres, a * d, centres, b * d, d))
  return between
}

/** Σ (a[i + j] − b[k + j])² */
function squaredDistance(a: Float64Array, i: number, b: Float64Array, k: number, d: number): number {
  let sum = 0
  for (let j = 0; j < d; j++) {
    const difference = a[i + j] - b[k + j]
    sum += difference * difference
  }
  return sum
}

function means(points: Float64Array, n: number, d: number, labels: Int32Array, k: number, centres: Float64Array, kind: KMeansRule['kind']): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(k * d)
  const counts = new Int32Array(k)
  for (let i = 0; i < n; i++) {
    const to = labels[i] * d
    counts[labels[i]]++
    for (let j = 0; j < d; j++) sums[to + j] += points[i * d + j]
  }
  const empty = Array.from({ length: k }, (_, c) => c).filter((c) => counts[c] === 0)
  if (empty.length > 0 && kind === 'scikit-learn') {
    const distances = Float64Array.from({ length: n }, (_, i) => squaredDistance(points, i * d, centres, labels[i] * d, d))
    const farthest = Array.from({ length: n }, (_, i) => i).sort((a, b) => distances[b] - distances[a]).slice(0, empty.length)
    farthest.forEach((point, e) => {
      const from = labels[point]
      counts[from]--
      counts[empty[e]] = 1
      for (let j = 0; j < d; j++) {
        sums[from * d + j] -= points[point * d + j]
        sums[empty[e] * d + j] = points[point * d + j]
      }
    })
  }
  for (let c = 0; c < k; c++) if (counts[c] > 0) for (let j = 0; j < d; j++) sums[c * d + j] /= counts[c]
  return sums
}

function meanVariance(points: Float64Array, n: number, d: number): number {
  let total = 0
  for (let j = 0; j < d; j++) {
    let mean = 0
    for (let i = 0; i < n; i++) mean += points[i * d + j]
    mean /= n
    for (let i = 0; i < n; i++) total += (points[i * d + j] - mean) ** 2
  }
  return total / (n * d)
}

/**
 * k-means++ with one candidate a step, drawn with probability ∝ squared distance (Arthur & Vassilvitskii 2007). When all
 * points coincide with chosen centres the draw is uniform. O(n · k · d).
 * @param points f64[n, d]
 * @returns f64[k, d]
 */
export function kMeansPlusPlus(points: Float64Array, n: number, d: number, k: number, random: () => number): Float64Array {
  const centres = new Float64Array(k * d)
  const nearest = new Float64Array(n).fill(Infinity)
  const nearestCentre = new Int32Array(n)
  const far = new Float64Array(k)
  let chosen = Math.min(n - 1, Math.floor(random() * n))
  for (let c = 0; c < k; c++) {
    centres.set(points.subarray(chosen * d, (chosen + 1) * d), c * d)
    // a centre twice as far from a point's nearest one as the point is no nearer
    for (let before = 0; before < c; before++) far[before] = squaredDistance(centres, before * d, centres, c * d, d) / (4 * CERTAIN)
    let total = 0
    for (let i = 0; i < n; i++) {
      if (c === 0 || far[nearestCentre[i]] <= nearest[i]) {
        const sum = squaredDistance(points, i * d, points, chosen * d, d)
        if (sum < nearest[i]) {
          nearest[i] = sum
          nearestCentre[i] = c
        }
      }
      total += nearest[i]
    }
    if (!(total > 0)) {
      chosen = Math.min(n - 1, Math.floor(random() * n))
      continue
    }
    let left = random() * total
    chosen = n - 1
    for (let i = 0; i < n; i++) {
      left -= nearest[i]
      if (left < 0) {
        chosen = i
        break
      }
    }
  }
  return centres
}
