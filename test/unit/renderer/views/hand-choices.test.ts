import { expect, test } from 'vitest'
import { createEditor } from '../../../../renderer/document/editor.ts'
import { rememberHand } from '../../../../renderer/views/state/hand-choices.ts'
import { english } from '../english.ts'
import { FakeEngine } from '../fake-engine.ts'

function storage(stored?: string) {
  const items = new Map(stored === undefined ? [] : [['maskwright.hand', stored]])
  return { getItem: (key: string) => items.get(key) ?? null, setItem: (key: string, value: string) => { items.set(key, value) } }
}
const editorWith = (given: ReturnType<typeof storage> | null) => {
  const editor = createEditor(new FakeEngine().client, english)
  rememberHand(editor, given)
  return editor
}

test('radius and the rule for neighbours are there again at the next start', () => {
  const kept = storage()
  const editor = editorWith(kept)
  editor.setBrushRadius(33)
  editor.setNeighbours('shareBorders')
  editor.setTool('brush')
  expect(editorWith(kept).state()).toMatchObject({ brushRadiusPx: 33, neighbours: 'shareBorders', tool: 'select' })
})

test.each([undefined, 'no JSON', '{"brushRadiusPx":"wide","neighbours":"eaten"}', 'null'])('what was stored and makes no sense (%s) is left alone', (stored) => {
  expect(editorWith(storage(stored)).state()).toMatchObject({ brushRadiusPx: 12, neighbours: 'keepLocked' })
  expect(editorWith(null).state()).toMatchObject({ brushRadiusPx: 12 })
})
