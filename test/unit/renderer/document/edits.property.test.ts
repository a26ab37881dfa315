import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { encodePlane } from '../../../../main/masks/rle.ts'
import { NEIGHBOURS } from '../../../../renderer/document/editor-state.ts'
import { OPERATIONS, type OperationName } from '../../../../renderer/document/mask-operations.ts'
import { labelClass, proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

const WIDTH = 24
const HEIGHT = 16

const place = fc.tuple(fc.double({ min: -2, max: WIDTH + 2, noNaN: true }), fc.double({ min: -2, max: HEIGHT + 2, noNaN: true }))
const step = fc.oneof(
  fc.record({ kind: fc.constant('brush' as const), points: fc.array(place, { minLength: 1, maxLength: 4 }), radiusPx: fc.double({ min: 0.5, max: 4, noNaN: true }) }),
  fc.record({ kind: fc.constant('eraser' as const), points: fc.array(place, { minLength: 1, maxLength: 4 }), radiusPx: fc.double({ min: 0.5, max: 6, noNaN: true }) }),
  fc.record({ kind: fc.constant('polygon' as const), points: fc.array(place, { minLength: 3, maxLength: 6 }) }),
  fc.record({ kind: fc.constantFrom('accept' as const, 'reject' as const, 'hide' as const, 'next' as const, 'deselect' as const, 'undo' as const, 'redo' as const, 'cancelled' as const) }),
  fc.record({ kind: fc.constant('click' as const), at: place, shift: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('box' as const, 'split' as const, 'vertices' as const, 'move' as const, 'superpixel' as const), from: place, to: place }),
  fc.record({ kind: fc.constant('wand' as const), at: place, steps: fc.integer({ min: -3, max: 30 }) }),
  fc.record({ kind: fc.constant('operation' as const), name: fc.constantFrom(...Object.keys(OPERATIONS) as OperationName[]), steps: fc.integer({ min: -1, max: 3 }), keep: fc.boolean() }),
  fc.record({ kind: fc.constant('restack' as const), move: fc.constantFrom('forward' as const, 'backward' as const, 'front' as const, 'back' as const) }),
  fc.record({ kind: fc.constant('neighbours' as const), rule: fc.constantFrom(...NEIGHBOURS) }),
  fc.record({ kind: fc.constant('class' as const), classId: fc.constantFrom(1, 2, null) }),
  fc.record({ kind: fc.constantFrom('lock' as const, 'crowd' as const, 'copy' as const, 'paste' as const, 'duplicate' as const) }),
)

/** Stripes of three greys, for the tools that go by colour. */
const PICTURE = Uint8ClampedArray.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => (i % 4 === 3 ? 255 : 60 * (Math.floor((i >> 2) % WIDTH / 5) % 3)))

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
      canvas.click(...action.at, action.shift)
      break
    case 'move':
      editor.setTool('select')
      canvas.drag(action.from, action.to)
      break
    case 'box':
    case 'split':
    case 'vertices':
    case 'superpixel':
      editor.setTool(action.kind)
      canvas.drag(action.from, action.to)
      editor.cancelTool()
      break
    case 'wand':
      editor.setTool('wand')
      canvas.click(...action.at)
      editor.resize(action.steps)
      editor.commitTool()
      break
    case 'operation':
      editor.operate(action.name)
      editor.resize(action.steps)
      if (action.keep) editor.commitTool()
      else editor.cancelTool()
      break
    case 'restack': editor.restack(action.move); break
    case 'neighbours': editor.setNeighbours(action.rule); break
    case 'class': editor.chooseClass(action.classId); break
    case 'lock': editor.lock(); break
    case 'crowd': editor.crowd(); break
    case 'copy': editor.copy(); break
    case 'paste': editor.paste(); break
    case 'duplicate': editor.duplicate(); break
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
      engine.put(proposal(9, 1, boxMask(2, 6, 9, 14), { classId: 1 }))
      engine.put(labelClass(1, 'one'))
      engine.put(labelClass(2, 'two'))
    })
    canvas.editor.surface.setPicture({ rgba: PICTURE, width: WIDTH, height: HEIGHT })
    const { editor, engine } = canvas
    for (const action of actions) {
      await take(canvas, action)
      expect(canvas.seen()).toEqual(canvas.seenByMasks())
    }
    await editor.flush()
    editor.select(null)
    editor.showAll()
    const shown = () => ({ pixels: canvas.seen(), records: editor.state().annotations.map(({ id, state, areaPx2, classId, z, locked, crowd }) => [id, state, areaPx2, classId, z, locked, crowd]) })
    const end = shown()
    const reopened = new TestCanvas(engine)
    await reopened.editor.reload()
    await reopened.editor.openImage(1)
    expect(reopened.seen()).toEqual(end.pixels)

    let undone = 0
    for (; editor.state().undo !== null; undone++) await editor.undo()
    expect(editor.state().annotations.map(({ id, state }) => [id, state])).toEqual([[7, 'pending'], [8, 'pending'], [9, 'pending']])
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
    for (let i = 0; i < undone; i++) await editor.redo()
    editor.select(null)
    expect(shown()).toEqual(end)
    expect(editor.state().saving).toBe('saved')
    editor.close()
    reopened.editor.close()
  }), { numRuns: 100 })
})
