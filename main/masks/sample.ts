import type { Mask } from './mask.ts'
import { forEachSpan } from './rle.ts'

/**
 * Writes `value` where a mask lies under the middle of a px of a smaller plane.
 * @param plane u8[height, width], of the whole image
 * @param factor plane px per image px, in (0, 1]
 * Cost O(runs + rows of the mask + px written).
 */
export function sampleInto(mask: Mask, factor: number, plane: Uint8Array, width: number, height: number, value: number): void {
  forEachSpan(mask, (y, x0, x1) => {
    const row = Math.ceil(y * factor - 0.5)
    if (row >= height || Math.floor((row + 0.5) / factor) !== y) return
    const from = Math.max(0, Math.ceil(x0 * factor - 0.5))
    const to = Math.min(width, Math.ceil(x1 * factor - 0.5))
    if (to > from) plane.fill(value, row * width + from, row * width + to)
  })
}
