import type { Mask } from '../masks/mask.ts'
import type { CellFeatures } from './classic-features.ts'
import { cellCoverage, regionVector } from './region-vector.ts'

/** Cells drawn from each region for the classifier of the memory. */
export const LOOK_SAMPLES = 24
/** The classic features and the place of a cell: height, and distance from the middle line. */
export const LOOK_COLUMNS = 15

/**
 * Everything the memory wants to know of a region: its region vector (region-vector.ts), then LOOK_SAMPLES of its cells,
 * spread evenly over what the mask covers in reading order, with LOOK_COLUMNS values each.
 * @param mask  px of the upright photo, `width` × `height`
 * @returns f32[d + LOOK_SAMPLES · LOOK_COLUMNS]; empty for an empty mask. O(mask + cells)
 */
export function regionLook(features: CellFeatures, mask: Mask, width: number, height: number): Float32Array {
  const vector = regionVector(features, mask, width, height)
  if (vector.length === 0) return vector
  const { rows, columns, count, values } = features
  if (count + 2 !== LOOK_COLUMNS) throw new RangeError(`the features have ${count} columns; the memory needs ${LOOK_COLUMNS - 2}`)
  const coverage = cellCoverage(mask, width, height, columns, rows)
  const look = new Float32Array(vector.length + LOOK_SAMPLES * LOOK_COLUMNS)
  look.set(vector)
  let total = 0
  for (const share of coverage) total += share
  let passed = 0, cell = 0
  for (let sample = 0, at = vector.length; sample < LOOK_SAMPLES; sample++, at += LOOK_COLUMNS) {
    const wanted = ((sample + 0.5) / LOOK_SAMPLES) * total
    while (cell < coverage.length - 1 && passed + coverage[cell] < wanted) passed += coverage[cell++]
    for (let k = 0; k < count; k++) look[at + k] = values[cell * count + k]
    look[at + count] = (Math.floor(cell / columns) + 0.5) / rows
    look[at + count + 1] = Math.abs(((cell % columns) + 0.5) / columns - 0.5)
  }
  return look
}
