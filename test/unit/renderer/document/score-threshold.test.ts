import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { belowThreshold, histogram } from '../../../../renderer/document/score-threshold.ts'
import { labelClass, proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

test('each score is in one bin, and 1 in the last', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), fc.integer({ min: 1, max: 30 }), (scores, bins) => {
    expect(histogram(scores, bins).reduce((sum, count) => sum + count, 0)).toBe(scores.length)
  }))
  expect(histogram([0, 0.49, 0.5, 1], 2)).toEqual([2, 2])
})

test('only proposals with a score below that of their class vanish', () => {
  const mask = boxMask(0, 0, 2, 2)
  const all = [proposal(1, 1, mask, { classId: 50, score: 0.2 }), proposal(2, 1, mask, { classId: 51, score: 0.2 }), proposal(3, 1, mask, { classId: 50, score: null }), proposal(4, 1, mask, { classId: 50, score: 0.1, state: 'accepted' }), proposal(5, 1, mask, { score: 0.4 })]
  expect([...belowThreshold(all, new Map([[50, 0.5]]))]).toEqual([1])
  expect([...belowThreshold(all, new Map<number | null, number>([[51, 0.2], [null, 0.41]]))]).toEqual([5])
})

test('a threshold hides and brings back without an edit, and accepting all leaves what is below it', async () => {
  const canvas = await TestCanvas.open(30, 10, (engine) => {
    engine.put(labelClass(50, 'sky'))
    engine.put(proposal(7, 1, boxMask(0, 0, 5, 5), { classId: 50, score: 0.3 }))
    engine.put(proposal(8, 1, boxMask(10, 0, 15, 5), { classId: 50, score: 0.8 }))
  })
  canvas.editor.setThreshold([50], 0.9)
  expect(canvas.seen().every((id) => id === 0)).toBe(true)
  canvas.editor.setThreshold([50], 0.5)
  expect([...canvas.editor.state().hidden]).toEqual([7])
  canvas.editor.acceptAllShown()
  expect(canvas.editor.state().annotations.map(({ state }) => state)).toEqual(['pending', 'accepted'])
  canvas.editor.setThreshold([50], 0)
  expect(canvas.editor.state().hidden.size).toBe(0)
  expect(canvas.seen()).toEqual(canvas.seenByMasks())
})

test('a threshold stays for the next image, and what is hidden by hand is not shown by it', async () => {
  const canvas = await TestCanvas.open(30, 10, (engine) => {
    engine.addImage(2, 30, 10)
    engine.put(proposal(7, 1, boxMask(0, 0, 5, 5), { score: 0.9 }))
    engine.put(proposal(8, 2, boxMask(10, 0, 15, 5), { score: 0.2 }))
  })
  canvas.editor.hide(7)
  canvas.editor.setThreshold([null], 0.5)
  canvas.editor.setThreshold([null], 0.4)
  expect([...canvas.editor.state().hidden]).toEqual([7])
  await canvas.editor.openImage(2)
  expect([...canvas.editor.state().hidden]).toEqual([8])
})
