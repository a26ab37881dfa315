import type { ToolPointer } from '../tool-pointer.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolState } from '../tool-state.ts'
import { cornersOf, reshaped, withRing } from './corners.ts'
import { verticesDragging } from './dragging.ts'
import { grab } from './grab.ts'

/** px the outline may be simplified by: range and start value */
const TOLERANCE_PX = { min: 0, max: 20, start: 1.5, step: 0.5 } as const

/** The corners of the selected annotation are shown: drag one, click on an edge for a new one, Alt+click takes one away. The size keys make them fewer or more. */
export function verticesIdle(place: ToolPointer | null, tolerancePx: number = TOLERANCE_PX.start): ToolState {
  return {
    path: 'vertices.idle',
    busy: false,
    amount: { value: tolerancePx, min: TOLERANCE_PX.min, max: TOLERANCE_PX.max, unit: 'px' },
    setAmount: (_host, value) => verticesIdle(place, Math.min(TOLERANCE_PX.max, Math.max(TOLERANCE_PX.min, value))),
    preview(host) {
      const selected = host.selected()
      return selected === null ? NO_PREVIEW : { ...NO_PREVIEW, shape: { rings: cornersOf(selected.mask, tolerancePx).rings, handles: true } }
    },
    move: (_host, pointer) => verticesIdle(pointer, tolerancePx),
    down(host, pointer) {
      const selected = host.selected()
      const size = host.imageSize()
      const corners = selected === null ? null : cornersOf(selected.mask, tolerancePx)
      const hit = corners === null ? null : grab(corners, pointer)
      if (selected === null || corners === null || hit === null || size === null) {
        host.select(host.annotationsAt(pointer.x, pointer.y).at(0)?.id ?? null)
        return verticesIdle(pointer, tolerancePx)
      }
      const ring = corners.rings[hit.ring]
      if (pointer.alt && hit.kind === 'corner') {
        const after = withRing(corners, hit.ring, ring.filter((_, i) => i >> 1 !== hit.at))
        host.changeMask('vertices', selected.id, (mask) => reshaped(mask, corners, after, size.width, size.height))
        return verticesIdle(pointer, tolerancePx)
      }
      const held = hit.kind === 'corner' ? corners : withRing(corners, hit.ring, [...ring.slice(0, 2 * hit.at), hit.x, hit.y, ...ring.slice(2 * hit.at)])
      return verticesDragging({ id: selected.id, before: corners, held, ring: hit.ring, at: hit.at, start: pointer, back: (now) => verticesIdle(now, tolerancePx) }, pointer)
    },
    resize: (_host, step) => verticesIdle(place, Math.min(TOLERANCE_PX.max, Math.max(TOLERANCE_PX.min, tolerancePx + step * TOLERANCE_PX.step))),
    doubleClick: (host, pointer) => (host.annotationsAt(pointer.x, pointer.y).length > 0 ? verticesIdle(pointer, tolerancePx) : null),
  }
}
