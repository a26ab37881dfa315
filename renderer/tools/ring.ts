import { NO_PREVIEW, type ToolPreview } from './tool-preview.ts'
import type { ToolHost } from './tool-state.ts'

/** The preview of brush and eraser: their outline at the pointer. */
export const ringAt = (host: ToolHost, place: { readonly x: number; readonly y: number }, erases: boolean): ToolPreview =>
  ({ ...NO_PREVIEW, ring: { x: place.x, y: place.y, radiusPx: host.radiusPx(), erases } })
