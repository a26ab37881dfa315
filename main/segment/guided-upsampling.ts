import { axisWeights, type AxisWeights } from '../resample/axis-weights.ts'
import { boxMeanRows, CHANNELS } from './box-mean-rows.ts'
import { GUIDE_NUMBERS, type PhotoGuide } from './photo-guide.ts'

/** coefficients smaller than this are rounding of the running sums: the plane is absent there */
const ABSENT = 1e-9
const BYTE = 1 / 255

/**
 * Brings soft memberships on the grid to the photo's own edges: fast guided filter with a colour guide (He, Sun & Tang
 * 2010, 2015), the plane with the largest value wins, ties go to the lowest. Planes absent from a neighbourhood cost nothing
 * there. O(samples and px of the planes' boxes).
 * @param planes f32[k, rows, columns]  soft memberships (or hard, 0 and 1) on the guide's grid
 * @returns u16[height, width]  index of the winning plane
 */
export function guidedLabels(planes: Float32Array, k: number, guide: PhotoGuide): Uint16Array {
  const { rows, columns, width, height } = guide
  if (planes.length !== k * rows * columns) throw new RangeError(`planes hold ${planes.length} values, but ${k}×${rows}×${columns} = ${k * rows * columns} are needed`)
  if (k < 1 || k > 65535) throw new RangeError(`${k} planes; 1 to 65535 can be told apart`)
  const labels = new Uint16Array(width * height), best = new Float64Array(width * height).fill(-Infinity)
  // one plane's at a time
  const room = new Float64Array(guide.gridWidth * guide.gridHeight * CHANNELS)
  const finer: Axes = {
    down: axisWeights(rows, guide.gridHeight, 'bilinear'), across: axisWeights(columns, guide.gridWidth, 'bilinear'),
    toRows: axisWeights(guide.gridHeight, height, 'bilinear'), toColumns: axisWeights(guide.gridWidth, width, 'bilinear'),
  }
  for (let p = 0; p < k; p++) {
    const low = planes.subarray(p * rows * columns, (p + 1) * rows * columns)
    const box = reachOf(low, guide)
    if (box !== undefined) takeWhereLargest(modelOf(low, box, guide, finer, room), p, guide, finer, labels, best)
  }
  return labels
}

/** From the planes' grid to the samples, and from these to the px. */
interface Axes { readonly down: AxisWeights; readonly across: AxisWeights; readonly toRows: AxisWeights; readonly toColumns: AxisWeights }

/** Part of the samples. */
interface Box { readonly x0: number; readonly y0: number; readonly columns: number; readonly rows: number }

/** The filter's linear model of one plane: value = a · colour + b with (a, b) the four, f64[rows, columns, 4] of its box, and where in each row it is not nothing. */
interface PlaneModel extends Box {
  readonly coefficients: Float64Array
  /** i32[rows] each: from … to of the columns; from ≥ to where a row is nothing */
  readonly from: Int32Array
  readonly to: Int32Array
}

/** Two means reach two radii beyond the plane, and one more keeps the box's own border, where windows are cut, out of what is not nothing. */
const MARGIN_RADII = 3

/** The samples around the cells of a plane that are not nothing; undefined for a plane without any. */
function reachOf(low: Float32Array, { columns, rows, gridWidth, gridHeight, radius }: PhotoGuide): Box | undefined {
  const margin = MARGIN_RADII * radius + 1
  let left = columns, right = -1, top = rows, bottom = -1
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, at++) {
      if (low[at] === 0) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  if (right < 0) return undefined
  // bilinear samples see one cell further
  const x0 = Math.max(0, Math.floor(((left - 1) * gridWidth) / columns) - margin), y0 = Math.max(0, Math.floor(((top - 1) * gridHeight) / rows) - margin)
  const x1 = Math.min(gridWidth, Math.ceil(((right + 2) * gridWidth) / columns) + margin), y1 = Math.min(gridHeight, Math.ceil(((bottom + 2) * gridHeight) / rows) + margin)
  return { x0, y0, columns: x1 - x0, rows: y1 - y0 }
}

function modelOf(low: Float32Array, box: Box, guide: PhotoGuide, axes: Axes, coefficients: Float64Array): PlaneModel {
  const { x0, y0, columns, rows } = box
  const from = new Int32Array(rows).fill(columns), to = new Int32Array(rows)
  const model = boxMeanRows(columns, rows, guide.radius, (y, row) => {
    coefficients.set(row, y * columns * CHANNELS)
    for (let x = 0, i = 0; x < columns; x++, i += CHANNELS) {
      if (Math.abs(row[i]) <= ABSENT && Math.abs(row[i + 1]) <= ABSENT && Math.abs(row[i + 2]) <= ABSENT && Math.abs(row[i + 3]) <= ABSENT) continue
      if (from[y] === columns) from[y] = x
      to[y] = x + 1
    }
  })
  const fitted = new Float64Array(columns * CHANNELS), products = new Float64Array(columns * CHANNELS)
  const means = boxMeanRows(columns, rows, guide.radius, (y, row) => {
    fitRow(row, guide.samples, ((y0 + y) * guide.gridWidth + x0) * GUIDE_NUMBERS, columns, fitted)
    model.push(fitted)
  })
  const fine = new Float32Array(columns)
  for (let y = 0; y < rows; y++) {
    fineRow(low, guide.columns, y0 + y, x0, axes, fine)
    timesColours(fine, guide.samples, ((y0 + y) * guide.gridWidth + x0) * GUIDE_NUMBERS, columns, products)
    means.push(products)
  }
  return { ...box, coefficients, from, to }
}

/** One row of the plane at the samples of its box, bilinear. */
function fineRow(low: Float32Array, lowColumns: number, y: number, x0: number, { down, across }: Axes, out: Float32Array): void {
  const top = down.first[y] * lowColumns, bottom = down.taps === 2 ? top + lowColumns : top
  const above = down.weights[y * down.taps], below = down.taps === 2 ? down.weights[y * 2 + 1] : 0
  const next = across.taps === 2 ? 1 : 0
  for (let i = 0; i < out.length; i++) {
    const x = x0 + i, left = across.first[x], right = left + next
    const w0 = across.weights[x * across.taps], w1 = next === 1 ? across.weights[x * 2 + 1] : 0
    out[i] = above * (w0 * low[top + left] + w1 * low[top + right]) + below * (w0 * low[bottom + left] + w1 * low[bottom + right])
  }
}

/** The plane, and it times each colour: f64[columns, 4]. */
function timesColours(fine: Float32Array, samples: Float64Array, at: number, columns: number, out: Float64Array): void {
  for (let x = 0, i = 0; x < columns; x++, i += CHANNELS, at += GUIDE_NUMBERS) {
    const value = fine[x]
    out[i] = value
    out[i + 1] = value * samples[at]
    out[i + 2] = value * samples[at + 1]
    out[i + 3] = value * samples[at + 2]
  }
}

/** Means of the plane and of its products with the colours → a (3) and b of each window: f64[columns, 4]. */
function fitRow(means: Float64Array, samples: Float64Array, at: number, columns: number, out: Float64Array): void {
  for (let x = 0, i = 0; x < columns; x++, i += CHANNELS, at += GUIDE_NUMBERS) {
    const mean = means[i], meanRed = samples[at + 3], meanGreen = samples[at + 4], meanBlue = samples[at + 5]
    const red = means[i + 1] - mean * meanRed, green = means[i + 2] - mean * meanGreen, blue = means[i + 3] - mean * meanBlue
    const i01 = samples[at + 7], i02 = samples[at + 8], i12 = samples[at + 10]
    const a0 = samples[at + 6] * red + i01 * green + i02 * blue
    const a1 = i01 * red + samples[at + 9] * green + i12 * blue
    const a2 = i02 * red + i12 * green + samples[at + 11] * blue
    out[i] = a0
    out[i + 1] = a1
    out[i + 2] = a2
    out[i + 3] = mean - a0 * meanRed - a1 * meanGreen - a2 * meanBlue
  }
}

/** Interpolates a plane's coefficients at the pixels where it is not nothing, and takes those where its value is the largest so far. */
function takeWhereLargest({ x0, y0, columns, rows, coefficients, from, to }: PlaneModel, plane: number, { rgb, width, height, gridHeight }: PhotoGuide, { toRows, toColumns }: Axes, labels: Uint16Array, best: Float64Array): void {
  const row = new Float64Array(columns * CHANNELS)
  const secondColumn = toColumns.taps === 2 ? CHANNELS : 0
  for (let y = 0; y < height; y++) {
    const upper = toRows.first[y], lower = Math.min(gridHeight - 1, upper + toRows.taps - 1)
    const top = upper - y0, bottom = lower - y0
    if (bottom < 0 || top >= rows) continue
    // beyond its box a plane is nothing
    const w0 = top < 0 ? 0 : toRows.weights[y * toRows.taps], w1 = toRows.taps < 2 || bottom >= rows ? 0 : toRows.weights[y * 2 + 1]
    const a = Math.max(0, top), b = Math.min(rows - 1, bottom)
    const first = Math.min(from[a], from[b]), last = Math.max(to[a], to[b])
    if (first >= last) continue
    mixRows(coefficients, a * columns * CHANNELS, b * columns * CHANNELS, w0, w1, first * CHANNELS, last * CHANNELS, row)
    // px whose both samples lie in the box, and one of them where the plane is
    const start = pixelFrom(toColumns, x0 + first - (secondColumn === 0 ? 0 : 1)), end = pixelFrom(toColumns, x0 + last)
    if (first > 0) row.fill(0, (first - 1) * CHANNELS, first * CHANNELS)
    if (last < columns) row.fill(0, last * CHANNELS, (last + 1) * CHANNELS)
    for (let x = start; x < end; x++) {
      const at = (toColumns.first[x] - x0) * CHANNELS
      const h0 = toColumns.weights[x * toColumns.taps], h1 = secondColumn === 0 ? 0 : toColumns.weights[x * 2 + 1]
      const pixel = y * width + x, red = rgb[pixel * 3] * BYTE, green = rgb[pixel * 3 + 1] * BYTE, blue = rgb[pixel * 3 + 2] * BYTE
      const value = (at < 0 ? 0 : h0 * (row[at] * red + row[at + 1] * green + row[at + 2] * blue + row[at + 3]))
        + (at + secondColumn >= row.length ? 0 : h1 * (row[at + secondColumn] * red + row[at + secondColumn + 1] * green + row[at + secondColumn + 2] * blue + row[at + secondColumn + 3]))
      if (value > best[pixel]) {
        best[pixel] = value
        labels[pixel] = plane
      }
    }
  }
}

function mixRows(coefficients: Float64Array, top: number, bottom: number, w0: number, w1: number, from: number, to: number, row: Float64Array): void {
  for (let i = from; i < to; i++) row[i] = w0 * coefficients[top + i] + w1 * coefficients[bottom + i]
}

/** The first px whose first sample is at least so far. */
function pixelFrom({ first }: AxisWeights, sample: number): number {
  let low = 0, high = first.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (first[middle] >= sample) high = middle
    else low = middle + 1
  }
  return low
}
