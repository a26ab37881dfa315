import type { ToolPointer } from './tool-pointer.ts'

/** Whether a pointer is within some screen px of a place on the image. */
export const near = (pointer: ToolPointer, place: { readonly x: number; readonly y: number }, screenPx: number): boolean =>
  Math.hypot(pointer.x - place.x, pointer.y - place.y) <= screenPx * pointer.pxPerScreenPx
