import { describe, expect, test, vi } from 'vitest'
import { EMPTY_DIFF } from '../../../../renderer/document/record-edits.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'
import { boxOf, states, stored, three } from './three-proposals.ts'

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
      engine.put(proposal(20, 2, boxOf(0, 0, 4, 4)))
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
    canvas.engine.editElsewhere(1, { ...EMPTY_DIFF, added: [proposal(20, 1, boxOf(0, 6, 12, 8))] })
    canvas.engine.editElsewhere(2, { ...EMPTY_DIFF, added: [proposal(21, 2, boxOf(0, 6, 12, 8))] })
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
