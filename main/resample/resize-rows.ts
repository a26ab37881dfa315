import { axisWeights, type Kernel } from './axis-weights.ts'

/**
 * Resamples and hands over one output row at a time, so that a consumer (an argmax over 171 classes) never holds the
 * whole upsampled map. Horizontal pass first, then vertical, f32 between the passes as torch does it.
 * O(height · outWidth · channels · taps + outHeight · outWidth · channels · taps).
 * @param source f32[height, width, channels]
 * @param emit   called for y = 0 … outHeight − 1 with f32[outWidth, channels]; the array is reused for the next row
 */
export function resizeRows(
  source: Float32Array, height: number, width: number, channels: number, outHeight: number, outWidth: number,
  kernel: Kernel, emit: (y: number, row: Float32Array) => void,
): void {
  if (source.length !== height * width * channels) {
    throw new RangeError(`source holds ${source.length} values, but ${height}×${width}×${channels} = ${height * width * channels} are needed`)
  }
  const rowLength = outWidth * channels
  const horizontal = resizeColumns(source, height, width, channels, outWidth, kernel)
  if (height === outHeight) {
    for (let y = 0; y < height; y++) emit(y, horizontal.slice(y * rowLength, (y + 1) * rowLength))
    return
  }
  const { taps, first, weights } = axisWeights(height, outHeight, kernel)
  const row = new Float32Array(rowLength)
  for (let y = 0; y < outHeight; y++) {
    mix(row, 0, horizontal, first[y] * rowLength, rowLength, rowLength, weights, y * taps, taps)
    emit(y, row)
  }
}

/**
 * The horizontal pass alone. O(height · outWidth · channels · taps).
 * @param source f32[height, width, channels]
 * @returns f32[height, outWidth, channels]; the source itself where nothing changes
 */
export function resizeColumns(source: Float32Array, height: number, width: number, channels: number, outWidth: number, kernel: Kernel): Float32Array {
  if (width === outWidth) return source
  const rowLength = outWidth * channels
  const out = new Float32Array(height * rowLength)
  const { taps, first, weights } = axisWeights(width, outWidth, kernel)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) mix(out, y * rowLength + x * channels, source, (y * width + first[x]) * channels, channels, channels, weights, x * taps, taps)
  }
  return out
}

/** out[o … o + length) = Σ_t w_t · source[s + t·step …): two and four taps are written out, because they are nearly all calls. */
function mix(
  out: Float32Array, o: number, source: Float32Array, s: number, length: number, step: number, weights: Float64Array, w: number, taps: number,
): void {
  if (taps === 2) {
    const w0 = weights[w]
    const w1 = weights[w + 1]
    const s1 = s + step
    for (let i = 0; i < length; i++) out[o + i] = w0 * source[s + i] + w1 * source[s1 + i]
  } else if (taps === 4) {
    const w0 = weights[w]
    const w1 = weights[w + 1]
    const w2 = weights[w + 2]
    const w3 = weights[w + 3]
    const s1 = s + step
    const s2 = s1 + step
    const s3 = s2 + step
    for (let i = 0; i < length; i++) out[o + i] = w0 * source[s + i] + w1 * source[s1 + i] + w2 * source[s2 + i] + w3 * source[s3 + i]
  } else {
    for (let i = 0; i < length; i++) {
      let sum = 0
      for (let t = 0, at = s + i; t < taps; t++, at += step) sum += weights[w + t] * source[at]
      out[o + i] = sum
    }
  }
}
