import type { Kernel } from './axis-weights.ts'
import { resizeRows } from './resize-rows.ts'

/**
 * R1, R2 or R3 of REFERENCE §0 on a channel-last map (channels = 1 for a plane). Within 1e-6 of torch's f32; equal size is
 * the identity for R1 and R2 and is copied.
 * @param source f32[height, width, channels]
 * @returns f32[outHeight, outWidth, channels], new
 */
export function resize(
  source: Float32Array, height: number, width: number, channels: number, outHeight: number, outWidth: number, kernel: Kernel,
): Float32Array {
  const out = new Float32Array(outHeight * outWidth * channels)
  resizeRows(source, height, width, channels, outHeight, outWidth, kernel, (y, row) => out.set(row, y * outWidth * channels))
  return out
}
