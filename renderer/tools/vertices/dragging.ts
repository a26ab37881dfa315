import { clampToImage } from '../polygon/clamp-to-image.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { type Corners, reshaped, withRing } from './corners.ts'

/** A corner in the hand. */
export interface HeldCorner {
  readonly id: number
  /** the corners as they were shown */
  readonly before: Corners
  /** the same with the corner that is held, which may be a new one */
  readonly held: Corners
  readonly ring: number
  readonly at: number
  readonly start: ToolPointer
  readonly back: (pointer: ToolPointer) => ToolState
}

/** The outline follows the pointer; let go where it was taken, nothing has changed. */
export function verticesDragging(corner: HeldCorner, pointer: ToolPointer): ToolState {
  const moved = pointer.x !== corner.start.x || pointer.y !== corner.start.y
  const now = (place: { readonly x: number; readonly y: number }): Corners =>
    withRing(corner.held, corner.ring, corner.held.rings[corner.ring].map((value, i) => (i >> 1 !== corner.at ? value : i % 2 === 0 ? place.x : place.y)))
  const place = (host: ToolHost) => {
    const size = host.imageSize()
    return size === null ? pointer : clampToImage(pointer, size)
  }
  const drop = (host: ToolHost): ToolState => {
    const size = host.imageSize()
    if (moved && size !== null) {
      const after = now(place(host))
      host.changeMask('vertices', corner.id, (mask) => reshaped(mask, corner.before, after, size.width, size.height))
    }
    return corner.back(pointer)
  }
  return {
    path: 'vertices.dragging',
    busy: true,
    preview: (host) => ({ ...NO_PREVIEW, shape: { rings: (moved ? now(place(host)) : corner.held).rings, handles: true } }),
    move: (_host, next) => verticesDragging(corner, next),
    up: (host, released) => verticesDragging(corner, released).commit?.(host) ?? corner.back(released),
    commit: drop,
    cancel: () => corner.back(pointer),
    dropLast: () => corner.back(pointer),
  }
}
