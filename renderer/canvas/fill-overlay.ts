import type { Box } from '../document/box.ts'
import { onPattern } from './overlay-patterns.ts'
import { DASHED, HATCHED, type OverlayStyles, PATTERN, THICK } from './overlay-styles.ts'

/** px by which an outline reaches into its neighbourhood: what has to be drawn anew around a change */
export const OUTLINE_REACH = 2

/** device px of a dash and of the gap after it; a power of two, as is HATCH */
const DASH = 4
/** device px from stripe to stripe, and of a stripe */
const HATCH = 8
const STRIPE = 2

/**
 * Fills a box of the viewport from the label plane through the colour table.
 * @param pixels u32[height, outWidth] RGBA, the whole viewport in device px; only the box is written
 * @param box device px, inside the viewport
 * @param plane u16[plane height, plane width] slots
 * @param scale device px per px of the image
 * @param offsetX,offsetY device px at which the image's left upper corner lies
 * Outlines are found in device px, so they keep their width at any zoom. O(px of the box).
 */
export function fillOverlay(
  pixels: Uint32Array,
  outWidth: number,
  box: Box,
  plane: { readonly labels: Uint16Array; readonly width: number; readonly height: number },
  scale: number,
  offsetX: number,
  offsetY: number,
  styles: OverlayStyles,
): void {
  const { labels, width, height } = plane
  // Seen as i32, colours stay small integers in the loops; as u32, half of them would be floating-point numbers there.
  const out = signed(pixels)
  const fill = signed(styles.fill)
  const edge = signed(styles.edge)
  const inner = signed(styles.inner)
  const mark = signed(styles.mark)
  const { flags } = styles
  // Dashes and stripes lie on the picture, so that a picture that is moved takes them along and may be copied.
  const anchorX = Math.round(offsetX)
  const anchorY = Math.round(offsetY)
  const anchor = anchorX + anchorY
  const across = box.x1 - box.x0 + 2 * OUTLINE_REACH
  // Column of the image under each device px, once for the box; −1 = beside the picture.
  const columns = new Int32Array(across)
  for (let i = 0; i < across; i++) {
    const column = Math.floor((box.x0 - OUTLINE_REACH + i + 0.5 - offsetX) / scale)
    columns[i] = column >= 0 && column < width ? column : -1
  }
  let firstColumn = 0
  while (firstColumn < across && columns[firstColumn] < 0) firstColumn++
  let endColumn = across
  while (endColumn > firstColumn && columns[endColumn - 1] < 0) endColumn--
  // Five rows of slots, rolling: two above, the row, two below.
  let above2 = new Uint16Array(across)
  let above = new Uint16Array(across)
  let row = new Uint16Array(across)
  let below = new Uint16Array(across)
  let below2 = new Uint16Array(across)
  const imageRow = (y: number) => {
    const line = Math.floor((y + 0.5 - offsetY) / scale)
    return line >= 0 && line < height ? line : -1
  }
  const read = (into: Uint16Array, y: number) => {
    const line = imageRow(y)
    if (line < 0) {
      into.fill(0)
      return
    }
    const start = line * width
    into.fill(0, 0, firstColumn)
    for (let i = firstColumn; i < endColumn; i++) into[i] = labels[start + columns[i]]
    into.fill(0, endColumn)
  }
  read(above, box.y0 - 2)
  read(row, box.y0 - 1)
  read(below, box.y0)
  read(below2, box.y0 + 1)
  for (let y = box.y0; y < box.y1; y++) {
    const next = above2
    above2 = above
    above = row
    row = below
    below = below2
    below2 = next
    if (imageRow(y + OUTLINE_REACH) === imageRow(y + OUTLINE_REACH - 1)) below2.set(below)
    else read(below2, y + OUTLINE_REACH)
    const target = y * outWidth + box.x0 - OUTLINE_REACH
    const last = across - OUTLINE_REACH
    const phase = box.x0 + y - anchor
    for (let k = OUTLINE_REACH; k < last;) {
      const slot = row[k]
      if (slot === 0) {
        while (k < last && row[k] === 0) out[target + k++] = 0
        continue
      }
      const flag = flags[slot]
      const plain = flag < PATTERN && (flag & THICK) === 0
      const hatched = (flag & HATCHED) !== 0
      const dashed = (flag & DASHED) !== 0
      const pattern = Math.floor(flag / PATTERN)
      const inside = fill[slot]
      const outline = edge[slot]
      for (let left = row[k - 1] === slot, right = true; right && k < last; left = true) {
        if (plain && left) {
          // Most px have their own slot all around: as many of those as there are, in one short loop.
          const from = k
          while (k < last && row[k + 1] === slot && above[k] === slot && below[k] === slot) out[target + k++] = inside
          if (hatched) cutStripes(out, target, from, k, phase)
          if (k === last) break
        }
        right = row[k + 1] === slot
        if (!left || !right || above[k] !== slot || below[k] !== slot) out[target + k] = !dashed || modulo(phase + k, 2 * DASH) < DASH ? outline : inside
        else if ((flag & THICK) !== 0 && (row[k - 2] !== slot || row[k + 2] !== slot || above2[k] !== slot || below2[k] !== slot)) out[target + k] = inner[slot]
        else if (pattern > 0) out[target + k] = onPattern(pattern, box.x0 - OUTLINE_REACH + k - anchorX, y - anchorY) ? mark[slot] : inside
        else out[target + k] = hatched && modulo(phase + k, HATCH) < STRIPE ? 0 : inside
        k++
      }
    }
  }
}

/** Takes the stripes' px out of a run that is filled. @param from,to places in the row, as `phase` counts them */
function cutStripes(out: Int32Array, target: number, from: number, to: number, phase: number): void {
  for (let k = from - modulo(phase + from, HATCH); k < to; k += HATCH) {
    for (let stripe = Math.max(k, from); stripe < k + STRIPE && stripe < to; stripe++) out[target + stripe] = 0
  }
}

const signed = (words: Uint32Array): Int32Array => new Int32Array(words.buffer, words.byteOffset, words.length)

/** Both periods are powers of two, so this holds below zero too. */
const modulo = (value: number, period: number): number => value & (period - 1)
