import { axisWeights, type AxisWeights } from '../resample/axis-weights.ts'
import { expOfNegative } from './softmax.ts'

/** Where an exponent changes by more within a stretch, a channel may be nothing at one end and all at the other: no one scale suits both. */
const EXPONENT_MAX = 300
/** expOfNegative gives 0 not far below. */
const EXPONENT_FAST = -80
/** R1 has a column's place in f32, so that shares are off by up to half a unit in its last place (4e-6 at 64); within a stretch they are taken to grow evenly, as they would without rounding. */
const EVEN = 1e-5

/**
 * softmax(logits / temperature) of a map enlarged by R1, a row at a time. Between two columns of the map enlarged logits are linear, so
 * each channel's exponential grows by one factor from px to px: two exponentials a stretch instead of one a px.
 * O(outHeight · outWidth · channels).
 * @param logits f32[height, width, channels]
 * @param emit   called for y = 0 … outHeight − 1 with f32[outWidth, channels]; the array is reused for the next row
 */
export function softmaxUpsampled(
  logits: Float32Array, height: number, width: number, channels: number, outHeight: number, outWidth: number, temperature: number,
  emit: (y: number, row: Float32Array) => void,
): void {
  if (!(temperature > 0)) throw new RangeError(`temperature is ${temperature}; it must be above 0`)
  const down = axisWeights(height, outHeight, 'bilinear')
  const stretches = stretchesOf(axisWeights(width, outWidth, 'bilinear'))
  const inverse = 1 / temperature, length = width * channels
  // exponents at the map's columns
  const row = new Float64Array(length), out = new Float32Array(outWidth * channels)
  const values = new Float64Array(channels), factors = new Float64Array(channels)
  for (let y = 0; y < outHeight; y++) {
    const top = down.first[y] * length, bottom = down.taps === 2 ? top + length : top
    const above = down.weights[y * down.taps] * inverse, below = down.taps === 2 ? down.weights[y * 2 + 1] * inverse : 0
    for (let i = 0; i < length; i++) row[i] = above * logits[top + i] + below * logits[bottom + i]
    for (const stretch of stretches) fill(row, stretch, channels, values, factors, out)
    emit(y, out)
  }
}

/** Px from x on that lie between the same two columns of the map, evenly: the right column's share is `share` at the first and grows by `step`. */
interface Stretch { readonly x: number; readonly count: number; readonly left: number; readonly right: number; readonly share: number; readonly step: number }

function stretchesOf({ taps, first, weights }: AxisWeights): Stretch[] {
  const shareOf = (x: number): number => (taps === 2 ? weights[x * 2 + 1] : 0)
  const stretches: Stretch[] = []
  for (let x = 0; x < first.length;) {
    const left = first[x], share = shareOf(x), step = x + 1 < first.length && first[x + 1] === left ? shareOf(x + 1) - share : 0
    let count = 1
    while (x + count < first.length && first[x + count] === left && Math.abs(share + step * count - shareOf(x + count)) < EVEN) count++
    stretches.push({ x, count, left, right: taps === 2 ? left + 1 : left, share, step: count === 1 ? 0 : (shareOf(x + count - 1) - share) / (count - 1) })
    x += count
  }
  return stretches
}

function fill(row: Float64Array, { x, count, left, right, share, step }: Stretch, channels: number, values: Float64Array, factors: Float64Array, out: Float32Array): void {
  const l = left * channels, r = right * channels
  let most = -Infinity, change = 0
  for (let c = 0; c < channels; c++) {
    const difference = row[r + c] - row[l + c]
    most = Math.max(most, row[l + c] + share * difference)
    change = Math.max(change, Math.abs(step * difference))
  }
  if (change * (count - 1) > EXPONENT_MAX) {
    const half = count >> 1
    fill(row, { x, count: half, left, right, share, step }, channels, values, factors, out)
    fill(row, { x: x + half, count: count - half, left, right, share: share + step * half, step }, channels, values, factors, out)
    return
  }
  for (let c = 0; c < channels; c++) {
    const difference = row[r + c] - row[l + c], grows = step * difference
    values[c] = exp(row[l + c] + share * difference - most)
    factors[c] = grows <= 0 ? exp(grows) : 1 / exp(-grows)
  }
  let sum = 0
  for (let c = 0; c < channels; c++) sum += values[c]
  for (let i = 0, at = x * channels; i < count; i++) {
    const scale = 1 / sum
    sum = 0
    for (let c = 0; c < channels; c++, at++) {
      const value = values[c], next = value * factors[c]
      out[at] = value * scale
      values[c] = next
      sum += next
    }
  }
}

const exp = (x: number): number => (x > EXPONENT_FAST ? expOfNegative(x) : Math.exp(x))
