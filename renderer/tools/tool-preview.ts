/** What the vector layer draws for a tool; all coordinates in px of the image. */
export interface ToolPreview {
  /** outline of the brush or eraser at its true size */
  readonly ring: { readonly x: number; readonly y: number; readonly radiusPx: number; readonly erases: boolean } | null
  /** polygon or line in progress: x0, y0, x1, y1, … and the pointer's place for the rubber line */
  readonly path: { readonly points: readonly number[]; readonly pointer: readonly [number, number] | null; readonly closes: boolean } | null
  /** outlines of what would be there after Enter; with handles: corners that may be dragged */
  readonly shape: { readonly rings: readonly ArrayLike<number>[]; readonly handles: boolean } | null
  /** places that were clicked: what to include, and what not */
  readonly marks: readonly { readonly x: number; readonly y: number; readonly include: boolean }[]
}

export const NO_PREVIEW: ToolPreview = { ring: null, path: null, shape: null, marks: [] }
