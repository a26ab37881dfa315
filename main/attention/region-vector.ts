import type { Mask } from '../masks/mask.ts'
import { forEachSpan } from '../masks/rle.ts'
import type { CellFeatures } from './classic-features.ts'

/** Bins of the soft colour histograms: lightness, and each of a and b. */
const LIGHTNESS_BINS = 6, CHROMA_BINS = 5
/** Weight of each group in the distance between two vectors; chosen on 24 photos (docs/classic.md). */
const GROUPS = { colour: 2, spread: 2, contrast: 3, texture: 8, histogram: 0.5, place: 0.5 } as const

/**
 * What a region looks like: means and spread of the classic features under the mask, soft colour histograms (square
 * roots, so that their distance is Hellinger's), height in the picture and size. Left and right are not told apart.
 * @param mask  px of the upright photo, `width` × `height`
 * @returns f32[d], the same d for every mask; empty for an empty mask. O(mask + cells)
 */
export function regionVector(features: CellFeatures, mask: Mask, width: number, height: number): Float32Array {
  const { rows, columns, count, values } = features
  const coverage = cellCoverage(mask, width, height, columns, rows)
  let total = 0
  for (const share of coverage) total += share
  if (total === 0) return new Float32Array(0)
  const means = new Float64Array(count), squares = new Float64Array(3)
  const histograms = [new Float64Array(LIGHTNESS_BINS), new Float64Array(CHROMA_BINS), new Float64Array(CHROMA_BINS)]
  let centre = 0
  coverage.forEach((share, cell) => {
    if (share === 0) return
    const weight = share / total
    for (let k = 0; k < count; k++) means[k] += weight * values[cell * count + k]
    for (let c = 0; c < 3; c++) {
      const value = values[cell * count + c]
      squares[c] += weight * value * value
      // L lies in [0, 1]; most chroma in [−0.5, 0.5]
      vote(histograms[c], c === 0 ? value : value + 0.5, weight)
    }
    centre += weight * ((Math.floor(cell / columns) + 0.5) / rows)
  })
  const vector: number[] = []
  for (let c = 0; c < 3; c++) vector.push(means[c] * GROUPS.colour)
  for (let c = 0; c < 3; c++) vector.push(Math.sqrt(Math.max(0, squares[c] - means[c] * means[c])) * GROUPS.spread)
  for (let k = 6; k < 9; k++) vector.push(means[k] * GROUPS.contrast)
  for (let k = 9; k < count; k++) vector.push(means[k] * GROUPS.texture)
  // the two diagonals change places when the picture is flipped: kept as their mean
  const diagonals = (vector[vector.length - 3] + vector[vector.length - 1]) / 2
  vector[vector.length - 3] = diagonals
  vector[vector.length - 1] = diagonals
  for (const histogram of histograms) for (const share of histogram) vector.push(Math.sqrt(share) * GROUPS.histogram)
  vector.push(centre * GROUPS.place, Math.sqrt(total / (rows * columns)) * GROUPS.place)
  return Float32Array.from(vector)
}

/** Share of each cell that the mask covers, [0, 1] up to rounding. */
export function cellCoverage(mask: Mask, width: number, height: number, columns: number, rows: number): Float64Array {
  const coverage = new Float64Array(columns * rows)
  const cellPx2 = (width / columns) * (height / rows)
  forEachSpan(mask, (y, x0, x1) => {
    const row = Math.min(rows - 1, Math.floor(((y + 0.5) * rows) / height)) * columns
    const first = Math.floor((x0 * columns) / width), last = Math.min(columns - 1, Math.floor(((x1 - 1e-9) * columns) / width))
    for (let column = first; column <= last; column++) {
      const from = Math.max(x0, (column * width) / columns), to = Math.min(x1, ((column + 1) * width) / columns)
      if (to > from) coverage[row + column] += (to - from) / cellPx2
    }
  })
  return coverage
}

/** Adds a weight at a place of [0, 1], shared between the two nearest bin centres. */
function vote(histogram: Float64Array, place: number, weight: number): void {
  const last = histogram.length - 1
  const at = Math.min(last, Math.max(0, place * last))
  const bin = Math.min(last - 1, Math.floor(at))
  histogram[bin] += weight * (1 - (at - bin))
  histogram[bin + 1] += weight * (at - bin)
}
