/** Side of a cell, px of the image: range, and how much a step of the size keys changes it. */
export const SIDE_PX = { min: 4, max: 200, step: 1.15 } as const
/** cells across the longer side of an image to begin with */
const CELLS_ACROSS = 40

const boundSide = (sidePx: number): number => Math.round(Math.min(SIDE_PX.max, Math.max(SIDE_PX.min, sidePx)))

/** The side to begin with: about as large on screen on every image. */
export const startSide = ({ width, height }: { readonly width: number; readonly height: number }): number => boundSide(Math.max(width, height) / CELLS_ACROSS)

/** The side after a step of the size keys; every step changes it by at least a px. */
export function nextSide(sidePx: number, step: number): number {
  const next = boundSide(sidePx * SIDE_PX.step ** step)
  return next === sidePx ? boundSide(sidePx + Math.sign(step)) : next
}
