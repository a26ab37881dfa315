import type { Kernel } from '../resample/axis-weights.ts'
import { resizeRows } from '../resample/resize-rows.ts'

/**
 * Method 1 (and the end of method 2): resamples a channel-last map and takes the largest channel; ties go to the lowest.
 * The upsampled map is never held: one row at a time. O(outHeight · outWidth · channels).
 * @param map    f32[height, width, channels]
 * @param change called on each upsampled row f32[outWidth, channels] before the argmax; returns the row to use (a softmax, a background)
 * @returns u16[outHeight, outWidth]
 */
export function argmaxLabels(
  map: Float32Array, height: number, width: number, channels: number, outHeight: number, outWidth: number, kernel: Kernel,
  change?: (row: Float32Array) => { readonly row: Float32Array; readonly channels: number },
): Uint16Array {
  const labels = new Uint16Array(outHeight * outWidth)
  resizeRows(map, height, width, channels, outHeight, outWidth, kernel, (y, raw) => {
    const { row, channels: count } = change === undefined ? { row: raw, channels } : change(raw)
    for (let x = 0, at = 0; x < outWidth; x++, at += count) {
      let best = row[at]
      let label = 0
      for (let c = 1; c < count; c++) {
        if (row[at + c] > best) {
          best = row[at + c]
          label = c
        }
      }
      labels[y * outWidth + x] = label
    }
  })
  return labels
}
