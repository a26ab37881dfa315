import { describe, expect, test, vi } from 'vitest'
import { encodePlane } from '../../../../main/masks/rle.ts'
import { EMPTY_DIFF } from '../../../../renderer/document/record-edits.ts'
import { type FakeEngine, labelClass, proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

const mask = (x0: number, y0: number, x1: number, y1: number) =>
  encodePlane(Uint8Array.from({ length: 96 }, (_, p) => Number(p % 12 >= x0 && p % 12 < x1 && Math.floor(p / 12) >= y0 && Math.floor(p / 12) < y1)), 12, 8)

const three = (engine: FakeEngine) => {
  engine.put(labelClass(50, 'sky'))
  engine.put(labelClass(51, 'tree'))
  engine.put(proposal(7, 1, mask(0, 0, 4, 4)))
  engine.put(proposal(8, 1, mask(2, 2, 8, 6)))
  engine.put(proposal(9, 1, mask(8, 0, 12, 8)))
}
const states = (canvas: TestCanvas) => Object.fromEntries(canvas.editor.state().annotations.map(({ id, state }) => [id, state]))
const stored = (canvas: TestCanvas) => Object.fromEntries([7, 8, 9].map((id) => [id, canvas.engine.annotation(id)?.state]))

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
      engine.put(proposal(10, 1, mask(0, 6, 4, 8), { classId: 50, provenance }))
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
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, mask(0, 0, 4, 4), { state: 'drawn', provenance: { source: 'person' } })))
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

describe('the class list', () => {
  test('a class is added with a colour of its own, made active, renamed, and undone on the image it was made on', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.addClassNames([' road '])
    const id = canvas.editor.state().activeClassId
    expect(canvas.editor.state().classes.at(-1)).toMatchObject({ id, name: 'road' })
    canvas.editor.updateClass(id ?? 0, { name: 'street' })
    await canvas.editor.flush()
    expect(canvas.engine.records.get(`class:${id}`)).toMatchObject({ name: 'street' })
    expect(canvas.editor.state().activeClassId).toBe(id)
    await canvas.editor.undo()
    await canvas.editor.undo()
    expect(canvas.editor.state().classes.map(({ name }) => name)).toEqual(['sky', 'tree'])
    expect(canvas.editor.state().activeClassId).toBeNull()
  })

  test('a taken or empty name is refused with words', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    expect(canvas.editor.addClassNames(['sky'])).toEqual(['sky'])
    expect(canvas.editor.state().failure).toContain('“sky”')
    expect(canvas.editor.addClassNames(['  '])).toEqual([''])
    expect(canvas.editor.state().failure).toContain('needs a name')
  })

  test('names typed at once are one edit: those that are taken are given back, each has a colour of its own, and one undo takes all of them', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    expect(canvas.editor.addClassNames(['road', 'sky', 'car', 'road', 'bus'])).toEqual(['sky', 'road'])
    const { classes, activeClassId } = canvas.editor.state()
    expect(classes.map(({ name }) => name)).toEqual(['sky', 'tree', 'road', 'car', 'bus'])
    expect(canvas.editor.state().failure).toContain('“sky”')
    expect(new Set(classes.slice(2).map(({ colour }) => colour)).size).toBe(3)
    expect(classes.find(({ id }) => id === activeClassId)?.name).toBe('bus')
    await canvas.editor.flush()
    expect(canvas.engine.history).toHaveLength(1)
    await canvas.editor.undo()
    expect(canvas.editor.state().classes.map(({ name }) => name)).toEqual(['sky', 'tree'])
    await canvas.editor.redo()
    expect(canvas.editor.state().classes).toHaveLength(5)
  })
})

describe('undo and redo', () => {
  test('go through the stored history, so they survive a reload', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.accept(7)
    canvas.editor.select(8)
    canvas.tool('brush')
    canvas.click(10, 6)
    await canvas.editor.flush()
    const after = canvas.seen()
    const second = new TestCanvas(canvas.engine)
    await second.editor.reload()
    await second.editor.openImage(1)
    expect(second.editor.state().undo?.label).toBe('brush')
    await second.editor.undo()
    await second.editor.undo()
    expect(states(second)).toEqual({ 7: 'pending', 8: 'pending', 9: 'pending' })
    expect(second.editor.state()).toMatchObject({ undo: null, redo: { label: 'accept' }, image: { state: 'new' } })
    await second.editor.redo()
    await second.editor.redo()
    second.editor.select(8)
    expect(second.seen()).toEqual(after)
  })

  test('an edit made while an undo is under way waits and builds on what it brings', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.accept(7)
    await canvas.editor.flush()
    const release = canvas.engine.hold()
    const undone = canvas.editor.undo()
    canvas.editor.reject(7)
    expect(states(canvas)[7]).toBe('accepted')
    release()
    await undone
    await canvas.editor.flush()
    expect(stored(canvas)[7]).toBe('rejected')
    expect(canvas.engine.annotation(7)?.version).toBe(3)
    expect(canvas.editor.state().failure).toBeNull()
  })

  test('an undo with nothing to take back does nothing', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    await canvas.editor.undo()
    await canvas.editor.redo()
    expect(canvas.editor.state()).toMatchObject({ failure: null, saving: 'saved' })
  })
})

describe('saving', () => {
  test('a failure keeps the edit visible, says so, and goes on when the connection is back', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.engine.failures.set('diff.apply', ['unavailable'])
    canvas.editor.accept(7)
    expect(canvas.editor.state().saving).toBe('saving')
    await canvas.editor.flush()
    canvas.editor.accept(8)
    expect(canvas.editor.state().saving).toBe('failed')
    expect(canvas.editor.state().failure).toContain('Not saved yet')
    expect(states(canvas)).toMatchObject({ 7: 'accepted', 8: 'accepted' })
    expect(stored(canvas)).toMatchObject({ 7: 'pending', 8: 'pending' })
    canvas.engine.connection('lost')
    canvas.engine.connection('open')
    await canvas.editor.flush()
    expect(stored(canvas)).toMatchObject({ 7: 'accepted', 8: 'accepted' })
    await vi.waitFor(() => expect(canvas.editor.state()).toMatchObject({ saving: 'saved', failure: null }))
  })

  test('edits of an image that somebody else has taken keep waiting, those of other images are stored meanwhile', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => {
      three(engine)
      engine.addImage(2, 12, 8)
      engine.put(proposal(20, 2, mask(0, 0, 4, 4)))
    })
    canvas.engine.failures.set('diff.apply', ['unavailable'])
    canvas.engine.heldImages.add(1)
    canvas.editor.accept(7)
    await canvas.editor.flush()
    await canvas.editor.openImage(2)
    canvas.editor.accept(20)
    canvas.engine.connection('lost')
    canvas.engine.connection('open')
    await canvas.editor.flush()
    expect([canvas.engine.annotation(20)?.state, stored(canvas)[7]]).toEqual(['accepted', 'pending'])
    expect(canvas.editor.state()).toMatchObject({ saving: 'failed', failure: expect.stringContaining('Not saved yet') as string })
    canvas.engine.heldImages.clear()
    canvas.engine.connection('lost')
    canvas.engine.connection('open')
    await canvas.editor.flush()
    expect(stored(canvas)[7]).toBe('accepted')
    await vi.waitFor(() => expect(canvas.editor.state()).toMatchObject({ saving: 'saved', failure: null }))
  })

  test('what was said of somebody else’s turn goes when the turn does', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.setHolder('Ben')
    canvas.editor.accept(7)
    expect(canvas.editor.state().failure).toMatch(/^Ben is editing this image/)
    canvas.editor.setHolder(null)
    expect(canvas.editor.state().failure).toBeNull()
    canvas.editor.accept(7)
    await canvas.editor.flush()
    expect(stored(canvas)[7]).toBe('accepted')
  })

  test('tries again by itself when the engine can be reached and could not store', async () => {
    vi.useFakeTimers()
    try {
      const canvas = await TestCanvas.open(12, 8, three)
      canvas.engine.failures.set('diff.apply', ['disk-full', 'disk-full'])
      canvas.editor.accept(7)
      await canvas.editor.flush()
      expect(stored(canvas)[7]).toBe('pending')
      await vi.advanceTimersByTimeAsync(4000)
      expect(stored(canvas)[7]).toBe('accepted')
    } finally {
      vi.useRealTimers()
    }
  })

  test('an answer that was lost is no lost edit', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.engine.failures.set('diff.apply', ['lost-answer'])
    canvas.editor.accept(7)
    await canvas.editor.flush()
    canvas.engine.connection('lost')
    canvas.engine.connection('open')
    await canvas.editor.flush()
    expect(canvas.editor.state()).toMatchObject({ saving: 'saved', failure: null })
    expect(stored(canvas)[7]).toBe('accepted')
    expect(canvas.engine.history).toHaveLength(1)
  })

  test('a stale edit gives way to what is stored, and says what was lost', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    const release = canvas.engine.hold()
    canvas.editor.accept(7)
    canvas.editor.setClass(7, 50)
    canvas.editor.accept(9)
    const other = canvas.engine.annotation(7)
    if (other === undefined) throw new Error('7 is there')
    canvas.engine.editElsewhere(1, { ...EMPTY_DIFF, updated: [[other, { ...other, version: other.version + 1, classId: 51, state: 'fixed' }]] })
    expect(canvas.editor.state().annotations[0].classId).toBe(50)
    release()
    await canvas.editor.flush()
    expect(canvas.editor.state().annotations[0]).toMatchObject({ classId: 51, state: 'fixed' })
    expect(stored(canvas)[9]).toBe('accepted')
    expect(canvas.editor.state().failure).toBe('The last 2 edits (accept, change of class) were not kept: the same object was changed elsewhere meanwhile (another window, another person, the pre-label job or an import). What is shown now is what is stored; please do them again.')
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
  })

  test('changes from elsewhere come in beside unsent edits', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    const release = canvas.engine.hold()
    canvas.editor.accept(7)
    canvas.engine.editElsewhere(1, { ...EMPTY_DIFF, added: [proposal(20, 1, mask(0, 6, 12, 8))] })
    canvas.engine.editElsewhere(2, { ...EMPTY_DIFF, added: [proposal(21, 2, mask(0, 6, 12, 8))] })
    expect(canvas.editor.state().annotations.map(({ id }) => id)).toEqual([7, 8, 9, 20])
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
    release()
    await canvas.editor.flush()
    expect(stored(canvas)[7]).toBe('accepted')
  })

  test('an image opened again before its edits are stored shows them', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => {
      three(engine)
      engine.addImage(2, 5, 5)
    })
    canvas.engine.failures.set('diff.apply', ['unavailable'])
    canvas.editor.accept(7)
    await canvas.editor.openImage(2)
    expect(canvas.editor.state().annotations).toEqual([])
    await canvas.editor.openImage(1)
    expect(states(canvas)[7]).toBe('accepted')
    expect(stored(canvas)[7]).toBe('pending')
  })

  test('the image asked for last wins', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.addImage(2, 5, 5))
    await Promise.all([canvas.editor.openImage(2), canvas.editor.openImage(1)])
    expect(canvas.editor.state()).toMatchObject({ image: { id: 1 }, loading: false })
  })
})

test('a hint goes with the next thing a person does; several selected, it still says that one is locked', async () => {
  const canvas = await TestCanvas.open(12, 8, three)
  const { editor } = canvas
  editor.operate('grow')
  expect(editor.state()).toMatchObject({ failure: expect.stringContaining('Select') as unknown, failureIs: 'hint' })
  editor.cancelTool()
  expect(editor.state().failure).toBeNull()
  editor.select(7)
  editor.lock()
  editor.toggle(8)
  editor.chooseClass(50)
  expect(editor.state()).toMatchObject({ failure: expect.stringContaining('locked') as unknown, failureIs: 'hint' })
  editor.setTool('brush')
  expect(editor.state().failure).toBeNull()
  canvas.engine.failures.set('history.step', ['not-found'])
  await editor.undo()
  expect(editor.state()).toMatchObject({ failureIs: 'trouble' })
  editor.setTool('select')
  expect(editor.state().failure).not.toBeNull()
})

test('a snapshot keeps its identity until something changes, and its parts until they do', async () => {
  const canvas = await TestCanvas.open(12, 8, three)
  const before = canvas.editor.state()
  expect(canvas.editor.state()).toBe(before)
  canvas.editor.setBrushRadius(33)
  const after = canvas.editor.state()
  expect(after).not.toBe(before)
  expect(after.annotations).toBe(before.annotations)
  expect(after.classes).toBe(before.classes)
})

test('a class moved in the list changes the order of what is between, as one edit', async () => {
  const canvas = await TestCanvas.open(12, 8, three)
  canvas.editor.addClassNames(['road'])
  await canvas.editor.flush()
  const names = () => canvas.editor.state().classes.map(({ name }) => name)
  canvas.editor.moveClass(50, 1)
  expect(names()).toEqual(['tree', 'sky', 'road'])
  canvas.editor.moveClass(51, -1)
  expect(names()).toEqual(['tree', 'sky', 'road'])
  await canvas.editor.flush()
  await canvas.editor.undo()
  expect(names()).toEqual(['sky', 'tree', 'road'])
  const { id } = canvas.editor.state().classes[2]
  canvas.editor.moveClass(id, -2)
  expect(names()).toEqual(['road', 'sky', 'tree'])
  canvas.editor.moveClass(id, 9)
  expect(names()).toEqual(['sky', 'tree', 'road'])
  await canvas.editor.flush()
  await canvas.editor.undo()
  expect(names()).toEqual(['road', 'sky', 'tree'])
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
})

describe('what people say about an image', () => {
  test('a comment is shown at once, stored, resolved, and taken back by undo; a new image stays new', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.addComment('  ', 'me')
    canvas.editor.addComment(' the wall is missing ', 'me')
    const [comment] = canvas.editor.state().comments
    expect(comment).toMatchObject({ text: 'the wall is missing', author: 'me', resolved: false, imageId: 1 })
    expect(canvas.editor.state().image).toMatchObject({ state: 'new', comments: 1, openComments: 1 })
    canvas.editor.resolveComment(comment.id, true)
    await canvas.editor.flush()
    expect(canvas.engine.records.get(`comment:${comment.id}`)).toMatchObject({ resolved: true })
    expect(canvas.editor.state().image).toMatchObject({ comments: 1, openComments: 0 })
    canvas.editor.removeComment(comment.id)
    expect(canvas.editor.state().comments).toEqual([])
    await canvas.editor.undo()
    await canvas.editor.undo()
    expect(canvas.editor.state().comments).toMatchObject([{ text: 'the wall is missing', resolved: false }])
    await canvas.editor.undo()
    expect(canvas.editor.state().comments).toEqual([])
    expect(canvas.engine.history).toHaveLength(3)
  })

  test('an image that needs work is no longer done; approving leaves its state', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.updateImage({ assignee: 'Ada', reviewer: 'Grace' })
    canvas.editor.markDone()
    canvas.editor.updateImage({ review: 'needsWork' })
    expect(canvas.editor.state().image).toMatchObject({ state: 'working', review: 'needsWork', assignee: 'Ada', reviewer: 'Grace' })
    canvas.editor.markDone()
    canvas.editor.updateImage({ review: 'approved' })
    canvas.editor.updateImage({ review: 'approved' })
    await canvas.editor.flush()
    expect(canvas.engine.records.get('image:1')).toMatchObject({ state: 'done', review: 'approved', version: 5 })
    expect(canvas.engine.history.map(({ row }) => row.label)).toEqual(['assign', 'done', 'review', 'done', 'review'])
  })
})

describe('in a team', () => {
  test('an edit that comes too late says whose was the last', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.engine.staleBy = { by: { name: 'Ben', label: 'brush' } }
    const release = canvas.engine.hold()
    canvas.editor.accept(7)
    const other = canvas.engine.annotation(7)
    if (other === undefined) throw new Error('7 is there')
    canvas.engine.editElsewhere(1, { ...EMPTY_DIFF, removed: [other] })
    release()
    await canvas.editor.flush()
    expect(canvas.editor.state().failure).toBe('The last edit (accept) was not kept: the same object was changed meanwhile; the last edit on this image is Ben’s (brush stroke). What is shown now is what is stored; please do it again.')
  })

  test('an image that is somebody else’s to edit is only looked at, and it is said whose it is', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.setHolder('Ben')
    canvas.editor.accept(7)
    await canvas.editor.undo()
    await canvas.editor.flush()
    expect(states(canvas)).toEqual({ 7: 'pending', 8: 'pending', 9: 'pending' })
    expect(canvas.engine.calls.some(({ name }) => name === 'diff.apply')).toBe(false)
    expect(canvas.editor.state()).toMatchObject({ holder: 'Ben', failure: 'Ben is editing this image; undo has to wait.' })
    canvas.editor.setHolder(null)
    canvas.editor.accept(7)
    await canvas.editor.flush()
    expect(stored(canvas)[7]).toBe('accepted')
  })

  test('a stroke on it leaves no paint', async () => {
    const canvas = await TestCanvas.open(12, 8, three)
    canvas.editor.setHolder('Ben')
    canvas.editor.select(null)
    for (const tool of ['brush', 'eraser', 'brush'] as const) {
      canvas.tool(tool)
      if (tool === 'eraser') canvas.editor.select(9)
      canvas.drag([9, 4], [10, 6])
      expect(canvas.editor.state().failure).toMatch(/^Ben is editing this image/)
      expect(canvas.seen()).toEqual(canvas.seenByMasks())
    }
  })
})

test('an imported class list adds what is new as one edit, after what is there, and one undo takes it back', async () => {
  const canvas = await TestCanvas.open(12, 8, three)
  const entry = { synonyms: ['heaven'], colour: null, extent: 'stuff' as const }
  expect(canvas.editor.addClasses([{ ...entry, name: 'sky' }, { ...entry, name: 'road' }, { ...entry, name: 'car', colour: '#123456' }])).toBe(2)
  await canvas.editor.flush()
  expect(canvas.editor.state().classes.map(({ name }) => name)).toEqual(['sky', 'tree', 'road', 'car'])
  expect(canvas.editor.state().classes.at(-1)).toMatchObject({ colour: '#123456', extent: 'stuff', synonyms: ['heaven'] })
  expect(canvas.engine.history).toHaveLength(1)
  expect(canvas.editor.addClasses([{ ...entry, name: 'sky' }])).toBe(0)
  await canvas.editor.undo()
  expect(canvas.editor.state().classes.map(({ name }) => name)).toEqual(['sky', 'tree'])
})
