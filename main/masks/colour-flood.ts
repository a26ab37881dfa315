import type { Mask } from './mask.ts'
import { encodePlane } from './rle.ts'

/**
 * The pixels that hang together (by their sides) with a seed and differ from its colour by at most `tolerance` in each
 * of red, green and blue: a magic wand.
 * @param rgba u8[height, width, 4]; alpha does not count
 * @param x,y the seed, px inside the picture
 * @param tolerance [0, 255] levels
 * @returns a mask that holds the seed. O(pixels found), and one byte a pixel of the picture.
 */
export function colourFlood(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number, x: number, y: number, tolerance: number): Mask {
  const seed = (y * width + x) * 4
  const [red, green, blue] = [rgba[seed], rgba[seed + 1], rgba[seed + 2]]
  const found = new Uint8Array(width * height)
  const fits = (p: number) => found[p] === 0 && Math.abs(rgba[p * 4] - red) <= tolerance && Math.abs(rgba[p * 4 + 1] - green) <= tolerance && Math.abs(rgba[p * 4 + 2] - blue) <= tolerance
  const starts = [y * width + x]
  /** The first pixel of each run that fits between two places of a row becomes a start. */
  const look = (from: number, to: number) => {
    for (let p = from; p < to; p++) if (fits(p) && (p + 1 === to || !fits(p + 1))) starts.push(p)
  }
  for (let p = starts.pop(); p !== undefined; p = starts.pop()) {
    if (!fits(p)) continue
    const row = p - (p % width)
    let from = p
    while (from > row && fits(from - 1)) from--
    let to = p + 1
    while (to < row + width && fits(to)) to++
    found.fill(1, from, to)
    if (row > 0) look(from - width, to - width)
    if (row + width < found.length) look(from + width, to + width)
  }
  return encodePlane(found, width, height)
}
