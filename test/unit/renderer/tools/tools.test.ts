import { describe, expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { encodePlane } from '../../../../main/masks/rle.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas, drawMask } from '../test-canvas.ts'

/** A filled box as a mask on a 12×8 image. */
const box = (x0: number, y0: number, x1: number, y1: number, width = 12, height = 8) =>
  encodePlane(Uint8Array.from({ length: width * height }, (_, p) => Number(p % width >= x0 && p % width < x1 && Math.floor(p / width) >= y0 && Math.floor(p / width) < y1)), width, height)

describe('brush', () => {
  test('goes idle → painting → idle and makes a drawn annotation of the active class, selected', async () => {
    const canvas = await TestCanvas.open(12, 5)
    canvas.editor.addClassNames(['sky'])
    const classId = canvas.editor.state().activeClassId
    canvas.tool('brush')
    canvas.editor.setBrushRadius(1)
    canvas.drag([2.5, 2.5], [8.5, 2.5])
    expect(canvas.path).toEqual(['brush.idle', 'brush.painting', 'brush.idle'])
    const { annotations, selectedId, image } = canvas.editor.state()
    expect(annotations).toHaveLength(1)
    expect(annotations[0]).toMatchObject({ state: 'drawn', classId, id: selectedId, areaPx2: 23 })
    expect(image?.state).toBe('working')
    expect(drawMask(annotations[0].mask, 12, 5)).toBe(['............', '..#######...', '.#########..', '..#######...', '............'].join('\n'))
  })

  test('shows its pixels before the stroke ends, and Esc takes them back', async () => {
    const canvas = await TestCanvas.open(12, 8)
    canvas.tool('brush')
    canvas.editor.setBrushRadius(1)
    canvas.down(3.5, 3.5)
    expect(canvas.seen().filter((id) => id !== 0)).toHaveLength(5)
    expect(canvas.editor.surface.draft()).not.toBeNull()
    canvas.editor.cancelTool()
    expect(canvas.seen().every((id) => id === 0)).toBe(true)
    expect(canvas.editor.state().annotations).toEqual([])
    expect(canvas.editor.surface.draft()).toBeNull()
    expect(canvas.engine.calls.filter(({ name }) => name === 'diff.apply')).toEqual([])
  })

  test('adds to the selected annotation, and a touched proposal becomes fixed', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, box(0, 0, 4, 4))))
    canvas.editor.select(7)
    canvas.tool('brush')
    canvas.editor.setBrushRadius(0.5)
    canvas.click(9.5, 6.5)
    expect(canvas.editor.state().annotations).toHaveLength(1)
    expect(canvas.editor.state().annotations[0]).toMatchObject({ id: 7, state: 'fixed', areaPx2: 17, provenance: { method: 'classic' } })
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
  })

  test('does nothing that a stroke inside the mask would not change', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, box(0, 0, 8, 8))))
    canvas.editor.select(7)
    canvas.tool('brush')
    canvas.editor.setBrushRadius(1)
    canvas.click(3.5, 3.5)
    expect(canvas.editor.state().annotations[0].state).toBe('pending')
  })

  test('is drawn right in the end when another mask came in from elsewhere in the middle of the stroke', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, box(0, 0, 4, 4))))
    canvas.editor.select(7)
    canvas.tool('brush')
    canvas.editor.setBrushRadius(1)
    canvas.down(6, 4)
    canvas.engine.editElsewhere(1, { added: [proposal(20, 1, box(3, 2, 11, 7))], updated: [], removed: [] })
    canvas.move(9, 4)
    canvas.up(9, 4)
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
    await canvas.editor.flush()
    expect(canvas.editor.state().failure).toBeNull()
  })

  test('refuses a locked annotation and says so', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, box(0, 0, 4, 4), { locked: true })))
    canvas.editor.select(7)
    canvas.tool('brush')
    canvas.click(9, 6)
    expect(canvas.path).toEqual(['brush.idle'])
    expect(canvas.editor.state().failure).toContain('locked')
  })

  test('the ring follows the pointer with the true radius and leaves with it', async () => {
    const canvas = await TestCanvas.open(12, 8)
    canvas.tool('brush')
    canvas.editor.setBrushRadius(3)
    canvas.move(4, 5)
    expect(canvas.editor.surface.preview().ring).toEqual({ x: 4, y: 5, radiusPx: 3, erases: false })
    canvas.editor.surface.pointerLeave()
    expect(canvas.editor.surface.preview().ring).toBeNull()
  })
})

describe('eraser', () => {
  test('takes from the selected annotation only, and shows what lies under it at once', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => {
      engine.put(proposal(7, 1, box(0, 0, 12, 8)))
      engine.put(proposal(8, 1, box(2, 2, 10, 6)))
    })
    canvas.editor.select(8)
    canvas.tool('eraser')
    canvas.editor.setBrushRadius(1.5)
    canvas.down(5, 4)
    canvas.move(7, 4)
    expect(canvas.seen()[3 * 12 + 5]).toBe(7)
    canvas.up(7, 4)
    expect(canvas.path).toEqual(['eraser.idle', 'eraser.erasing', 'eraser.idle'])
    const { annotations } = canvas.editor.state()
    expect(annotations.map(({ id, state }) => [id, state])).toEqual([[7, 'pending'], [8, 'fixed']])
    expect(annotations[1].areaPx2).toBeLessThan(32)
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
  })

  test('with none selected takes from the topmost annotation under its start', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => {
      engine.put(proposal(7, 1, box(0, 0, 12, 8)))
      engine.put(proposal(8, 1, box(2, 2, 10, 6)))
    })
    canvas.tool('eraser')
    canvas.editor.setBrushRadius(1)
    canvas.drag([5, 4], [0, 4])
    expect(canvas.editor.state().annotations.map(({ state }) => state)).toEqual(['pending', 'fixed'])
  })

  test('that empties a mask removes the annotation', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, box(2, 2, 4, 4))))
    canvas.tool('eraser')
    canvas.editor.setBrushRadius(5)
    canvas.click(3, 3)
    expect(canvas.editor.state().annotations).toEqual([])
    expect(canvas.seen().every((id) => id === 0)).toBe(true)
    await canvas.editor.flush()
    expect(canvas.engine.annotation(7)).toBeUndefined()
  })

  test('on nothing stays idle', async () => {
    const canvas = await TestCanvas.open(12, 8)
    canvas.tool('eraser')
    canvas.click(3, 3)
    expect(canvas.path).toEqual(['eraser.idle'])
  })
})

describe('select', () => {
  test('a click takes the topmost, the same click again goes one deeper and around, a click on nothing deselects', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => {
      engine.put(proposal(7, 1, box(0, 0, 8, 8)))
      engine.put(proposal(8, 1, box(2, 2, 8, 6)))
      engine.put(proposal(9, 1, box(4, 3, 8, 5)))
    })
    const taken = [1, 2, 3, 4].map(() => {
      canvas.click(5, 4)
      return canvas.editor.state().selectedId
    })
    expect(taken).toEqual([9, 8, 7, 9])
    expect(canvas.path).toEqual(['select.idle', 'select.pointing', 'select.idle', 'select.pointing', 'select.idle', 'select.pointing', 'select.idle', 'select.pointing', 'select.idle'])
    canvas.click(11, 7)
    expect(canvas.editor.state().selectedId).toBeNull()
  })

  test('a rejected or hidden annotation is not there', async () => {
    const canvas = await TestCanvas.open(12, 8, (engine) => {
      engine.put(proposal(7, 1, box(0, 0, 8, 8)))
      engine.put(proposal(8, 1, box(2, 2, 8, 6), { state: 'rejected' }))
      engine.put(proposal(9, 1, box(2, 2, 8, 6)))
    })
    canvas.editor.hide(9)
    canvas.click(5, 4)
    expect(canvas.editor.state().selectedId).toBe(7)
  })

  test('a double-click is left to the view only where nothing is', async () => {
    const canvas = await TestCanvas.open(40, 40, (engine) => engine.put(proposal(7, 1, box(0, 0, 8, 8, 40, 40))))
    expect(canvas.doubleClick(4, 4)).toBe(true)
    expect(canvas.doubleClick(30, 30)).toBe(false)
  })
})

describe('polygon', () => {
  const corners = [[10, 10], [50, 10], [50, 40], [10, 40]] as const

  test('clicks add vertices and a click on the first closes', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    for (const [x, y] of corners) canvas.click(x, y)
    expect(canvas.editor.state().toolPath).toBe('polygon.drawing')
    canvas.click(12, 11)
    expect(canvas.path.at(-1)).toBe('polygon.idle')
    expect(canvas.editor.state().annotations.map(({ state, areaPx2 }) => [state, areaPx2])).toEqual([['drawn', 40 * 30]])
  })

  test('a double-click closes without a vertex of its own', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    for (const [x, y] of corners.slice(0, 3)) canvas.click(x, y)
    expect(canvas.doubleClick(10, 40)).toBe(true)
    expect(canvas.editor.state().annotations.map(({ areaPx2 }) => areaPx2)).toEqual([40 * 30])
  })

  test('Enter closes it, and only then accepts', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    for (const [x, y] of corners) canvas.click(x, y)
    canvas.editor.accept()
    expect(canvas.editor.state().annotations).toHaveLength(1)
  })

  test('Backspace and undo take vertices back one by one, down to nothing', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    for (const [x, y] of corners.slice(0, 3)) canvas.click(x, y)
    canvas.editor.reject()
    expect(canvas.editor.surface.preview().path?.points).toEqual([10, 10, 50, 10])
    await canvas.editor.undo()
    await canvas.editor.undo()
    expect(canvas.editor.state().toolPath).toBe('polygon.idle')
    expect(canvas.engine.calls.some(({ name }) => name === 'history.step')).toBe(false)
  })

  test('Alt+click takes the vertex under it away, wherever it stands in the line; on none it does nothing', async () => {
    const canvas = await TestCanvas.open(60, 50)
    canvas.tool('polygon')
    for (const [x, y] of [[10, 5], [25, 45], [40, 5], [40, 25], [10, 25]] as const) canvas.click(x, y)
    canvas.altClick(58, 48)
    canvas.altClick(25, 45)
    canvas.editor.accept()
    expect(canvas.editor.state().annotations.map(({ mask }) => mask)).toEqual([boxMask(10, 5, 40, 25)])
    canvas.click(10, 5)
    canvas.altClick(10, 5)
    expect(canvas.editor.state().toolPath).toBe('polygon.idle')
  })

  test('Esc gives it up', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    for (const [x, y] of corners) canvas.click(x, y)
    canvas.editor.cancelTool()
    expect(canvas.editor.state().toolPath).toBe('polygon.idle')
    expect(canvas.editor.state().annotations).toEqual([])
  })

  test('two vertices do not close', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    canvas.click(10, 10)
    canvas.click(50, 10)
    expect(canvas.editor.commitTool()).toBe(true)
    expect(canvas.editor.state().toolPath).toBe('polygon.drawing')
  })

  test('a drag draws freehand and closes where it began', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    const around = Array.from({ length: 61 }, (_, i) => [40 + 20 * Math.cos(i / 60 * 2 * Math.PI), 30 + 20 * Math.sin(i / 60 * 2 * Math.PI)] as const)
    canvas.drag(...around)
    expect(canvas.path).toEqual(['polygon.idle', 'polygon.pressing', 'polygon.freehand', 'polygon.idle'])
    const [{ areaPx2 }] = canvas.editor.state().annotations
    expect(areaPx2 / (Math.PI * 400)).toBeCloseTo(1, 1)
  })

  test('a drag that ends elsewhere goes on with clicks', async () => {
    const canvas = await TestCanvas.open(80, 60)
    canvas.tool('polygon')
    canvas.drag([10, 10], [20, 10], [30, 10], [50, 10])
    expect(canvas.editor.state().toolPath).toBe('polygon.drawing')
    canvas.click(50, 40)
    canvas.click(10, 40)
    canvas.editor.commitTool()
    expect(canvas.editor.state().annotations.map(({ areaPx2 }) => areaPx2)).toEqual([40 * 30])
  })

  test('vertices outside the picture move to its edge', async () => {
    const canvas = await TestCanvas.open(20, 10)
    canvas.tool('polygon')
    for (const [x, y] of [[-30, -30], [60, -30], [60, 50], [-30, 50]]) canvas.click(x, y)
    canvas.editor.commitTool()
    expect(canvas.editor.state().annotations.map(({ areaPx2 }) => areaPx2)).toEqual([200])
  })
})

test('another tool gives up what is half done', async () => {
  const canvas = await TestCanvas.open(12, 8)
  canvas.tool('brush')
  canvas.down(3, 3)
  canvas.editor.setTool('select')
  canvas.up(3, 3)
  expect(canvas.path).toEqual(['brush.idle', 'brush.painting', 'select.idle'])
  expect(canvas.editor.state().annotations).toEqual([])
})
