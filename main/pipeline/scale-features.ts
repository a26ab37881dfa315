import type { DenseFeatures } from '../inference/clip-model.ts'
import { resize } from '../resample/resize.ts'

/** Of the side that whole pictures are squashed to; chosen on drawn scenes with the pack demo (docs/demo.md). */
export const VIEW_SHARES = [9 / 16, 3 / 4, 1]

/** The sides of the views in px, multiples of the patch, ascending; the last is the pack's own. */
export const viewSides = (side: number, patch: number): number[] =>
  [...new Set(VIEW_SHARES.map((share) => Math.max(patch, Math.round((share * side) / patch) * patch)))]

/**
 * The mean of the features of several sizes of the picture and of its mirror image, on the largest one's grid. Scores are products
 * with them, so these are the mean scores; where the views disagree, rows are shorter than 1. Two networks' runs a size.
 * @param squashed  the picture squashed to side × side, u8[side, side, 3]
 */
export async function scaleFeatures(sides: readonly number[], squashed: (side: number) => Promise<Uint8Array>, dense: (rgb: Uint8Array, h: number, w: number) => Promise<DenseFeatures>): Promise<DenseFeatures> {
  const views: DenseFeatures[] = []
  for (const side of sides) {
    const rgb = await squashed(side)
    views.push(await dense(rgb, side, side), mirrored(await dense(mirrored({ features: rgb, h: side, w: side, size: 3 }).features, side, side)))
  }
  const { h, w, size } = views[views.length - 1]
  const mean = new Float32Array(h * w * size)
  for (const view of views) resize(view.features, view.h, view.w, size, h, w, 'bilinear').forEach((value, i) => { mean[i] += value / views.length })
  return { features: mean, h, w, size }
}

/** Left and right exchanged, in memory of its own (the slice of a Buffer would be the Buffer's). */
function mirrored<F extends Float32Array | Uint8Array>({ features, h, w, size }: { readonly features: F; readonly h: number; readonly w: number; readonly size: number }): { features: F; h: number; w: number; size: number } {
  const out = (features instanceof Float32Array ? new Float32Array(features.length) : new Uint8Array(features.length)) as F
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) out.set(features.subarray((y * w + x) * size, (y * w + x + 1) * size), (y * w + w - 1 - x) * size)
  return { features: out, h, w, size }
}
