import type { Mask } from '../masks/mask.ts'
import { encodeSpans } from '../masks/rle.ts'

/**
 * The mask of every region of a partition, in one pass over the pixels.
 * @param ids  i32[height, width]  region of each pixel, 0 … count − 1
 * @returns masks[count], some perhaps empty. O(pixels)
 */
export function regionMasks(ids: Int32Array, width: number, height: number, count: number): Mask[] {
  const spans = Array.from({ length: count }, () => [] as number[])
  for (let y = 0, row = 0; y < height; y++, row += width) {
    const end = row + width
    for (let at = row; at < end;) {
      const id = ids[at]
      const start = at++
      while (at < end && ids[at] === id) at++
      spans[id].push(y, start - row, at - row)
    }
  }
  return spans.map((list) => encodeSpans(Int32Array.from(list)))
}
