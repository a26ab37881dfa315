import { describe, expect, test } from 'vitest'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'
import { boxOf, states, stored, three } from './three-proposals.ts'

describe('states of an annotation', () => {
  test('accept, reject and a new class are shown at once and stored', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.accept(7)
    canvas.editor.reject(8)
    canvas.editor.setClass(9, 51)
    expect(states(canvas)).toEqual({ 7: 'accepted', 8: 'rejected', 9: 'fixed' })
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
    await canvas.editor.flush()
    expect(stored(canvas)).toEqual(states(canvas))
    expect(canvas.editor.state()).toMatchObject({ saving: 'saved', failure: null, undo: { label: 'class' } })
  })

  test('the first edit of a new image puts it to work in the same diff', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.accept(7)
    canvas.editor.accept(8)
    await canvas.editor.flush()
    expect(canvas.engine.history.map(({ diff }) => diff.updated.map(([from]) => from.kind))).toEqual([['annotation', 'image'], ['annotation']])
    expect(canvas.editor.state().image).toMatchObject({ state: 'working', pending: 1, kept: 2 })
    canvas.editor.markDone()
    await canvas.editor.flush()
    expect(canvas.engine.records.get('image:1')).toMatchObject({ state: 'done' })
  })

  test('accepting all shown leaves out what is hidden and is one edit', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.hide(8)
    canvas.editor.acceptAllShown()
    await canvas.editor.flush()
    expect(states(canvas)).toEqual({ 7: 'accepted', 8: 'pending', 9: 'accepted' })
    expect(canvas.engine.history).toHaveLength(1)
  })

  test('accepting those a list names leaves the other proposals, and what is hidden, as they are', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.hide(8)
    canvas.editor.acceptAllShown(new Set([7, 8]))
    await canvas.editor.flush()
    expect(states(canvas)).toEqual({ 7: 'accepted', 8: 'pending', 9: 'pending' })
    expect(canvas.engine.history).toHaveLength(1)
  })

  test('a name that the assistant gives anew is stored with what a person then does, without what was asked for the name before', async () => {
    const provenance = { source: 'method' as const, method: 'gem', prompt: 'a photo of a sky.' }
    const canvas = await TestCanvas.open(12, 8, (engine) => {
      three(engine)
      engine.put(proposal(10, 1, boxOf(0, 6, 4, 8), { classId: 50, provenance }))
    })
    const shown = () => canvas.editor.state().annotations.find(({ id }) => id === 10)
    canvas.engine.emit({ name: 'proposals.renamed', data: { imageId: 1, names: [{ id: 10, classId: 50, score: 0.6 }] } })
    expect(shown()).toMatchObject({ classId: 50, score: 0.6, provenance })
    canvas.engine.emit({ name: 'proposals.renamed', data: { imageId: 1, names: [{ id: 10, classId: 51, score: 0.7 }] } })
    canvas.editor.accept(10)
    await canvas.editor.flush()
    expect(canvas.engine.annotation(10)).toMatchObject({ classId: 51, score: 0.7, state: 'accepted', version: 1 })
    expect(canvas.engine.annotation(10)?.provenance).toEqual({ source: 'method', method: 'gem' })
  })

  test('rejecting goes on to the next proposal', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.select(9)
    canvas.editor.reject()
    expect(canvas.editor.state().selectedId).toBe(8)
    canvas.editor.reject()
    canvas.editor.reject()
    expect(canvas.editor.state().selectedId).toBeNull()
    expect(canvas.seen().every((id) => id === 0)).toBe(true)
  })

  test('what a person drew is removed by reject', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, boxOf(0, 0, 4, 4), { state: 'drawn', provenance: { source: 'person' } })))
    canvas.editor.select(7)
    canvas.editor.reject()
    await canvas.editor.flush()
    expect(canvas.engine.annotation(7)).toBeUndefined()
  })

  test('a locked one keeps pixels, class and existence', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.lock(7)
    canvas.editor.setClass(7, 50)
    canvas.editor.reject(7)
    expect(canvas.editor.state().annotations[0]).toMatchObject({ locked: true, classId: null, state: 'pending' })
    expect(canvas.editor.state().failure).toContain('locked')
  })

  test('Tab goes from the front to the back and around', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    const order = [1, 1, 1, 1].map(() => {
      canvas.editor.selectNext(1)
      return canvas.editor.state().selectedId
    })
    expect(order).toEqual([9, 8, 7, 9])
    canvas.editor.selectNext(-1)
    expect(canvas.editor.state().selectedId).toBe(7)
  })
})

test('a class key right after drawing is for the next object; with the select tool, or on a selection a person made, it names that one', async () => {
  const canvas = await TestCanvas.open(12, 8, three)
  const { editor } = canvas
  editor.chooseClass(50)
  canvas.tool('brush')
  editor.setBrushRadius(1)
  canvas.click(10, 6)
  const drawn = editor.state().selectedId
  canvas.tool('box')
  editor.chooseClass(51)
  const classOf = (id: number | null) => editor.state().annotations.find((one) => one.id === id)?.classId
  expect(drawn).not.toBeNull()
  expect([classOf(drawn), editor.state().selectedId, editor.state().activeClassId]).toEqual([50, null, 51])
  canvas.drag([1, 1], [7, 7])
  editor.commitTool()
  const second = editor.state().selectedId
  expect([second === drawn, classOf(second)]).toEqual([false, 51])
  canvas.tool('select')
  editor.chooseClass(50)
  expect(classOf(second)).toBe(50)
  canvas.tool('brush')
  editor.select(8)
  editor.chooseClass(51)
  expect([classOf(8), editor.state().selectedId]).toEqual([51, 8])
  // what is half done is a new object: the key is for that, whatever is selected
  canvas.tool('polygon')
  canvas.click(1, 1)
  canvas.click(6, 1)
  canvas.click(3, 6)
  editor.select(8)
  editor.chooseClass(50)
  expect(classOf(8)).toBe(51)
  editor.commitTool()
  expect([classOf(8), classOf(editor.state().selectedId), editor.state().selectedId === 8]).toEqual([51, 50, false])
})
