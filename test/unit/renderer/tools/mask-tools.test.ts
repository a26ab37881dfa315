import { describe, expect, test } from 'vitest'
import { EMPTY_MASK } from '../../../../main/masks/mask.ts'
import { boxMask } from '../../../../main/masks/place.ts'
import { areaOf } from '../../../../main/masks/rle.ts'
import { intersectMasks, sameMask, subtractMasks, unionMasks } from '../../../../main/masks/set-operations.ts'
import type { OperationName } from '../../../../renderer/document/mask-operations.ts'
import { labelClass, proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

const areas = (canvas: TestCanvas) => canvas.editor.state().annotations.map(({ areaPx2 }) => areaPx2)
const masks = (canvas: TestCanvas) => canvas.editor.state().annotations.map(({ mask }) => mask)
const edits = (canvas: TestCanvas) => canvas.engine.calls.filter(({ name }) => name === 'diff.apply').length

/** Left half of the picture one grey, the right half a lighter one. */
const halves = (width: number, height: number) => ({ width, height, rgba: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (((i >> 2) % width) * 2 < width ? 100 : 130)) })

describe('box', () => {
  test('a drag makes a box of whole px, Esc in the middle makes none', async () => {
    const canvas = await TestCanvas.open(40, 30)
    canvas.tool('box')
    canvas.drag([5.2, 5.1], [15, 12], [20.4, 14.8])
    expect(canvas.path).toEqual(['box.idle', 'box.drawing', 'box.idle'])
    expect(masks(canvas)).toEqual([boxMask(5, 5, 20, 15)])
    canvas.down(2, 2)
    canvas.move(20, 20)
    expect(canvas.editor.surface.preview().shape?.rings).toHaveLength(1)
    canvas.editor.cancelTool()
    canvas.up(20, 20)
    expect(masks(canvas)).toHaveLength(1)
  })

  test('two clicks do the same, outside the picture is its edge', async () => {
    const canvas = await TestCanvas.open(40, 30)
    canvas.tool('box')
    canvas.click(30, 20)
    expect(canvas.editor.state().toolPath).toBe('box.drawing')
    canvas.click(90, 90)
    expect(masks(canvas)).toEqual([boxMask(30, 20, 40, 30)])
  })
})

describe('wand', () => {
  test('previews what hangs together by colour, takes more with a greater tolerance, and keeps it on Enter', async () => {
    const canvas = await TestCanvas.open(20, 10)
    canvas.editor.surface.setPicture(halves(20, 10))
    canvas.tool('wand')
    canvas.click(3, 3)
    expect(canvas.editor.state().toolPath).toBe('wand.previewing')
    expect(canvas.editor.surface.preview().shape?.rings).toHaveLength(1)
    expect(areas(canvas)).toEqual([])
    canvas.editor.accept()
    expect(areas(canvas)).toEqual([100])
    canvas.editor.select(null)
    canvas.click(3, 3)
    canvas.editor.resize(10)
    canvas.editor.commitTool()
    expect(areas(canvas)).toEqual([100, 200])
  })

  test('Esc gives it up', async () => {
    const canvas = await TestCanvas.open(20, 10)
    canvas.editor.surface.setPicture(halves(20, 10))
    canvas.tool('wand')
    canvas.click(3, 3)
    canvas.editor.cancelTool()
    expect(canvas.path).toEqual(['wand.idle', 'wand.previewing', 'wand.idle'])
    expect(edits(canvas)).toBe(0)
  })

  test('clicks before the picture is there wait for it, shown as places, and are previewed when it comes', async () => {
    const canvas = await TestCanvas.open(20, 10)
    canvas.tool('wand')
    canvas.click(3, 3)
    canvas.click(15, 3, true)
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'wand.preparing', failure: null })
    expect(canvas.editor.surface.preview().marks).toEqual([{ x: 3, y: 3, include: true }, { x: 15, y: 3, include: true }])
    canvas.editor.resize(3)
    expect(canvas.editor.commitTool()).toBe(true)
    expect(areas(canvas)).toEqual([])
    canvas.editor.surface.setPicture(halves(20, 10))
    expect(canvas.path).toEqual(['wand.idle', 'wand.preparing', 'wand.previewing'])
    expect(canvas.editor.state().toolAmount?.value).toBe(30)
    canvas.editor.commitTool()
    expect(areas(canvas)).toEqual([200])
  })

  test('what waits for the picture goes with Esc and with another image; a picture that can’t be read is told', async () => {
    const canvas = await TestCanvas.open(20, 10, (engine) => engine.addImage(2, 20, 10))
    canvas.tool('wand')
    canvas.click(3, 3)
    canvas.editor.cancelTool()
    expect(canvas.editor.state().toolPath).toBe('wand.idle')
    canvas.click(3, 3)
    await canvas.editor.openImage(2)
    expect(canvas.editor.state().toolPath).toBe('wand.idle')
    canvas.editor.surface.setPicture(null)
    expect(canvas.editor.state().failure).toBeNull()
    canvas.click(3, 3)
    canvas.editor.surface.setPicture(null)
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'wand.idle', failure: expect.stringContaining('couldn’t be read') as string })
    canvas.click(3, 3)
    canvas.editor.surface.setPicture(halves(20, 10))
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'wand.previewing' })
    expect(edits(canvas)).toBe(0)
  })

  test('a coarser picture chooses the same place of the image', async () => {
    const canvas = await TestCanvas.open(40, 20)
    canvas.editor.surface.setPicture(halves(20, 10))
    canvas.tool('wand')
    canvas.click(30, 12)
    canvas.editor.commitTool()
    expect(masks(canvas)).toEqual([boxMask(20, 0, 40, 20)])
  })
})

describe('split', () => {
  test('a line drawn across the selected one parts it; class and px stay', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => {
      engine.put(labelClass(50, 'sky'))
      engine.put(proposal(7, 1, boxMask(5, 5, 25, 15), { classId: 50 }))
    })
    canvas.editor.select(7)
    canvas.tool('split')
    canvas.drag([12, 2], [12, 10], [12, 20])
    expect(canvas.path).toEqual(['split.idle', 'split.drawing', 'split.idle'])
    expect(areas(canvas).reduce((sum, area) => sum + area)).toBe(200)
    expect(canvas.editor.state().annotations.map(({ classId }) => classId)).toEqual([50, 50])
    await canvas.editor.flush()
    await canvas.editor.undo()
    expect(masks(canvas)).toEqual([boxMask(5, 5, 25, 15)])
  })

  test('a line that parts nothing changes nothing and says so', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, boxMask(5, 5, 25, 15))))
    canvas.editor.select(7)
    canvas.tool('split')
    canvas.drag([12, 2], [12, 10])
    expect(canvas.editor.state().failure).toContain('does not part')
    expect(edits(canvas)).toBe(0)
  })
})

describe('corners', () => {
  const open = async () => {
    const canvas = await TestCanvas.open(60, 40, (engine) => engine.put(proposal(7, 1, boxMask(10, 10, 40, 30))))
    canvas.editor.select(7)
    canvas.tool('vertices')
    return canvas
  }

  test('pressed and let go, nothing changes', async () => {
    const canvas = await open()
    expect(canvas.editor.surface.preview().shape).toMatchObject({ handles: true })
    canvas.click(10, 10)
    canvas.click(25, 10)
    await canvas.editor.flush()
    expect(edits(canvas)).toBe(0)
  })

  test('a corner dragged moves the outline there and only there', async () => {
    const canvas = await open()
    canvas.drag([40, 30], [45, 33], [50, 35])
    expect(canvas.path).toEqual(['vertices.idle', 'vertices.dragging', 'vertices.idle'])
    const [mask] = masks(canvas)
    expect(areaOf(mask)).toBeGreaterThan(600)
    expect(areaOf(subtractMasks(boxMask(10, 10, 40, 30), mask))).toBe(0)
  })

  test('a press on an edge makes a corner of it, Alt+click takes one away', async () => {
    const canvas = await open()
    canvas.drag([25, 10], [25, 4])
    expect(areas(canvas)[0]).toBeGreaterThan(600)
    canvas.editor.surface.pointerDown({ x: 25, y: 4, pxPerScreenPx: 1, shift: false, alt: true })
    canvas.up(25, 4)
    expect(areas(canvas)[0]).toBeLessThan(640)
  })

  test('Esc takes a drag back', async () => {
    const canvas = await open()
    canvas.down(40, 30)
    canvas.move(50, 35)
    canvas.editor.cancelTool()
    canvas.up(50, 35)
    expect(edits(canvas)).toBe(0)
  })

  test('with a ragged mask, px far from the corner stay as they are', async () => {
    const ragged = unionMasks(boxMask(10, 10, 40, 30), unionMasks(boxMask(13, 9, 14, 10), boxMask(17, 9, 18, 10)))
    const canvas = await TestCanvas.open(60, 40, (engine) => engine.put(proposal(7, 1, ragged)))
    canvas.editor.select(7)
    canvas.tool('vertices')
    canvas.drag([40, 30], [45, 33])
    const [mask] = masks(canvas)
    expect(areaOf(subtractMasks(ragged, mask))).toBe(0)
    expect(sameMask(mask, ragged)).toBe(false)
  })
})

describe('move', () => {
  test('the selected one is dragged by whole px and cut at the edge; Esc leaves it', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, boxMask(5, 5, 15, 15))))
    canvas.editor.select(7)
    canvas.drag([8, 8], [20, 9], [38.3, 10.2])
    expect(masks(canvas)).toEqual([boxMask(35, 7, 40, 17)])
    canvas.down(37, 10)
    canvas.move(20, 10)
    canvas.editor.cancelTool()
    canvas.up(20, 10)
    expect(masks(canvas)).toEqual([boxMask(35, 7, 40, 17)])
  })
})

describe('operations', () => {
  const holed = subtractMasks(boxMask(5, 5, 25, 20), boxMask(10, 10, 13, 13))

  test.each<[OperationName, number]>([['fillHoles', 300], ['removeIslands', 291], ['grow', 20 * 15], ['shrink', 1], ['smooth', 200]])('%s is previewed and kept on Enter, or given up', async (operation, least) => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, unionMasks(holed, boxMask(35, 25, 37, 26)))))
    canvas.editor.select(7)
    canvas.editor.operate(operation)
    expect(canvas.editor.state().toolPath).toBe(`operation.${operation}`)
    expect(canvas.editor.surface.preview().shape?.rings.length).toBeGreaterThan(0)
    canvas.editor.cancelTool()
    expect(edits(canvas)).toBe(0)
    canvas.editor.operate(operation)
    canvas.editor.accept()
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'select.idle', selectedId: 7 })
    expect(canvas.editor.state().annotations[0].state).toBe('fixed')
    expect(areas(canvas)[0]).toBeGreaterThanOrEqual(least)
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
  })

  test('the size keys change how much, and the brush stays as it is', async () => {
    const canvas = await TestCanvas.open(60, 50, (engine) => engine.put(proposal(7, 1, boxMask(20, 20, 30, 30))))
    canvas.editor.select(7)
    canvas.editor.operate('grow')
    canvas.editor.resize(1)
    canvas.editor.accept()
    expect(masks(canvas)[0]).toMatchObject({ x: 17, width: 16 })
    expect(canvas.editor.state().brushRadiusPx).toBe(12)
  })

  test('how much it is can be seen and set: of an operation, of corners, of the wand; what has no size of its own has none', async () => {
    const canvas = await TestCanvas.open(60, 50, (engine) => engine.put(proposal(7, 1, holed)))
    const { editor } = canvas
    expect(editor.state().toolAmount).toBeNull()
    editor.select(7)
    editor.operate('grow')
    expect(editor.state().toolAmount).toMatchObject({ value: 2, unit: 'px' })
    editor.resize(3)
    expect(editor.state().toolAmount).toMatchObject({ value: 5, unit: 'px' })
    editor.cancelTool()
    editor.operate('removeIslands')
    expect(editor.state().toolAmount).toMatchObject({ value: 128, unit: 'px2' })
    editor.operate('fillHoles')
    expect(editor.state().toolAmount).toBeNull()
    canvas.tool('vertices')
    const corners = () => (editor.surface.preview().shape?.rings ?? []).reduce((sum, ring) => sum + ring.length / 2, 0)
    const fine = corners()
    editor.setToolAmount(500)
    expect(editor.state().toolAmount).toMatchObject({ value: 20, max: 20, unit: 'px' })
    const held = editor.state().toolAmount
    canvas.move(3, 3)
    expect(editor.state().toolAmount).toBe(held)
    expect(corners()).toBeLessThanOrEqual(fine)
    expect(masks(canvas)).toEqual([holed])
    canvas.tool('wand')
    editor.setToolAmount(40)
    expect(editor.state().toolAmount).toMatchObject({ value: 40, unit: 'levels' })
    canvas.tool('vertices')
    expect(editor.state().toolAmount).toMatchObject({ value: 20 })
    canvas.tool('wand')
    editor.operate('grow')
    editor.cancelTool()
    expect(editor.state().toolAmount).toMatchObject({ value: 40 })
    canvas.tool('brush')
    expect(editor.state().toolAmount).toBeNull()
  })

  const two = (canvas: TestCanvas) => {
    canvas.editor.select(7)
    canvas.editor.toggle(8)
  }
  test.each<[OperationName, number[]]>([['union', [150]], ['subtract', [50, 100]], ['intersect', [50]]])('%s of two', async (operation, after) => {
    const canvas = await TestCanvas.open(40, 30, (engine) => {
      engine.put(proposal(7, 1, boxMask(0, 0, 10, 10)))
      engine.put(proposal(8, 1, boxMask(5, 0, 15, 10), { areaPx2: 100 }))
    })
    two(canvas)
    expect(canvas.editor.state()).toMatchObject({ selectedId: 7, alsoSelected: [8] })
    canvas.editor.operate(operation)
    canvas.editor.commitTool()
    expect(areas(canvas)).toEqual(after)
    await canvas.editor.flush()
    await canvas.editor.undo()
    expect(masks(canvas)).toEqual([boxMask(0, 0, 10, 10), boxMask(5, 0, 15, 10)])
  })

  test('parts are separated, the largest stays the annotation', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, unionMasks(boxMask(0, 0, 3, 3), boxMask(10, 10, 20, 20)))))
    canvas.editor.select(7)
    canvas.editor.operate('separate')
    canvas.editor.commitTool()
    expect(canvas.editor.state().annotations.map(({ id, areaPx2 }) => [id === 7, areaPx2])).toEqual([[true, 100], [false, 9]])
  })

  test('nothing selected, too few, or a locked one: refused with words', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, holed)))
    canvas.editor.operate('grow')
    expect(canvas.editor.state().failure).toContain('Select')
    canvas.editor.select(7)
    canvas.editor.operate('union')
    expect(canvas.editor.state().failure).toContain('two or more')
    canvas.editor.lock(7)
    canvas.editor.operate('grow')
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'select.idle', failure: expect.stringContaining('locked') as string })
  })
})

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

describe('what paint spares', () => {
  const open = async (locked: boolean) => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, boxMask(10, 0, 20, 30), { locked })))
    canvas.tool('brush')
    canvas.editor.setBrushRadius(3)
    return canvas
  }
  const overlap = (canvas: TestCanvas) => {
    const [kept, drawn] = masks(canvas)
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
    expect(areaOf(subtractMasks(masks(spared)[2], boxMask(10, 0, 20, 30)))).toBe(areaOf(masks(spared)[2]))
  })

  test('borders that are shared move for both: brush and corners push the neighbour back or bring it along, and one undo takes both back', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => {
      engine.put(proposal(7, 1, boxMask(0, 0, 20, 30), { state: 'accepted' }))
      engine.put(proposal(8, 1, boxMask(20, 0, 40, 15), { state: 'drawn' }))
      engine.put(proposal(9, 1, boxMask(20, 15, 40, 30), { state: 'drawn', locked: true }))
    })
    const { editor } = canvas
    const of = (id: number) => editor.state().annotations.find((one) => one.id === id)?.mask ?? boxMask(0, 0, 0, 0)
    const before = masks(canvas)
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
    expect(masks(canvas)).toEqual(before)

    canvas.tool('vertices')
    canvas.drag([20, 0], [12, 0])
    expect(areaOf(of(7))).toBeLessThan(600)
    expect(areaOf(of(7)) + areaOf(of(8))).toBe(900)
    expect(of(9)).toEqual(before[2])
    await editor.undo()
    expect(masks(canvas)).toEqual(before)

    editor.setNeighbours('keepAll')
    canvas.drag([20, 0], [30, 0])
    expect(masks(canvas)).toEqual(before)
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
    const [kept, grown, locked] = masks(canvas)
    expect(areaOf(kept)).toBeLessThan(200)
    expect(intersectMasks(kept, grown)).toEqual(EMPTY_MASK)
    expect(intersectMasks(grown, locked)).toEqual(EMPTY_MASK)
    expect(areaOf(grown)).toBeGreaterThan(200)
    expect(locked).toEqual(boxMask(14, 0, 17, 10))
  })
})
