import { encodePlane } from '../../../../main/masks/rle.ts'
import { type FakeEngine, labelClass, proposal } from '../fake-engine.ts'
import type { TestCanvas } from '../test-canvas.ts'

/** A box of an image of 12×8 px, by its corners; the last ones are outside. */
export const boxOf = (x0: number, y0: number, x1: number, y1: number) =>
  encodePlane(Uint8Array.from({ length: 96 }, (_, p) => Number(p % 12 >= x0 && p % 12 < x1 && Math.floor(p / 12) >= y0 && Math.floor(p / 12) < y1)), 12, 8)

/** What these tests begin with on an image of 12×8 px: two classes, and three proposals without one. */
export const three = (engine: FakeEngine) => {
  engine.put(labelClass(50, 'sky'))
  engine.put(labelClass(51, 'tree'))
  engine.put(proposal(7, 1, boxOf(0, 0, 4, 4)))
  engine.put(proposal(8, 1, boxOf(2, 2, 8, 6)))
  engine.put(proposal(9, 1, boxOf(8, 0, 12, 8)))
}

/** State by id, as the page shows it, */
export const states = (canvas: TestCanvas) => Object.fromEntries(canvas.editor.state().annotations.map(({ id, state }) => [id, state]))
/** and as the engine has it. */
export const stored = (canvas: TestCanvas) => Object.fromEntries([7, 8, 9].map((id) => [id, canvas.engine.annotation(id)?.state]))
