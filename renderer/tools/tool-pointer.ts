/** One pointer event as a tool sees it. */
export interface ToolPointer {
  /** px of the image, with fractions: (0, 0) is the left upper corner of the first pixel */
  readonly x: number
  readonly y: number
  /** px of the image that one CSS px covers: how far a hand's slip may reach */
  readonly pxPerScreenPx: number
  readonly shift: boolean
  readonly alt: boolean
}
