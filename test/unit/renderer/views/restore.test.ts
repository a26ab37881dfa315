import { expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { restoreTo } from '../../../../renderer/views/state/restore.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

test('the image goes back to how it was after an entry, and forward again', async () => {
  const canvas = await TestCanvas.open(20, 10, (engine) => { for (const id of [7, 8, 9]) engine.put(proposal(id, 1, boxMask(id - 7, 0, id, 4))) })
  for (const id of [7, 8, 9]) canvas.editor.accept(id)
  await canvas.editor.flush()
  const states = () => canvas.editor.state().annotations.map(({ state }) => state)
  const [first, , third] = canvas.engine.history.map(({ row }) => row.id)
  expect(await restoreTo(canvas.editor, first)).toBe(true)
  expect(states()).toEqual(['accepted', 'pending', 'pending'])
  expect(await restoreTo(canvas.editor, third)).toBe(true)
  expect(states()).toEqual(['accepted', 'accepted', 'accepted'])
})

test('an entry that was dropped can’t be come back to', async () => {
  const canvas = await TestCanvas.open(20, 10, (engine) => { for (const id of [7, 8]) engine.put(proposal(id, 1, boxMask(id - 7, 0, id, 4))) })
  canvas.editor.accept(7)
  await canvas.editor.flush()
  await canvas.editor.undo()
  const dropped = canvas.engine.history[0].row.id
  canvas.editor.accept(8)
  await canvas.editor.flush()
  expect(await restoreTo(canvas.editor, dropped)).toBe(false)
})
