import { axisWeights, type AxisWeights, type Kernel } from '../resample/axis-weights.ts'
import { resizeColumns } from '../resample/resize-rows.ts'

/**
 * Method 1 (and the end of method 2): resamples a channel-last map and takes the largest channel; ties go to the lowest.
 * The upsampled map is never held, and between two rows of the map only the channels that can be the largest there are resampled,
 * mostly one or two. O(height · outWidth · channels + outHeight · outWidth · channels that can be the largest).
 * @param map    f32[height, width, channels]
 * @returns u16[outHeight, outWidth]
 */
export function argmaxLabels(map: Float32Array, height: number, width: number, channels: number, outHeight: number, outWidth: number, kernel: Kernel): Uint16Array {
  if (map.length !== height * width * channels) throw new RangeError(`map holds ${map.length} values, but ${height}×${width}×${channels} = ${height * width * channels} are needed`)
  const across = resizeColumns(map, height, width, channels, outWidth, kernel)
  const down = height === outHeight ? unchanged(height) : axisWeights(height, outHeight, kernel)
  const { taps, first, weights } = down
  const rowLength = outWidth * channels
  const below = negativeWeight(down)
  const possible = new Uint16Array(rowLength), counts = new Uint16Array(outWidth)
  const labels = new Uint16Array(outHeight * outWidth)
  for (let y = 0, window = -1; y < outHeight; y++) {
    if (first[y] !== window) {
      window = first[y]
      findPossible(across, window * rowLength, rowLength, taps, channels, outWidth, below, possible, counts)
    }
    for (let x = 0, at = 0; x < outWidth; x++, at += channels) {
      let label = possible[at]
      if (counts[x] > 1) {
        let best = -Infinity
        for (let i = at, end = at + counts[x]; i < end; i++) {
          let from = window * rowLength + at + possible[i], sum = weights[y * taps] * across[from]
          for (let w = y * taps + 1; w < (y + 1) * taps; w++) sum += weights[w] * across[from += rowLength]
          // as the row of the resampled map would hold it
          const value = Math.fround(sum)
          if (value > best) {
            best = value
            label = possible[i]
          }
        }
      }
      labels[y * outWidth + x] = label
    }
  }
  return labels
}

/** Channels whose largest possible value between the rows is not below the smallest possible one of another, ascending: u16[outWidth, channels] of which the first counts[x] count. */
function findPossible(across: Float32Array, from: number, rowLength: number, taps: number, channels: number, outWidth: number, below: number, possible: Uint16Array, counts: Uint16Array): void {
  const highest = new Float64Array(channels)
  for (let x = 0, at = 0; x < outWidth; x++, at += channels) {
    let sure = -Infinity
    for (let c = 0; c < channels; c++) {
      let low = Infinity, high = -Infinity
      for (let t = 0, i = from + at + c; t < taps; t++, i += rowLength) {
        const value = across[i]
        if (value < low) low = value
        if (value > high) high = value
      }
      const beyond = below * (high - low) + ROUNDING * Math.max(Math.abs(low), Math.abs(high))
      highest[c] = high + beyond
      if (low - beyond > sure) sure = low - beyond
    }
    let count = 0
    for (let c = 0; c < channels; c++) if (highest[c] >= sure) possible[at + count++] = c
    counts[x] = count
  }
}

/** An axis that is as long as it was is not resampled, whatever the kernel. */
const unchanged = (length: number): AxisWeights => ({ taps: 1, first: Int32Array.from({ length }, (_, i) => i), weights: new Float64Array(length).fill(1) })

/** Of f32, and of weights that do not sum to 1 to the last bit. */
const ROUNDING = 1e-5

/** The most that weights below zero take away, of a sum of weights of 1: a mix lies within so much of the range beyond its values. */
function negativeWeight({ taps, weights }: AxisWeights): number {
  let most = 0
  for (let at = 0; at < weights.length; at += taps) {
    let sum = 0
    for (let t = 0; t < taps; t++) sum += Math.max(0, -weights[at + t])
    most = Math.max(most, sum)
  }
  return most
}
