/** A box of pixels: x0, y0 inclusive, x1, y1 exclusive; empty when x1 ≤ x0 or y1 ≤ y0. */
export interface Box {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

export const EMPTY_BOX: Box = { x0: 0, y0: 0, x1: 0, y1: 0 }

export const isEmptyBox = (box: Box): boolean => box.x1 <= box.x0 || box.y1 <= box.y0

/** The smallest box around both; an empty one does not count. */
export function joinBoxes(a: Box, b: Box): Box {
  if (isEmptyBox(a)) return b
  if (isEmptyBox(b)) return a
  return { x0: Math.min(a.x0, b.x0), y0: Math.min(a.y0, b.y0), x1: Math.max(a.x1, b.x1), y1: Math.max(a.y1, b.y1) }
}

/** What both have in common; may be empty. */
export const cutBoxes = (a: Box, b: Box): Box => ({ x0: Math.max(a.x0, b.x0), y0: Math.max(a.y0, b.y0), x1: Math.min(a.x1, b.x1), y1: Math.min(a.y1, b.y1) })

/** The box of a mask, in the form above. */
export const boxOfMask = (mask: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }): Box =>
  ({ x0: mask.x, y0: mask.y, x1: mask.x + mask.width, y1: mask.y + mask.height })
