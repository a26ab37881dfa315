import { connectedComponents } from '../masks/components.ts'

/** What two neighbours have in common: how much border, and the summed contrast across it. */
interface Border { length: number; contrast: number }

/** Regions smaller than this are given to the neighbour with the longest border, cells. */
const CELLS_MIN = 6
/** Cost below which two neighbours become one; found on 24 photos (docs/classic.md). */
const COST_MAX = 0.11
/** A pair of equal regions of 1/40 of the picture each pays its contrast; smaller ones merge more easily, by this power. */
const SIZE_SCALE = 20, SIZE_POWER = 0.5

/**
 * Joins neighbouring regions that look alike, the cheapest pair first, so that a sky or a wall that spectral clustering
 * has cut in pieces is whole again. Cost of a pair = (½ distance of the mean features + ½ mean contrast across their
 * border) · (harmonic mean of their shares of the picture · SIZE_SCALE) ^ SIZE_POWER.
 * @param labels  i32[rows · columns]  clusters; each connected part is a region of its own
 * @param features  f32[rows · columns, count]
 * @param weights  [count] of the feature columns in the distance
 * @returns u16[rows · columns], regions 0 … count − 1, each connected (4). O(regions² · count) for the merging
 */
export function mergeRegions(labels: Int32Array, features: Float32Array, weights: readonly number[], columns: number, rows: number): { regions: Uint16Array; count: number } {
  const n = columns * rows, dimensions = weights.length
  if (labels.length !== n || features.length !== n * dimensions) throw new RangeError(`${columns} × ${rows} cells with ${dimensions} features need ${n} labels and ${n * dimensions} values; got ${labels.length} and ${features.length}`)
  const start = withoutSpecks(Uint16Array.from(labels), columns, rows, CELLS_MIN)
  const { ids, count, areasPx2 } = connectedComponents(start, columns, rows, 4)
  const sizes = Float64Array.from(areasPx2)
  const means = Array.from({ length: count }, () => new Float64Array(dimensions))
  for (let i = 0; i < n; i++) for (let k = 0; k < dimensions; k++) means[ids[i]][k] += (features[i * dimensions + k] * weights[k]) / sizes[ids[i]]
  const borders = bordersOf(ids, count, features, weights, columns, rows)
  const into = Int32Array.from({ length: count }, (_, region) => region)
  const alive = new Set(into)
  for (;;) {
    let best = COST_MAX, first = -1, second = -1
    for (const a of alive) {
      for (const [b, border] of borders[a]) {
        if (b < a) continue
        let squared = 0
        for (let k = 0; k < dimensions; k++) squared += (means[a][k] - means[b][k]) ** 2
        const share = (2 * sizes[a] * sizes[b]) / (sizes[a] + sizes[b]) / n
        const cost = 0.5 * (Math.sqrt(squared) + border.contrast / border.length) * (share * SIZE_SCALE) ** SIZE_POWER
        if (cost <= best) [best, first, second] = [cost, a, b]
      }
    }
    if (first < 0) break
    const size = sizes[first] + sizes[second]
    for (let k = 0; k < dimensions; k++) means[first][k] = (means[first][k] * sizes[first] + means[second][k] * sizes[second]) / size
    sizes[first] = size
    for (const [other, border] of borders[second]) {
      borders[other].delete(second)
      if (other === first) continue
      const known = borders[first].get(other)
      const joined = { length: border.length + (known?.length ?? 0), contrast: border.contrast + (known?.contrast ?? 0) }
      borders[first].set(other, joined)
      borders[other].set(first, joined)
    }
    alive.delete(second)
    into[second] = first
  }
  const root = (region: number): number => (into[region] === region ? region : root(into[region]))
  const merged = connectedComponents(Uint16Array.from(ids, (id) => root(id)), columns, rows, 4)
  return { regions: Uint16Array.from(merged.ids), count: merged.count }
}

/**
 * Gives every connected part smaller than `areaMin` to the neighbour it shares the longest border with, the smaller to
 * the larger, until none is left (or the picture is one part).
 * @param labels  u16[height, width]
 * @returns new labels. O(pixels · passes), few passes
 */
export function withoutSpecks(labels: Uint16Array, width: number, height: number, areaMin: number): Uint16Array {
  let current = labels
  for (;;) {
    const { ids, count, areasPx2, labelOf } = connectedComponents(current, width, height, 4)
    const small = Uint8Array.from(areasPx2, (areaPx2) => (areaPx2 < areaMin ? 1 : 0))
    if (!small.includes(1)) return current
    const shared = new Map<number, number>()
    const touch = (a: number, b: number): void => {
      if (small[a] === 1) shared.set(a * count + b, (shared.get(a * count + b) ?? 0) + 1)
      if (small[b] === 1) shared.set(b * count + a, (shared.get(b * count + a) ?? 0) + 1)
    }
    for (let y = 0, at = 0; y < height; y++) {
      const right = at + width - 1
      for (; at <= right; at++) {
        const own = ids[at]
        if (at < right && ids[at + 1] !== own) touch(own, ids[at + 1])
        if (y + 1 < height && ids[at + width] !== own) touch(own, ids[at + width])
      }
    }
    const target = new Int32Array(count).fill(-1)
    const longest = new Float64Array(count)
    for (const [pair, border] of shared) {
      const a = Math.floor(pair / count), b = pair % count
      // ties of size go to the lower number, so that two specks never swap for ever
      if (areasPx2[b] < areasPx2[a] || (areasPx2[b] === areasPx2[a] && b > a)) continue
      if (border > longest[a]) {
        longest[a] = border
        target[a] = labelOf[b]
      }
    }
    if (target.every((label) => label < 0)) return current
    const next = current.slice()
    for (let i = 0; i < next.length; i++) if (target[ids[i]] >= 0) next[i] = target[ids[i]]
    current = next
  }
}

function bordersOf(ids: Int32Array, count: number, features: Float32Array, weights: readonly number[], columns: number, rows: number): Map<number, Border>[] {
  const borders = Array.from({ length: count }, () => new Map<number, Border>())
  const dimensions = weights.length
  const across = (before: number, cell: number, next: number, after: number): void => {
    if (ids[cell] === ids[next]) return
    let squared = 0
    // one cell further out on each side: cells on the border are mixtures of both
    for (let k = 0; k < dimensions; k++) squared += ((features[before * dimensions + k] - features[after * dimensions + k]) * weights[k]) ** 2
    const known = borders[ids[cell]].get(ids[next])
    const border = { length: (known?.length ?? 0) + 1, contrast: (known?.contrast ?? 0) + Math.sqrt(squared) }
    borders[ids[cell]].set(ids[next], border)
    borders[ids[next]].set(ids[cell], border)
  }
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const cell = y * columns + x
      if (x + 1 < columns) across(x > 0 ? cell - 1 : cell, cell, cell + 1, x + 2 < columns ? cell + 2 : cell + 1)
      if (y + 1 < rows) across(y > 0 ? cell - columns : cell, cell, cell + columns, y + 2 < rows ? cell + 2 * columns : cell + columns)
    }
  }
  return borders
}
