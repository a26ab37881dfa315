import type { Annotation } from '../../../main/contract/records.ts'
import { placeMask } from '../../../main/masks/place.ts'
import { ringsOf } from '../mask-rings.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { selectIdle } from './idle.ts'

/** The selected annotation is dragged, by whole px: its outline goes along, its px follow when it is let go. What leaves the picture is cut off. */
export function selectMoving(annotation: Annotation, start: ToolPointer, pointer: ToolPointer): ToolState {
  const dx = Math.round(pointer.x - start.x)
  const dy = Math.round(pointer.y - start.y)
  const drop = (host: ToolHost): ToolState => {
    const size = host.imageSize()
    if (size !== null && (dx !== 0 || dy !== 0)) host.changeMask('move', annotation.id, (mask) => placeMask(mask, dx, dy, size.width, size.height))
    return selectIdle()
  }
  return {
    path: 'select.moving',
    busy: true,
    preview: () => ({ ...NO_PREVIEW, shape: { rings: ringsOf(annotation.mask).map((ring) => Array.from(ring, (value, i) => value + (i % 2 === 0 ? dx : dy))), handles: false } }),
    move: (_host, next) => selectMoving(annotation, start, next),
    up: drop,
    commit: drop,
    cancel: () => selectIdle(),
    dropLast: () => selectIdle(),
  }
}
