import { describe, expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { areaOf } from '../../../../main/masks/rle.ts'
import { sameMask, subtractMasks, unionMasks } from '../../../../main/masks/set-operations.ts'
import { labelClass, proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

/** Left half of the picture one grey, the right half a lighter one. */
const halves = (width: number, height: number) => ({ width, height, rgba: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (((i >> 2) % width) * 2 < width ? 100 : 130)) })

describe('box', () => {
  test('a drag makes a box of whole px, Esc in the middle makes none', async () => {
    const canvas = await TestCanvas.open(40, 30)
    canvas.tool('box')
    canvas.drag([5.2, 5.1], [15, 12], [20.4, 14.8])
    expect(canvas.path).toEqual(['box.idle', 'box.drawing', 'box.idle'])
    expect(canvas.masks()).toEqual([boxMask(5, 5, 20, 15)])
    canvas.down(2, 2)
    canvas.move(20, 20)
    expect(canvas.editor.surface.preview().shape?.rings).toHaveLength(1)
    canvas.editor.cancelTool()
    canvas.up(20, 20)
    expect(canvas.masks()).toHaveLength(1)
  })

  test('two clicks do the same, outside the picture is its edge', async () => {
    const canvas = await TestCanvas.open(40, 30)
    canvas.tool('box')
    canvas.click(30, 20)
    expect(canvas.editor.state().toolPath).toBe('box.drawing')
    canvas.click(90, 90)
    expect(canvas.masks()).toEqual([boxMask(30, 20, 40, 30)])
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
    expect(canvas.areas()).toEqual([])
    canvas.editor.accept()
    expect(canvas.areas()).toEqual([100])
    canvas.editor.select(null)
    canvas.click(3, 3)
    canvas.editor.resize(10)
    canvas.editor.commitTool()
    expect(canvas.areas()).toEqual([100, 200])
  })

  test('Esc gives it up', async () => {
    const canvas = await TestCanvas.open(20, 10)
    canvas.editor.surface.setPicture(halves(20, 10))
    canvas.tool('wand')
    canvas.click(3, 3)
    canvas.editor.cancelTool()
    expect(canvas.path).toEqual(['wand.idle', 'wand.previewing', 'wand.idle'])
    expect(canvas.edits()).toBe(0)
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
    expect(canvas.areas()).toEqual([])
    canvas.editor.surface.setPicture(halves(20, 10))
    expect(canvas.path).toEqual(['wand.idle', 'wand.preparing', 'wand.previewing'])
    expect(canvas.editor.state().toolAmount?.value).toBe(30)
    canvas.editor.commitTool()
    expect(canvas.areas()).toEqual([200])
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
    expect(canvas.edits()).toBe(0)
  })

  test('a coarser picture chooses the same place of the image', async () => {
    const canvas = await TestCanvas.open(40, 20)
    canvas.editor.surface.setPicture(halves(20, 10))
    canvas.tool('wand')
    canvas.click(30, 12)
    canvas.editor.commitTool()
    expect(canvas.masks()).toEqual([boxMask(20, 0, 40, 20)])
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
    expect(canvas.areas().reduce((sum, area) => sum + area)).toBe(200)
    expect(canvas.editor.state().annotations.map(({ classId }) => classId)).toEqual([50, 50])
    await canvas.editor.flush()
    await canvas.editor.undo()
    expect(canvas.masks()).toEqual([boxMask(5, 5, 25, 15)])
  })

  test('a line that parts nothing changes nothing and says so', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, boxMask(5, 5, 25, 15))))
    canvas.editor.select(7)
    canvas.tool('split')
    canvas.drag([12, 2], [12, 10])
    expect(canvas.editor.state().failure).toContain('does not part')
    expect(canvas.edits()).toBe(0)
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
    expect(canvas.edits()).toBe(0)
  })

  test('a corner dragged moves the outline there and only there', async () => {
    const canvas = await open()
    canvas.drag([40, 30], [45, 33], [50, 35])
    expect(canvas.path).toEqual(['vertices.idle', 'vertices.dragging', 'vertices.idle'])
    const [mask] = canvas.masks()
    expect(areaOf(mask)).toBeGreaterThan(600)
    expect(areaOf(subtractMasks(boxMask(10, 10, 40, 30), mask))).toBe(0)
  })

  test('a press on an edge makes a corner of it, Alt+click takes one away', async () => {
    const canvas = await open()
    canvas.drag([25, 10], [25, 4])
    expect(canvas.areas()[0]).toBeGreaterThan(600)
    canvas.editor.surface.pointerDown({ x: 25, y: 4, pxPerScreenPx: 1, shift: false, alt: true })
    canvas.up(25, 4)
    expect(canvas.areas()[0]).toBeLessThan(640)
  })

  test('Esc takes a drag back', async () => {
    const canvas = await open()
    canvas.down(40, 30)
    canvas.move(50, 35)
    canvas.editor.cancelTool()
    canvas.up(50, 35)
    expect(canvas.edits()).toBe(0)
  })

  test('with a ragged mask, px far from the corner stay as they are', async () => {
    const ragged = unionMasks(boxMask(10, 10, 40, 30), unionMasks(boxMask(13, 9, 14, 10), boxMask(17, 9, 18, 10)))
    const canvas = await TestCanvas.open(60, 40, (engine) => engine.put(proposal(7, 1, ragged)))
    canvas.editor.select(7)
    canvas.tool('vertices')
    canvas.drag([40, 30], [45, 33])
    const [mask] = canvas.masks()
    expect(areaOf(subtractMasks(ragged, mask))).toBe(0)
    expect(sameMask(mask, ragged)).toBe(false)
  })
})

describe('move', () => {
  test('the selected one is dragged by whole px and cut at the edge; Esc leaves it', async () => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, boxMask(5, 5, 15, 15))))
    canvas.editor.select(7)
    canvas.drag([8, 8], [20, 9], [38.3, 10.2])
    expect(canvas.masks()).toEqual([boxMask(35, 7, 40, 17)])
    canvas.down(37, 10)
    canvas.move(20, 10)
    canvas.editor.cancelTool()
    canvas.up(20, 10)
    expect(canvas.masks()).toEqual([boxMask(35, 7, 40, 17)])
  })
})
