import { capsuleSpans } from '../../main/masks/capsule.ts'
import { EMPTY_MASK, type Mask } from '../../main/masks/mask.ts'
import { encodePlane } from '../../main/masks/rle.ts'
import { type Box, EMPTY_BOX, boxOfMask, cutBoxes, isEmptyBox, joinBoxes } from './box.ts'
import type { WritableLabelPlane } from './label-plane.ts'

/** One stroke of brush or eraser in progress: its pixels are on the label plane at once, its mask is made when it ends. */
export interface Stroke {
  /** Paints the capsule between two points (px of the image) and returns the box that may have changed. O(its pixels). */
  segment(x0: number, y0: number, x1: number, y1: number, radiusPx: number): Box
  /** The box of everything painted so far. */
  box(): Box
  /** Everything painted so far as a mask. O(pixels of the box). */
  mask(): Mask
  /** Frees the shared plane for the next stroke. The label plane keeps what was painted until its box is drawn anew. */
  end(): void
}

/**
 * @param plane the label plane that shows the stroke
 * @param painted u8[height, width], all zero: where the stroke's pixels are gathered; zero again after `end`
 * @param target the annotation: slot claimed; `mask` is what it has now
 * @param spared annotations whose px paint leaves alone where they are seen
 * @param mode 'add' shows the target's slot, 'subtract' what lies under it
 */
export function beginStroke(plane: WritableLabelPlane, painted: Uint8Array, target: { readonly id: number; readonly mask: Mask }, mode: 'add' | 'subtract', spared: readonly number[] = []): Stroke {
  const { width, height, labels } = plane
  const slot = plane.claimSlot(target.id)
  const targetBox = boxOfMask(target.mask)
  const targetWidth = target.mask.width
  const under = mode === 'subtract' ? plane.without(target.id, targetBox) : null
  const guard = spared.length === 0 ? null : new Uint8Array(plane.slotCount())
  if (guard !== null) for (const id of spared) guard[plane.slotOf(id)] = 1
  if (guard !== null) guard[0] = 0
  let box: Box = EMPTY_BOX

  const emit = (y: number, x0: number, x1: number) => {
    const row = y * width
    if (guard !== null) {
      for (let p = row + x0; p < row + x1; p++) {
        if (guard[labels[p]] === 1) continue
        painted[p] = 1
        labels[p] = slot
      }
      return
    }
    painted.fill(1, row + x0, row + x1)
    if (under === null) {
      labels.fill(slot, row + x0, row + x1)
      return
    }
    if (y < targetBox.y0 || y >= targetBox.y1) return
    const from = Math.max(x0, targetBox.x0)
    const to = Math.min(x1, targetBox.x1)
    const underRow = (y - targetBox.y0) * targetWidth - targetBox.x0
    for (let x = from; x < to; x++) if (labels[row + x] === slot) labels[row + x] = under[underRow + x]
  }

  return {
    segment(x0, y0, x1, y1, radiusPx) {
      capsuleSpans(x0, y0, x1, y1, radiusPx, width, height, emit)
      const reach = radiusPx + 1
      const touched = cutBoxes(
        { x0: Math.floor(Math.min(x0, x1) - reach), y0: Math.floor(Math.min(y0, y1) - reach), x1: Math.ceil(Math.max(x0, x1) + reach), y1: Math.ceil(Math.max(y0, y1) + reach) },
        { x0: 0, y0: 0, x1: width, y1: height },
      )
      box = joinBoxes(box, touched)
      return touched
    },
    box: () => box,
    mask() {
      if (isEmptyBox(box)) return EMPTY_MASK
      const boxWidth = box.x1 - box.x0
      const boxHeight = box.y1 - box.y0
      const part = new Uint8Array(boxWidth * boxHeight)
      for (let y = 0; y < boxHeight; y++) {
        const row = (box.y0 + y) * width + box.x0
        part.set(painted.subarray(row, row + boxWidth), y * boxWidth)
      }
      const mask = encodePlane(part, boxWidth, boxHeight)
      return mask.width === 0 ? mask : { ...mask, x: mask.x + box.x0, y: mask.y + box.y0 }
    },
    end() {
      for (let y = box.y0; y < box.y1; y++) painted.fill(0, y * width + box.x0, y * width + box.x1)
    },
  }
}
