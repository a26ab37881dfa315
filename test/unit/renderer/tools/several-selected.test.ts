import { describe, expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { labelClass, proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

describe('several selected', () => {
  const three = async () => TestCanvas.open(40, 30, (engine) => {
    engine.put(labelClass(50, 'sky'))
    for (const id of [7, 8, 9]) engine.put(proposal(id, 1, boxMask(10 * (id - 7), 0, 10 * (id - 7) + 8, 10)))
  })

  test('Shift+click adds and takes away; class, accept and reject are one edit of all', async () => {
    const canvas = await three()
    canvas.click(2, 2)
    const shiftClick = (x: number) => {
      canvas.editor.surface.pointerDown({ x, y: 2, pxPerScreenPx: 1, shift: true, alt: false })
      canvas.editor.surface.pointerUp({ x, y: 2, pxPerScreenPx: 1, shift: true, alt: false })
    }
    shiftClick(12)
    shiftClick(22)
    shiftClick(12)
    expect(canvas.editor.state()).toMatchObject({ selectedId: 7, alsoSelected: [9] })
    canvas.editor.chooseClass(50)
    await canvas.editor.flush()
    expect(canvas.editor.state().annotations.map(({ classId }) => classId)).toEqual([50, null, 50])
    expect(canvas.engine.history).toHaveLength(1)
    canvas.editor.reject()
    expect(canvas.editor.state().annotations.map(({ state }) => state)).toEqual(['rejected', 'pending', 'rejected'])
    expect(canvas.editor.state().alsoSelected).toEqual([])
  })

  test('copy, paste and duplicate make drawn ones with the same class, in front', async () => {
    const canvas = await three()
    canvas.editor.select(7)
    canvas.editor.toggle(8)
    canvas.editor.copy()
    canvas.editor.paste()
    const { annotations, selectedId, alsoSelected } = canvas.editor.state()
    expect(annotations).toHaveLength(5)
    expect(annotations.slice(3).map(({ id }) => id)).toEqual([selectedId, ...alsoSelected])
    expect(annotations[3]).toMatchObject({ state: 'drawn', mask: annotations[0].mask })
    canvas.editor.select(9)
    canvas.editor.duplicate()
    expect(canvas.editor.state().annotations.at(-1)?.mask).toMatchObject({ x: 30, y: 10 })
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
  })

  test('front, back, forward and backward change the order and nothing else', async () => {
    const canvas = await three()
    const order = () => canvas.editor.state().annotations.map(({ id }) => id)
    canvas.editor.select(7)
    canvas.editor.restack('forward')
    expect(order()).toEqual([8, 7, 9])
    canvas.editor.restack('front')
    expect(order()).toEqual([8, 9, 7])
    canvas.editor.restack('backward')
    expect(order()).toEqual([8, 7, 9])
    canvas.editor.restack('back')
    expect(order()).toEqual([7, 8, 9])
    expect(canvas.editor.state().annotations.every(({ state }) => state === 'pending')).toBe(true)
  })
})
