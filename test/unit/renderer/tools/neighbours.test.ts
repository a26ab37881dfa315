import { describe, expect, test } from 'vitest'
import { EMPTY_MASK } from '../../../../main/masks/mask.ts'
import { boxMask } from '../../../../main/masks/place.ts'
import { areaOf } from '../../../../main/masks/rle.ts'
import { intersectMasks, subtractMasks } from '../../../../main/masks/set-operations.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

describe('what paint spares', () => {
  const open = async (locked: boolean) => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, boxMask(10, 0, 20, 30), { locked })))
    canvas.tool('brush')
    canvas.editor.setBrushRadius(3)
    return canvas
  }
  const overlap = (canvas: TestCanvas) => {
    const [kept, drawn] = canvas.masks()
    return areaOf(drawn) - areaOf(subtractMasks(drawn, kept))
  }

  test('locked px are never painted over, at once and in the end', async () => {
    const canvas = await open(true)
    canvas.down(5, 10)
    canvas.move(25, 10)
    expect(canvas.seen()[10 * 40 + 15]).toBe(7)
    canvas.up(25, 10)
    expect(overlap(canvas)).toBe(0)
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
  })

  test('others are, unless the neighbours are kept; then the border is shared', async () => {
    const over = await open(false)
    over.drag([5, 10], [25, 10])
    expect(overlap(over)).toBeGreaterThan(0)
    const spared = await open(false)
    spared.editor.setNeighbours('keepAll')
    spared.drag([5, 10], [25, 10])
    expect(overlap(spared)).toBe(0)
    spared.tool('box')
    spared.editor.select(null)
    spared.drag([0, 20], [40, 28])
    expect(areaOf(subtractMasks(spared.masks()[2], boxMask(10, 0, 20, 30)))).toBe(areaOf(spared.masks()[2]))
  })

  test('borders that are shared move for both: brush and corners push the neighbour back or bring it along, and one undo takes both back', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => {
      engine.put(proposal(7, 1, boxMask(0, 0, 20, 30), { state: 'accepted' }))
      engine.put(proposal(8, 1, boxMask(20, 0, 40, 15), { state: 'drawn' }))
      engine.put(proposal(9, 1, boxMask(20, 15, 40, 30), { state: 'drawn', locked: true }))
    })
    const { editor } = canvas
    const of = (id: number) => editor.state().annotations.find((one) => one.id === id)?.mask ?? boxMask(0, 0, 0, 0)
    const before = canvas.masks()
    editor.setNeighbours('shareBorders')
    editor.select(7)
    canvas.tool('brush')
    editor.setBrushRadius(3)
    canvas.drag([18, 15], [24, 15])
    expect(areaOf(of(7))).toBeGreaterThan(600)
    expect(areaOf(of(8))).toBeLessThan(300)
    expect(areaOf(of(8)) + areaOf(of(7))).toBe(900)
    expect(of(9)).toEqual(before[2])
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
    await editor.undo()
    expect(canvas.masks()).toEqual(before)

    canvas.tool('vertices')
    canvas.drag([20, 0], [12, 0])
    expect(areaOf(of(7))).toBeLessThan(600)
    expect(areaOf(of(7)) + areaOf(of(8))).toBe(900)
    expect(of(9)).toEqual(before[2])
    await editor.undo()
    expect(canvas.masks()).toEqual(before)

    editor.setNeighbours('keepAll')
    canvas.drag([20, 0], [30, 0])
    expect(canvas.masks()).toEqual(before)
  })

  test('what is given up where a locked annotation lies too is given to no neighbour', async () => {
    const canvas = await TestCanvas.open(40, 10, (engine) => {
      engine.put(proposal(7, 1, boxMask(0, 0, 20, 10), { state: 'drawn' }))
      engine.put(proposal(8, 1, boxMask(20, 0, 40, 10), { state: 'drawn' }))
      engine.put(proposal(9, 1, boxMask(14, 0, 17, 10), { state: 'drawn', locked: true }))
    })
    canvas.editor.setNeighbours('shareBorders')
    canvas.editor.select(7)
    canvas.tool('vertices')
    canvas.drag([20, 0], [10, 0])
    const [kept, grown, locked] = canvas.masks()
    expect(areaOf(kept)).toBeLessThan(200)
    expect(intersectMasks(kept, grown)).toEqual(EMPTY_MASK)
    expect(intersectMasks(grown, locked)).toEqual(EMPTY_MASK)
    expect(areaOf(grown)).toBeGreaterThan(200)
    expect(locked).toEqual(boxMask(14, 0, 17, 10))
  })
})
