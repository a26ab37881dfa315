import { maskPreview } from '../mask-rings.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolState } from '../tool-state.ts'
import { waitingForPicture } from '../waiting-for-picture.ts'
import { superpixelPainting } from './painting.ts'
import { nextSide, SIDE_PX, startSide } from './side.ts'

/** The cell under the pointer is shown. A drag takes all the cells it comes over; the size keys make them smaller or larger. @param sidePx null: as fits the image */
export function superpixelIdle(place: ToolPointer | null, sidePx: number | null = null): ToolState {
  return {
    path: 'superpixel.idle',
    busy: false,
    ...(sidePx === null ? {} : { amount: { value: sidePx, min: SIDE_PX.min, max: SIDE_PX.max, unit: 'px' } as const }),
    preview(host) {
      const size = host.imageSize()
      const cell = place === null || size === null ? null : host.cell(place.x, place.y, sidePx ?? startSide(size))
      return cell === null ? NO_PREVIEW : maskPreview([cell])
    },
    move: (_host, pointer) => superpixelIdle(pointer, sidePx),
    leave: () => superpixelIdle(null, sidePx),
    down(host, pointer) {
      const size = host.imageSize()
      if (size === null) return superpixelIdle(pointer, sidePx)
      if (!host.hasPicture()) return waitingForPicture('superpixel.preparing', superpixelIdle(pointer, sidePx), [{ what: 'down', pointer }])
      const side = sidePx ?? startSide(size)
      const cell = host.cell(pointer.x, pointer.y, side)
      return cell === null ? superpixelIdle(pointer, sidePx) : superpixelPainting(cell, pointer, side, pointer.alt && host.selected() !== null)
    },
    resize(host, step) {
      const size = host.imageSize()
      return size === null ? superpixelIdle(place, sidePx) : superpixelIdle(place, nextSide(sidePx ?? startSide(size), step))
    },
    doubleClick: () => superpixelIdle(place, sidePx),
  }
}
