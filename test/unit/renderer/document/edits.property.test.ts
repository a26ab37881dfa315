import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodePlane } from '../../../../main/masks/rle.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

const WIDTH = 24
const HEIGHT = 16

const place = fc.tuple(fc.double({ min: -2, max: WIDTH + 2, noNaN: true }), fc.double({ min: -2, max: HEIGHT + 2, noNaN: true }))
const step = fc.oneof(
  fc.record({ kind: fc.constant('brush' as const), points: fc.array(place, { minLength: 1, maxLength: 4 }), radiusPx: fc.double({ min: 0.5, max: 4, noNaN: true }) }),
  fc.record({ kind: fc.constant('eraser' as const), points: fc.array(place, { minLength: 1, maxLength: 4 }), radiusPx: fc.double({ min: 0.5, max: 6, noNaN: true }) }),
  fc.record({ kind: fc.constant('polygon' as const), points: fc.array(place, { minLength: 3, maxLength: 6 }) }),
  fc.record({ kind: fc.constantFrom('accept' as const, 'reject' as const, 'hide' as const, 'next' as const, 'deselect' as const, 'undo' as const, 'redo' as const, 'cancelled' as const) }),
  fc.record({ kind: fc.constant('click' as const), at: place }),
)

async function take(canvas: TestCanvas, action: (typeof step) extends fc.Arbitrary<infer S> ? S : never): Promise<void> {
  const { editor } = canvas
  switch (action.kind) {
    case 'brush':
    case 'eraser':
      editor.setTool(action.kind)
      editor.setBrushRadius(action.radiusPx)
      canvas.drag(...action.points)
      break
    case 'polygon':
      editor.setTool('polygon')
      for (const [x, y] of action.points) canvas.click(x, y)
      editor.commitTool()
      editor.cancelTool()
      break
    case 'click':
      editor.setTool('select')
      canvas.click(...action.at)
      break
    case 'cancelled':
      editor.setTool('brush')
      canvas.down(5, 5)
      canvas.move(9, 9)
      editor.cancelTool()
      break
    case 'accept': editor.accept(); break
    case 'reject': editor.reject(); break
    case 'hide': editor.hide(); break
    case 'next': editor.selectNext(1); break
    case 'deselect': editor.select(null); break
    case 'undo': await editor.undo(); break
    case 'redo': await editor.redo(); break
  }
}

test('any sequence of edits leaves the plane as its masks say, undone and redone it gives the same pixels, and what is stored is what is shown', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (actions) => {
    const canvas = await TestCanvas.open(WIDTH, HEIGHT, (engine) => {
      engine.put(proposal(7, 1, encodePlane(new Uint8Array(WIDTH * HEIGHT).fill(1, 0, 100), WIDTH, HEIGHT)))
      engine.put(proposal(8, 1, encodePlane(Uint8Array.from({ length: WIDTH * HEIGHT }, (_, p) => Number(p % WIDTH > 6 && p % 5 !== 0)), WIDTH, HEIGHT)))
    })
    const { editor, engine } = canvas
    for (const action of actions) {
      await take(canvas, action)
      expect(canvas.seen()).toEqual(canvas.seenByMasks())
    }
    await editor.flush()
    editor.select(null)
    editor.showAll()
    const shown = () => ({ pixels: canvas.seen(), states: editor.state().annotations.map(({ id, state, areaPx2 }) => [id, state, areaPx2]) })
    const end = shown()
    const reopened = new TestCanvas(engine)
    await reopened.editor.reload()
    await reopened.editor.openImage(1)
    expect(reopened.seen()).toEqual(end.pixels)

    let undone = 0
    for (; editor.state().undo !== null; undone++) await editor.undo()
    expect(editor.state().annotations.map(({ id, state }) => [id, state])).toEqual([[7, 'pending'], [8, 'pending']])
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
    for (let i = 0; i < undone; i++) await editor.redo()
    editor.select(null)
    expect(shown()).toEqual(end)
    expect(editor.state().saving).toBe('saved')
    editor.close()
    reopened.editor.close()
  }), { numRuns: 60 })
})
