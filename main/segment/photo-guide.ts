import { areaAverage } from './area-average.ts'
import { boxMeanRows, CHANNELS } from './box-mean-rows.ts'

export interface GuidedOptions {
  /** working samples per grid cell and axis; the filter runs at that resolution, its coefficients are interpolated */
  readonly samplesPerCell: number
  /** window radius in grid cells */
  readonly radiusCells: number
  /** ε of the guided filter, in squared colour units of 0 … 1: edges fainter than √ε are smoothed over */
  readonly epsilon: number
}

/**
 * Measured on 24 COCO photos with hard 64×64 labels, against bilinear: borders right to the cell mIoU 0.863 → 0.869, Boundary
 * IoU 0.656 → 0.684; borders wrong by about a cell 0.684 → 0.701 and 0.289 → 0.329. A smaller radius is better on the
 * former, a larger one on the latter.
 */
export const GUIDED_DEFAULTS: GuidedOptions = { samplesPerCell: 4, radiusCells: 1, epsilon: 1e-4 }

/** Numbers that the filter needs of the photo at each sample: colour (3), mean colour (3), inverse covariance (6: 00, 01, 02, 11, 12, 22). */
export const GUIDE_NUMBERS = 12

/** What the guided filter needs of a photo whatever the planes are: made once for a photo, used for every change of them. */
export interface PhotoGuide {
  /** u8[height, width, 3] */
  readonly rgb: Uint8Array
  readonly width: number
  readonly height: number
  /** cells that the planes have */
  readonly columns: number
  readonly rows: number
  /** the filter's own samples */
  readonly gridWidth: number
  readonly gridHeight: number
  /** samples */
  readonly radius: number
  /** f64[gridHeight, gridWidth, GUIDE_NUMBERS] */
  readonly samples: Float64Array
}

/**
 * @param rgb u8[height, width, 3]  @param columns, rows  of the planes' grid. O(width · height + samples)
 * @throws RangeError when the photo's bytes are not width × height × 3
 */
export function photoGuide(rgb: Uint8Array, width: number, height: number, columns: number, rows: number, { samplesPerCell, radiusCells, epsilon }: GuidedOptions = GUIDED_DEFAULTS): PhotoGuide {
  if (rgb.length !== width * height * 3) throw new RangeError(`the photo holds ${rgb.length} bytes, but ${width}×${height}×3 = ${width * height * 3} are needed`)
  const gridWidth = Math.max(1, Math.min(width, Math.round(columns * samplesPerCell)))
  const gridHeight = Math.max(1, Math.min(height, Math.round(rows * samplesPerCell)))
  const radius = Math.max(1, Math.round(radiusCells * samplesPerCell))
  return { rgb, width, height, columns, rows, gridWidth, gridHeight, radius, samples: samplesOf(areaAverage(rgb, width, height, gridWidth, gridHeight), gridWidth, gridHeight, radius, epsilon) }
}

/** @param colours f64[3, gridHeight, gridWidth] */
function samplesOf(colours: Float64Array, gridWidth: number, gridHeight: number, radius: number, epsilon: number): Float64Array {
  const cells = gridWidth * gridHeight
  const samples = new Float64Array(cells * GUIDE_NUMBERS)
  // nine means, in three lots of four side by side: the colours, then their products
  const colourRow = new Float64Array(gridWidth * CHANNELS), productRow = new Float64Array(gridWidth * CHANNELS), otherRow = new Float64Array(gridWidth * CHANNELS)
  const keep = (place: number, count: number) => (y: number, row: Float64Array): void => {
    for (let x = 0, to = y * gridWidth * GUIDE_NUMBERS + place; x < gridWidth; x++, to += GUIDE_NUMBERS) for (let c = 0; c < count; c++) samples[to + c] = row[x * CHANNELS + c]
  }
  const colourMeans = boxMeanRows(gridWidth, gridHeight, radius, keep(3, 3))
  const productMeans = boxMeanRows(gridWidth, gridHeight, radius, keep(6, 4)), otherMeans = boxMeanRows(gridWidth, gridHeight, radius, keep(10, 2))
  for (let y = 0, at = 0; y < gridHeight; y++) {
    for (let x = 0, i = 0; x < gridWidth; x++, at++, i += CHANNELS) {
      const red = colours[at], green = colours[cells + at], blue = colours[2 * cells + at], to = at * GUIDE_NUMBERS
      samples[to] = colourRow[i] = red
      samples[to + 1] = colourRow[i + 1] = green
      samples[to + 2] = colourRow[i + 2] = blue
      productRow[i] = red * red
      productRow[i + 1] = red * green
      productRow[i + 2] = red * blue
      productRow[i + 3] = green * green
      otherRow[i] = green * blue
      otherRow[i + 1] = blue * blue
    }
    colourMeans.push(colourRow)
    productMeans.push(productRow)
    otherMeans.push(otherRow)
  }
  for (let at = 0; at < samples.length; at += GUIDE_NUMBERS) invertCovariance(samples, at, epsilon)
  return samples
}

/** Means of products → inverse of the window's 3×3 colour covariance plus ε on its diagonal, in place. */
function invertCovariance(samples: Float64Array, at: number, epsilon: number): void {
  const red = samples[at + 3], green = samples[at + 4], blue = samples[at + 5]
  const c00 = samples[at + 6] + epsilon - red * red, c01 = samples[at + 7] - red * green, c02 = samples[at + 8] - red * blue
  const c11 = samples[at + 9] + epsilon - green * green, c12 = samples[at + 10] - green * blue, c22 = samples[at + 11] + epsilon - blue * blue
  const m00 = c11 * c22 - c12 * c12, m01 = c02 * c12 - c01 * c22, m02 = c01 * c12 - c02 * c11
  const scale = 1 / (c00 * m00 + c01 * m01 + c02 * m02)
  samples[at + 6] = m00 * scale
  samples[at + 7] = m01 * scale
  samples[at + 8] = m02 * scale
  samples[at + 9] = (c00 * c22 - c02 * c02) * scale
  samples[at + 10] = (c01 * c02 - c00 * c12) * scale
  samples[at + 11] = (c00 * c11 - c01 * c01) * scale
}
