/**
 * A mask inside its bounding box. `runs` are LEB128 varints, row-major inside the box, alternating from a run of
 * zeros; they sum to width·height (a final run of zeros is left out). The box is tight: its four sides each touch a
 * set pixel. The empty mask is 0×0 at (0, 0) with no runs. Units: px of the upright image.
 */
export interface Mask {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly runs: Uint8Array
}

export const EMPTY_MASK: Mask = { x: 0, y: 0, width: 0, height: 0, runs: new Uint8Array(0) }
