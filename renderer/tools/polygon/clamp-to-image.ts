import type { ToolPointer } from '../tool-pointer.ts'

/** A vertex outside the picture moves to its edge. */
export const clampToImage = (pointer: ToolPointer, size: { readonly width: number; readonly height: number }): ToolPointer =>
  ({ ...pointer, x: Math.min(size.width, Math.max(0, pointer.x)), y: Math.min(size.height, Math.max(0, pointer.y)) })
