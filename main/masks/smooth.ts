import { EMPTY_MASK, type Mask } from './mask.ts'
import { decodeInto, encodePlane } from './rle.ts'

/**
 * A smoother outline: a pixel is set when more than half of the square of side 2·radius + 1 around it is. Straight
 * edges stay, corners are rounded, bumps and gaps smaller than the square go. The image goes on at its edge as it is there.
 * @param radiusPx whole, ≥ 0; 0 gives the mask back. The mask may become empty.
 * O(px of the box with a margin of the radius), by a table of sums.
 */
export function smoothMask(mask: Mask, radiusPx: number, width: number, height: number): Mask {
  const r = Math.round(radiusPx)
  if (r <= 0 || mask.width === 0) return mask
  // A margin of 2·radius: the squares of the outermost pixels that may become set lie inside it.
  const x0 = mask.x - 2 * r
  const y0 = mask.y - 2 * r
  const boxWidth = mask.width + 4 * r
  const boxHeight = mask.height + 4 * r
  const plane = new Uint8Array(boxWidth * boxHeight)
  decodeInto({ ...mask, x: 2 * r, y: 2 * r }, plane, boxWidth, 1)
  // sums[y + 1, x + 1] = set pixels above and left of it; beyond the image the nearest pixel inside counts
  const across = boxWidth + 1
  const sums = new Int32Array(across * (boxHeight + 1))
  for (let y = 0; y < boxHeight; y++) {
    const row = (Math.min(height - 1, Math.max(0, y + y0)) - y0) * boxWidth
    let sum = 0
    for (let x = 0; x < boxWidth; x++) {
      sum += plane[row + Math.min(width - 1, Math.max(0, x + x0)) - x0]
      sums[(y + 1) * across + x + 1] = sums[y * across + x + 1] + sum
    }
  }
  const out = new Uint8Array(boxWidth * boxHeight)
  const half = (2 * r + 1) ** 2 / 2
  for (let y = Math.max(r, -y0); y < Math.min(boxHeight - r, height - y0); y++) {
    const above = (y - r) * across
    const below = (y + r + 1) * across
    for (let x = Math.max(r, -x0); x < Math.min(boxWidth - r, width - x0); x++) {
      const count = sums[below + x + r + 1] - sums[below + x - r] - sums[above + x + r + 1] + sums[above + x - r]
      if (count > half) out[y * boxWidth + x] = 1
    }
  }
  const found = encodePlane(out, boxWidth, boxHeight)
  return found.width === 0 ? EMPTY_MASK : { ...found, x: found.x + x0, y: found.y + y0 }
}
