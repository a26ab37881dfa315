import type { Mask } from '../../../main/masks/mask.ts'
import { contains } from '../../../main/masks/rle.ts'
import { subtractMasks, unionMasks } from '../../../main/masks/set-operations.ts'
import { maskPreview } from '../mask-rings.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { superpixelIdle } from './idle.ts'

/**
 * The button is down: every cell the pointer comes over is taken, and shown. Let go, they are added to the selected
 * annotation, or make a new one; pressed with Alt, they are taken from the selected one. Esc gives them up.
 * @param taken all cells so far
 */
export function superpixelPainting(taken: Mask, place: ToolPointer, sidePx: number, removes: boolean): ToolState {
  const keep = (host: ToolHost): ToolState => {
    const selected = host.selected()
    if (!removes) host.drawMask('superpixel', taken, true)
    else if (selected !== null) host.changeMask('superpixel', selected.id, (mask) => subtractMasks(mask, taken))
    return superpixelIdle(place, sidePx)
  }
  /** All cells on the straight way to the next place. */
  const along = (host: ToolHost, to: ToolPointer): Mask => {
    const steps = Math.max(1, Math.ceil((2 * Math.hypot(to.x - place.x, to.y - place.y)) / sidePx))
    let all = taken
    for (let i = 1; i <= steps; i++) {
      const x = place.x + ((to.x - place.x) * i) / steps
      const y = place.y + ((to.y - place.y) * i) / steps
      if (contains(all, Math.floor(x), Math.floor(y))) continue
      const cell = host.cell(x, y, sidePx)
      if (cell !== null) all = unionMasks(all, cell)
    }
    return all
  }
  const given = () => superpixelIdle(place, sidePx)
  return {
    path: 'superpixel.painting',
    busy: true,
    preview: () => maskPreview([taken]),
    move: (host, pointer) => superpixelPainting(along(host, pointer), pointer, sidePx, removes),
    up: (host, pointer) => superpixelPainting(along(host, pointer), pointer, sidePx, removes).commit?.(host) ?? given(),
    commit: keep,
    cancel: given,
    dropLast: given,
  }
}
