import { unionAll } from '../../../main/masks/set-operations.ts'
import { maskPreview } from '../mask-rings.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { boundTolerance, wandAmount, wandIdle } from './idle.ts'

interface Seed { readonly x: number; readonly y: number }

/**
 * What the wand has chosen is shown. Another click chooses anew, with Shift it adds; the size keys and Alt+wheel change
 * the tolerance; Enter or a double-click keeps it, Esc does not. Null: there is nothing to choose there.
 */
export function wandPreviewing(host: ToolHost, earlier: readonly Seed[], seed: Seed, tolerance: number): ToolState | null {
  const size = host.imageSize()
  if (size === null || seed.x < 0 || seed.y < 0 || seed.x >= size.width || seed.y >= size.height) return null
  const seeds = [...earlier, { x: seed.x, y: seed.y }]
  const masks = seeds.flatMap(({ x, y }) => host.flood(x, y, tolerance) ?? [])
  if (masks.length < seeds.length) return null
  const mask = unionAll(masks)
  const state: ToolState = {
    path: 'wand.previewing',
    busy: true,
    amount: wandAmount(tolerance),
    setAmount: (now, value) => wandPreviewing(now, earlier, seed, boundTolerance(value)) ?? state,
    preview: () => maskPreview([mask]),
    down: (now, pointer) => wandPreviewing(now, pointer.shift ? seeds : [], pointer, tolerance) ?? state,
    resize: (now, step) => wandPreviewing(now, seeds.slice(0, -1), seed, boundTolerance(tolerance + 2 * step)) ?? state,
    commit(now) {
      now.drawMask('wand', mask, true)
      return wandIdle(tolerance)
    },
    doubleClick(now) {
      now.drawMask('wand', mask, true)
      return wandIdle(tolerance)
    },
    cancel: () => wandIdle(tolerance),
    dropLast: (now) => (seeds.length < 2 ? wandIdle(tolerance) : wandPreviewing(now, seeds.slice(0, -2), seeds[seeds.length - 2], tolerance) ?? wandIdle(tolerance)),
  }
  return state
}
