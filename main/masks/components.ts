/** Connected regions of a label plane. */
export interface Components {
  /** i32[height, width] region of each pixel, from 0 in raster order of first pixels */
  readonly ids: Int32Array
  readonly count: number
  /** i32[count] px² */
  readonly areasPx2: Int32Array
  /** i32[count] the label of each region */
  readonly labelOf: Int32Array
}

/**
 * The regions of pixels of the same label that hang together; label 0 is a label like the others.
 * Works on horizontal runs with union-find, so its cost is of the runs, not of the pixels.
 * @param labels u16[height, width] row-major
 * @param connectivity 4 = sides, 8 = sides and corners
 * Cost O(width·height) to find the runs and paint the ids, O(runs·α) between.
 */
export function connectedComponents(labels: Uint16Array, width: number, height: number, connectivity: 4 | 8): Components {
  let runs = new Int32Array(3 * 1024)
  let runLabels = new Uint16Array(1024)
  let count = 0
  for (let y = 0, row = 0; y < height; y++, row += width) {
    let p = row
    const end = row + width
    while (p < end) {
      const label = labels[p]
      const start = p++
      while (p < end && labels[p] === label) p++
      if (count === runLabels.length) {
        const moreRuns = new Int32Array(runs.length * 2)
        moreRuns.set(runs)
        runs = moreRuns
        const moreLabels = new Uint16Array(runLabels.length * 2)
        moreLabels.set(runLabels)
        runLabels = moreLabels
      }
      runs[count * 3] = y
      runs[count * 3 + 1] = start - row
      runs[count * 3 + 2] = p - row
      runLabels[count++] = label
    }
  }
  const regions = spanComponents(runs.subarray(0, count * 3), runLabels, connectivity)
  const ids = new Int32Array(width * height)
  const areasPx2 = new Int32Array(regions.count)
  const labelOf = new Int32Array(regions.count)
  for (let i = 0; i < count; i++) {
    const region = regions.ids[i]
    const from = runs[i * 3] * width + runs[i * 3 + 1]
    const to = runs[i * 3] * width + runs[i * 3 + 2]
    if (to - from > 24) ids.fill(region, from, to)
    else for (let p = from; p < to; p++) ids[p] = region
    areasPx2[region] += to - from
    labelOf[region] = runLabels[i]
  }
  return { ids, count: regions.count, areasPx2, labelOf }
}

/**
 * The same on spans: which region each span belongs to.
 * @param spans i32[n, 3] rows of (y, x0, x1), x1 exclusive, sorted by y, then x0, not overlapping
 * @param labels label of each span, or null when all are alike
 * @returns ids i32[n], from 0 in order of first spans. O(n·α(n)).
 */
export function spanComponents(spans: Int32Array, labels: Uint16Array | null, connectivity: 4 | 8): { ids: Int32Array; count: number } {
  const n = spans.length / 3
  const parent = new Int32Array(n)
  for (let i = 0; i < n; i++) parent[i] = i
  const find = (start: number): number => {
    let i = start
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]]
      i = parent[i]
    }
    return i
  }
  const reach = connectivity === 8 ? 1 : 0
  let above = 0 // first span of the row before that may still touch
  let rowStart = 0
  for (let i = 0; i < n; i++) {
    const y = spans[i * 3]
    if (i === 0 || spans[i * 3 - 3] !== y) {
      above = i > 0 && spans[i * 3 - 3] === y - 1 ? rowStart : i
      rowStart = i
    }
    const x0 = spans[i * 3 + 1] - reach
    const x1 = spans[i * 3 + 2] + reach
    // Spans of one row that touch (equal labels, or no gap) hang together too.
    if (i > rowStart && spans[i * 3 - 1] === spans[i * 3 + 1] && (labels === null || labels[i] === labels[i - 1])) join(parent, find(i - 1), find(i))
    while (above < rowStart && spans[above * 3 + 2] <= x0) above++
    for (let j = above; j < rowStart && spans[j * 3 + 1] < x1; j++) {
      if (labels === null || labels[j] === labels[i]) join(parent, find(j), find(i))
    }
  }
  const ids = new Int32Array(n)
  let count = 0
  for (let i = 0; i < n; i++) {
    const root = find(i)
    ids[i] = root === i ? count++ : ids[root]
  }
  return { ids, count }
}

/** The earlier root stays, so that ids come out in raster order. */
function join(parent: Int32Array, a: number, b: number): void {
  if (a < b) parent[b] = a
  else parent[a] = b
}
