import type { DenseFeatures } from '../inference/clip-model.ts'

/** Shorter side of the picture, and of the square windows, as a share of the side that whole pictures are squashed to: 336 of 448 px (METHODS §2.4). */
const WINDOW_SHARE = 0.75
/** Windows move on by a third of their side: 112 of 336 px. */
const STEPS = 3

export interface WindowPlan {
  /** px of the picture that windows are cut from, at the photo's own aspect ratio */
  readonly width: number
  readonly height: number
  /** px */
  readonly side: number
  /** corners of the windows, px, multiples of the patch */
  readonly places: readonly { readonly x: number; readonly y: number }[]
}

/** Where windows lie on a photo; the last of a row ends at its edge. @param side px that whole pictures are squashed to */
export function planWindows(photoWidth: number, photoHeight: number, side: number, patch: number): WindowPlan {
  const window = Math.max(patch, Math.round((WINDOW_SHARE * side) / patch) * patch)
  const scale = window / Math.min(photoWidth, photoHeight)
  const width = Math.max(window, Math.round((photoWidth * scale) / patch) * patch)
  const height = Math.max(window, Math.round((photoHeight * scale) / patch) * patch)
  const step = Math.max(patch, Math.round(window / STEPS / patch) * patch)
  const starts = (length: number): number[] => {
    const list: number[] = []
    for (let at = 0; at + window < length; at += step) list.push(at)
    return [...list, length - window]
  }
  return { width, height, side: window, places: starts(height).flatMap((y) => starts(width).map((x) => ({ x, y }))) }
}

/**
 * Features of overlapping windows, averaged where they overlap. Scores are products with them, so these are the averaged
 * scores; rows are then shorter than 1. O(windows · cells · size).
 * @param rgb  u8[plan.height, plan.width, 3]
 */
export async function windowFeatures(rgb: Uint8Array, plan: WindowPlan, patch: number, dense: (rgb: Uint8Array, h: number, w: number) => Promise<DenseFeatures>): Promise<DenseFeatures> {
  const { width, height, side, places } = plan
  const [w, h, cells] = [width / patch, height / patch, side / patch]
  let sums = new Float32Array(0)
  let size = 0
  const counts = new Float32Array(w * h)
  for (const { x, y } of places) {
    const cut = new Uint8Array(side * side * 3)
    for (let row = 0; row < side; row++) cut.set(rgb.subarray(((y + row) * width + x) * 3, ((y + row) * width + x + side) * 3), row * side * 3)
    const found = await dense(cut, side, side)
    if (size === 0) {
      size = found.size
      sums = new Float32Array(w * h * size)
    }
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const to = (y / patch + row) * w + x / patch + column
        counts[to]++
        const from = (row * cells + column) * size
        for (let k = 0; k < size; k++) sums[to * size + k] += found.features[from + k]
      }
    }
  }
  for (let i = 0; i < sums.length; i++) sums[i] /= counts[Math.trunc(i / size)]
  return { features: sums, h, w, size }
}
