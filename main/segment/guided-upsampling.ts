import { axisWeights } from '../resample/axis-weights.ts'
import { resize } from '../resample/resize.ts'
import { areaAverage } from './area-average.ts'
import { boxMean } from './box-mean.ts'

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
const GUIDED_DEFAULTS: GuidedOptions = { samplesPerCell: 4, radiusCells: 1, epsilon: 1e-4 }
/** coefficients smaller than this are rounding of the running sums: the plane is absent there */
const ABSENT = 1e-9

/**
 * Brings soft memberships on the grid to the photo's own edges: fast guided filter with a colour guide (He, Sun & Tang
 * 2010, 2015), the plane with the largest value wins, ties go to the lowest. Planes absent from a neighbourhood cost nothing
 * there. O(k · h · w · samples² + width · height · planes present).
 * @param planes f32[k, h, w]  soft memberships (or hard, 0 and 1)
 * @param photo  u8[height, width, 3]
 * @returns u16[height, width]  index of the winning plane
 */
export function guidedLabels(
  planes: Float32Array, k: number, h: number, w: number, photo: Uint8Array, width: number, height: number, options: GuidedOptions = GUIDED_DEFAULTS,
): Uint16Array {
  if (planes.length !== k * h * w) throw new RangeError(`planes hold ${planes.length} values, but ${k}×${h}×${w} = ${k * h * w} are needed`)
  if (photo.length !== width * height * 3) throw new RangeError(`the photo holds ${photo.length} bytes, but ${width}×${height}×3 = ${width * height * 3} are needed`)
  if (k < 1 || k > 65535) throw new RangeError(`${k} planes; 1 to 65535 can be told apart`)
  const gridWidth = Math.max(1, Math.min(width, Math.round(w * options.samplesPerCell)))
  const gridHeight = Math.max(1, Math.min(height, Math.round(h * options.samplesPerCell)))
  const radius = Math.max(1, Math.round(options.radiusCells * options.samplesPerCell))
  const coefficients = guidedCoefficients(planes, k, h, w, areaAverage(photo, width, height, gridWidth, gridHeight), gridWidth, gridHeight, radius, options.epsilon)
  return winners(coefficients, k, gridWidth, gridHeight, photo, width, height)
}

/** The filter's linear model of each plane, f32[gridHeight, gridWidth, k, 4]: value = a·colour + b with (a, b) the four. */
function guidedCoefficients(
  planes: Float32Array, k: number, h: number, w: number, guide: Float64Array, gridWidth: number, gridHeight: number, radius: number, epsilon: number,
): Float32Array {
  const cells = gridWidth * gridHeight
  const scratch = new Float64Array(cells)
  const mean = (source: Float64Array, out: Float64Array = new Float64Array(cells)): Float64Array => {
    boxMean(source, gridWidth, gridHeight, radius, scratch, out)
    return out
  }
  const channels = [0, 1, 2].map((c) => guide.subarray(c * cells, (c + 1) * cells))
  const means = channels.map((channel) => mean(channel))
  const [inverse00, inverse01, inverse02, inverse11, inverse12, inverse22] = inverseCovariances(channels, means, cells, epsilon, mean)
  const out = new Float32Array(cells * k * 4)
  const room = Array.from({ length: 10 }, () => new Float64Array(cells))
  for (let p = 0; p < k; p++) {
    const low = planes.subarray(p * h * w, (p + 1) * h * w)
    const box = reachOf(low, w, h, gridWidth, gridHeight, MARGIN_RADII * radius + 1)
    if (box === undefined) continue
    // all is worked out in a box around the plane: beyond it the filter gives nothing
    const { x0, y0, columns, rows } = box
    const [plane, meanPlane, product, boxScratch, red, green, blue, ...models] = room.map((whole) => whole.subarray(0, columns * rows))
    const covariances = [red, green, blue]
    const meanInBox = (source: Float64Array, to: Float64Array): void => boxMean(source, columns, rows, radius, boxScratch, to)
    const fine = resize(low, h, w, 1, gridHeight, gridWidth, 'bilinear')
    for (let y = 0; y < rows; y++) plane.set(fine.subarray((y0 + y) * gridWidth + x0, (y0 + y) * gridWidth + x0 + columns), y * columns)
    meanInBox(plane, meanPlane)
    for (let c = 0; c < 3; c++) {
      for (let y = 0, i = 0; y < rows; y++) for (let at = (y0 + y) * gridWidth + x0, end = at + columns; at < end; at++, i++) product[i] = plane[i] * channels[c][at]
      meanInBox(product, covariances[c])
      for (let y = 0, i = 0; y < rows; y++) for (let at = (y0 + y) * gridWidth + x0, end = at + columns; at < end; at++, i++) covariances[c][i] -= meanPlane[i] * means[c][at]
    }
    for (let y = 0, i = 0; y < rows; y++) {
      for (let at = (y0 + y) * gridWidth + x0, end = at + columns; at < end; at++, i++) {
        const r = red[i]
        const g = green[i]
        const b = blue[i]
        models[0][i] = inverse00[at] * r + inverse01[at] * g + inverse02[at] * b
        models[1][i] = inverse01[at] * r + inverse11[at] * g + inverse12[at] * b
        models[2][i] = inverse02[at] * r + inverse12[at] * g + inverse22[at] * b
        product[i] = meanPlane[i] - models[0][i] * means[0][at] - models[1][i] * means[1][at] - models[2][i] * means[2][at]
      }
    }
    for (const [c, model] of [...models.slice(0, 3), product].entries()) {
      meanInBox(model, plane)
      for (let y = 0, i = 0; y < rows; y++) for (let at = (y0 + y) * gridWidth + x0, end = at + columns; at < end; at++, i++) out[(at * k + p) * 4 + c] = plane[i]
    }
  }
  return out
}

/** Two means reach two radii beyond the plane, and one more keeps the box's own border, where windows are cut, out of what is not nothing. */
const MARGIN_RADII = 3

/** The samples around the cells of a plane that are not nothing; undefined for a plane without any. */
function reachOf(low: Float32Array, w: number, h: number, gridWidth: number, gridHeight: number, margin: number): { x0: number; y0: number; columns: number; rows: number } | undefined {
  let left = w, right = -1, top = h, bottom = -1
  for (let y = 0, at = 0; y < h; y++) {
    for (let x = 0; x < w; x++, at++) {
      if (low[at] === 0) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  if (right < 0) return undefined
  // bilinear samples see one cell further
  const x0 = Math.max(0, Math.floor(((left - 1) * gridWidth) / w) - margin), y0 = Math.max(0, Math.floor(((top - 1) * gridHeight) / h) - margin)
  const x1 = Math.min(gridWidth, Math.ceil(((right + 2) * gridWidth) / w) + margin), y1 = Math.min(gridHeight, Math.ceil(((bottom + 2) * gridHeight) / h) + margin)
  return { x0, y0, columns: x1 - x0, rows: y1 - y0 }
}

/** Inverse of each window's 3×3 colour covariance plus ε on its diagonal: 00, 01, 02, 11, 12, 22. */
function inverseCovariances(
  channels: readonly Float64Array[], means: readonly Float64Array[], cells: number, epsilon: number, mean: (source: Float64Array) => Float64Array,
): readonly Float64Array[] {
  const product = new Float64Array(cells)
  const entries = [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]].map(([a, b]) => {
    for (let i = 0; i < cells; i++) product[i] = channels[a][i] * channels[b][i]
    const entry = mean(product)
    for (let i = 0; i < cells; i++) entry[i] += (a === b ? epsilon : 0) - means[a][i] * means[b][i]
    return entry
  })
  for (let i = 0; i < cells; i++) {
    const [c00, c01, c02, c11, c12, c22] = [entries[0][i], entries[1][i], entries[2][i], entries[3][i], entries[4][i], entries[5][i]]
    const m00 = c11 * c22 - c12 * c12
    const m01 = c02 * c12 - c01 * c22
    const m02 = c01 * c12 - c02 * c11
    const determinant = c00 * m00 + c01 * m01 + c02 * m02
    entries[0][i] = m00 / determinant
    entries[1][i] = m01 / determinant
    entries[2][i] = m02 / determinant
    entries[3][i] = (c00 * c22 - c02 * c02) / determinant
    entries[4][i] = (c01 * c02 - c00 * c12) / determinant
    entries[5][i] = (c00 * c11 - c01 * c01) / determinant
  }
  return entries
}

/** Interpolates the coefficients at each pixel and takes the plane with the largest value. */
function winners(coefficients: Float32Array, k: number, gridWidth: number, gridHeight: number, photo: Uint8Array, width: number, height: number): Uint16Array {
  const vertical = axisWeights(gridHeight, height, 'bilinear')
  const horizontal = axisWeights(gridWidth, width, 'bilinear')
  const rowLength = gridWidth * k * 4
  const row = new Float64Array(rowLength)
  const present = new Uint16Array(gridWidth * k)
  const presentCount = new Uint16Array(gridWidth)
  const second = horizontal.taps === 2 ? k * 4 : 0
  const labels = new Uint16Array(width * height)
  for (let y = 0; y < height; y++) {
    const top = vertical.first[y] * rowLength
    const w0 = vertical.weights[y * vertical.taps]
    const w1 = vertical.taps === 2 ? vertical.weights[y * 2 + 1] : 0
    const bottom = vertical.taps === 2 ? top + rowLength : top
    for (let i = 0; i < rowLength; i++) row[i] = w0 * coefficients[top + i] + w1 * coefficients[bottom + i]
    for (let x = 0; x < gridWidth; x++) {
      const next = Math.min(x + 1, gridWidth - 1)
      let count = 0
      for (let p = 0; p < k; p++) {
        if (isPresent(row, (x * k + p) * 4) || isPresent(row, (next * k + p) * 4)) present[x * k + count++] = p
      }
      presentCount[x] = count
    }
    for (let x = 0; x < width; x++) {
      const cell = horizontal.first[x]
      const h0 = horizontal.weights[x * horizontal.taps]
      const h1 = horizontal.taps === 2 ? horizontal.weights[x * 2 + 1] : 0
      const pixel = (y * width + x) * 3
      const red = photo[pixel] / 255
      const green = photo[pixel + 1] / 255
      const blue = photo[pixel + 2] / 255
      let best = -Infinity
      let label = 0
      for (let i = cell * k, end = cell * k + presentCount[cell]; i < end; i++) {
        const p = present[i]
        const at = (cell * k + p) * 4
        const to = at + second
        const value = h0 * (row[at] * red + row[at + 1] * green + row[at + 2] * blue + row[at + 3])
          + h1 * (row[to] * red + row[to + 1] * green + row[to + 2] * blue + row[to + 3])
        if (value > best) {
          best = value
          label = p
        }
      }
      labels[y * width + x] = label
    }
  }
  return labels
}

const isPresent = (row: Float64Array, at: number): boolean =>
  Math.abs(row[at]) > ABSENT || Math.abs(row[at + 1]) > ABSENT || Math.abs(row[at + 2]) > ABSENT || Math.abs(row[at + 3]) > ABSENT
