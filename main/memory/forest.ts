/** Extremely randomised trees in flat arrays; node 0 of each tree is its root. */
export interface Forest {
  readonly classCount: number
  readonly trees: readonly Tree[]
}
export interface Tree {
  /** column a node asks for; −1: a leaf */
  readonly column: Int16Array
  readonly threshold: Float32Array
  /** first child of an inner node, the second follows it; of a leaf, the place of its shares in `shares` */
  readonly next: Int32Array
  /** f32[leaves, classCount]  each row sums to 1 */
  readonly shares: Float32Array
}

/** Leaves with fewer samples than twice this are not split. */
const LEAF_MIN = 2
/** Deeper than this nothing is split: what is left can't be told apart by thresholds. */
const DEPTH_MAX = 24

/**
 * Trains one extremely randomised tree (Geurts, Ernst & Wehenkel 2006): at each node √columns columns are drawn, each with
 * one threshold drawn between the node's least and greatest value; the split with the largest Gini gain stands.
 * @param samples  f32[n, columns]
 * @param labels   u16[n]  0 … classCount − 1
 * @param random   [0, 1)
 * O(n · √columns · depth)
 */
export function growTree(samples: Float32Array, columns: number, labels: Uint16Array, classCount: number, random: () => number): Tree {
  const n = labels.length
  if (samples.length !== n * columns) throw new RangeError(`${n} samples of ${columns} columns need ${n * columns} values; got ${samples.length}`)
  const order = Int32Array.from({ length: n }, (_, i) => i)
  const column: number[] = [], threshold: number[] = [], next: number[] = [], shares: number[] = []
  const tries = Math.max(1, Math.round(Math.sqrt(columns)))
  const stack: { node: number; from: number; to: number; depth: number }[] = [{ node: 0, from: 0, to: n, depth: 0 }]
  column.push(-1); threshold.push(0); next.push(0)
  const counts = new Float64Array(classCount), left = new Float64Array(classCount)
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, from, to, depth } = top
    counts.fill(0)
    for (let i = from; i < to; i++) counts[labels[order[i]]]++
    const size = to - from
    let bestGain = 1e-12, bestColumn = -1, bestThreshold = 0
    if (size >= 2 * LEAF_MIN && depth < DEPTH_MAX && !counts.includes(size)) {
      const parent = sumOfSquares(counts) / size
      for (let attempt = 0; attempt < tries; attempt++) {
        const c = Math.min(columns - 1, Math.floor(random() * columns))
        let low = Infinity, high = -Infinity
        for (let i = from; i < to; i++) {
          const value = samples[order[i] * columns + c]
          if (value < low) low = value
          if (value > high) high = value
        }
        const at = low + random() * (high - low)
        if (!(high > low)) continue
        left.fill(0)
        let leftSize = 0
        for (let i = from; i < to; i++) {
          if (samples[order[i] * columns + c] < at) {
            left[labels[order[i]]]++
            leftSize++
          }
        }
        const rightSize = size - leftSize
        if (leftSize < LEAF_MIN || rightSize < LEAF_MIN) continue
        let rightSquares = 0
        for (let k = 0; k < classCount; k++) rightSquares += (counts[k] - left[k]) ** 2
        const gain = sumOfSquares(left) / leftSize + rightSquares / rightSize - parent
        if (gain > bestGain) [bestGain, bestColumn, bestThreshold] = [gain, c, at]
      }
    }
    if (bestColumn < 0) {
      next[node] = shares.length
      for (let k = 0; k < classCount; k++) shares.push(counts[k] / size)
      continue
    }
    let middle = from
    for (let i = from; i < to; i++) {
      if (samples[order[i] * columns + bestColumn] >= bestThreshold) continue
      const swapped = order[i]
      order[i] = order[middle]
      order[middle++] = swapped
    }
    column[node] = bestColumn
    threshold[node] = bestThreshold
    const child = column.length
    next[node] = child
    column.push(-1, -1); threshold.push(0, 0); next.push(0, 0)
    stack.push({ node: child, from, to: middle, depth: depth + 1 }, { node: child + 1, from: middle, to, depth: depth + 1 })
  }
  return { column: Int16Array.from(column), threshold: Float32Array.from(threshold), next: Int32Array.from(next), shares: Float32Array.from(shares) }
}

/**
 * Mean class shares of one sample over the trees, added to `out`.
 * @param samples  f32[.., columns], of which the row at `at` is looked at
 * @param out      f64[classCount]
 * O(trees · (depth + classes))
 */
export function addShares(forest: Forest, samples: Float32Array, at: number, out: Float64Array): void {
  const { trees, classCount } = forest
  for (const { column, threshold, next, shares } of trees) {
    let node = 0
    while (column[node] >= 0) node = next[node] + (samples[at + column[node]] < threshold[node] ? 0 : 1)
    const leaf = next[node]
    for (let k = 0; k < classCount; k++) out[k] += shares[leaf + k] / trees.length
  }
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value * value
  return sum
}
