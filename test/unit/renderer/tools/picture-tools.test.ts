import { assert, integer, property, array } from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { growMask } from '../../../../main/masks/grow.ts'
import { boxMask } from '../../../../main/masks/place.ts'
import { encodePlane } from '../../../../main/masks/rle.ts'
import { intersectMasks, sameMask, unionAll } from '../../../../main/masks/set-operations.ts'
import { cornersOf, reshaped } from '../../../../renderer/tools/vertices/corners.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

/** Left half of the picture one grey, the right half a lighter one. */
const halves = (width: number, height: number) => ({ width, height, rgba: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (((i >> 2) % width) * 2 < width ? 60 : 200)) })

describe('superpixels', () => {
  const open = async (prepare: Parameters<typeof TestCanvas.open>[2] = () => {}) => {
    const canvas = await TestCanvas.open(240, 120, prepare)
    canvas.editor.surface.setPicture(halves(240, 120))
    canvas.tool('superpixel')
    canvas.editor.resize(6)
    return canvas
  }

  test('the cell under the pointer is shown, and no cell crosses an edge of the picture', async () => {
    const canvas = await open()
    canvas.move(118, 60)
    const [ring] = canvas.editor.surface.preview().shape?.rings ?? []
    const across = Array.from(ring).filter((_, i) => i % 2 === 0)
    expect(Math.max(...across)).toBeLessThanOrEqual(120)
    canvas.editor.surface.pointerLeave()
    expect(canvas.editor.surface.preview().shape).toBeNull()
  })

  test('a drag takes the cells on its way, shows them, and makes one annotation of them when it ends', async () => {
    const canvas = await open()
    canvas.down(20, 60)
    canvas.move(60, 60)
    expect(canvas.areas()).toEqual([])
    expect(canvas.editor.surface.preview().shape?.rings).toHaveLength(1)
    canvas.up(100, 60)
    expect(canvas.path).toEqual(['superpixel.idle', 'superpixel.painting', 'superpixel.idle'])
    expect(canvas.masks()).toHaveLength(1)
    const [mask] = canvas.masks()
    expect(sameMask(intersectMasks(mask, boxMask(20, 60, 101, 61)), boxMask(20, 60, 101, 61))).toBe(true)
    expect(mask.x + mask.width).toBeLessThanOrEqual(120)
  })

  test('Esc gives the cells up, and nothing is stored', async () => {
    const canvas = await open()
    canvas.down(20, 60)
    canvas.move(60, 60)
    canvas.editor.cancelTool()
    canvas.up(60, 60)
    expect(canvas.path).toEqual(['superpixel.idle', 'superpixel.painting', 'superpixel.idle'])
    expect(canvas.edits()).toBe(0)
  })

  test('cells are added to the selected annotation, and with Alt taken from it', async () => {
    const canvas = await open((engine) => engine.put(proposal(7, 1, boxMask(0, 0, 4, 4))))
    canvas.editor.select(7)
    canvas.click(60, 60)
    expect(canvas.editor.state().annotations.map(({ id }) => id)).toEqual([7])
    const [grown] = canvas.areas()
    expect(grown).toBeGreaterThan(16)
    canvas.editor.surface.pointerDown({ x: 60, y: 60, pxPerScreenPx: 1, shift: false, alt: true })
    canvas.up(60, 60)
    expect(canvas.areas()).toEqual([16])
  })

  test('the size keys make larger cells', async () => {
    const canvas = await open()
    const cell = () => {
      canvas.move(60, 60)
      const ring = Array.from(canvas.editor.surface.preview().shape?.rings[0] ?? [])
      return Math.max(...ring.filter((_, i) => i % 2 === 0)) - Math.min(...ring.filter((_, i) => i % 2 === 0))
    }
    const before = cell()
    canvas.editor.resize(10)
    expect(cell()).toBeGreaterThan(before)
  })

  test('before the picture is there hovering shows nothing, and a drag waits and is one annotation when it comes', async () => {
    const canvas = await TestCanvas.open(40, 30)
    canvas.tool('superpixel')
    canvas.move(5, 5)
    expect(canvas.editor.surface.preview().shape).toBeNull()
    expect(canvas.editor.state().failure).toBeNull()
    canvas.drag([5, 5], [12, 5], [18, 5])
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'superpixel.preparing', failure: null })
    expect(canvas.masks()).toEqual([])
    canvas.editor.surface.setPicture(halves(40, 30))
    expect(canvas.editor.state().toolPath).toBe('superpixel.idle')
    expect(canvas.masks()).toHaveLength(1)
    expect(sameMask(intersectMasks(canvas.masks()[0], boxMask(5, 5, 19, 6)), boxMask(5, 5, 19, 6))).toBe(true)
  })

  test('a press still held when the picture comes goes on as a drag', async () => {
    const canvas = await TestCanvas.open(40, 30)
    canvas.tool('superpixel')
    canvas.down(5, 5)
    canvas.editor.surface.setPicture(halves(40, 30))
    expect(canvas.editor.state().toolPath).toBe('superpixel.painting')
    canvas.up(18, 5)
    expect(canvas.masks()).toHaveLength(1)
  })

  test('on a coarser picture the cells of a row cover the row of the image', async () => {
    const canvas = await TestCanvas.open(480, 240)
    canvas.editor.surface.setPicture(halves(240, 120))
    canvas.tool('superpixel')
    canvas.drag([0, 100], [479, 100])
    expect(sameMask(intersectMasks(unionAll(canvas.masks()), boxMask(0, 100, 480, 101)), boxMask(0, 100, 480, 101))).toBe(true)
  })
})

describe('snap to edges', () => {
  const box = boxMask(40, 40, 80, 80)
  const open = async () => {
    const canvas = await TestCanvas.open(240, 120, (engine) => engine.put(proposal(7, 1, box)))
    canvas.editor.select(7)
    canvas.path = [canvas.editor.state().toolPath]
    return canvas
  }

  test('it is asked for, shown, and kept on Enter', async () => {
    const canvas = await open()
    canvas.editor.snap()
    expect(canvas.editor.state().toolPath).toBe('snap.preparing')
    canvas.editor.accept() // not before there is something to see
    await vi.waitFor(() => expect(canvas.editor.state().toolPath).toBe('snap.previewing'))
    expect(canvas.editor.surface.preview().shape?.rings).toHaveLength(1)
    expect(canvas.masks()).toEqual([box])
    canvas.editor.accept()
    expect(sameMask(canvas.masks()[0], growMask(box, 4, 240, 120))).toBe(true)
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'select.idle', annotations: [{ state: 'fixed' }] })
    await canvas.editor.flush()
    await canvas.editor.undo()
    expect(canvas.masks()).toEqual([box])
  })

  test('Esc gives it up, also before the answer, which then changes nothing', async () => {
    const canvas = await open()
    canvas.editor.snap()
    canvas.editor.cancelTool()
    await vi.waitFor(() => expect(canvas.engine.calls.some(({ name }) => name === 'mask.snap')).toBe(true))
    await canvas.editor.flush()
    expect(canvas.path).toEqual(['select.idle', 'snap.preparing', 'select.idle'])
    expect(canvas.edits()).toBe(0)
  })

  test('the size keys ask again with another reach, and the last outline stays in sight', async () => {
    const canvas = await open()
    canvas.editor.snap()
    await vi.waitFor(() => expect(canvas.editor.state().toolPath).toBe('snap.previewing'))
    canvas.editor.resize(1)
    expect(canvas.editor.state().toolPath).toBe('snap.asking')
    expect(canvas.editor.surface.preview().shape).not.toBeNull()
    await vi.waitFor(() => expect(canvas.editor.state().toolPath).toBe('snap.previewing'))
    expect(canvas.engine.calls.flatMap(({ name, input }) => (name === 'mask.snap' ? [(input as { reachPx: number }).reachPx] : []))).toEqual([4, 5])
  })

  test('with nothing selected or a locked one nothing is asked, and a failure ends it with the reason', async () => {
    const canvas = await open()
    canvas.editor.select(null)
    canvas.editor.snap()
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'select.idle', failure: expect.stringContaining('Select an annotation') as string })
    canvas.editor.select(7)
    canvas.editor.lock()
    canvas.editor.snap()
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'select.idle', failure: expect.stringContaining('locked') as string })
    canvas.editor.lock()
    canvas.engine.failures.set('mask.snap', ['not-found'])
    canvas.editor.snap()
    await vi.waitFor(() => expect(canvas.editor.state()).toMatchObject({ toolPath: 'select.idle', failure: expect.stringContaining('Snapping') as string }))
  })
})

describe('mask and polygon', () => {
  const anyMask = array(integer({ min: 0, max: 1 }), { minLength: 16 * 11, maxLength: 16 * 11 })

  test('whatever the mask and the tolerance, its corners unmoved make the same mask', () => {
    assert(property(anyMask, integer({ min: 0, max: 12 }), (plane, tolerance) => {
      const mask = encodePlane(Uint8Array.from(plane), 16, 11)
      const corners = cornersOf(mask, tolerance / 2)
      expect(sameMask(reshaped(mask, corners, corners, 16, 11), mask)).toBe(true)
    }), { numRuns: 300 })
  })

  test('a corner taken and put back where it was, in the hand or by Esc, changes no px and stores nothing', async () => {
    const plane = Uint8Array.from({ length: 60 * 40 }, (_, p) => (Math.hypot((p % 60) - 30, Math.floor(p / 60) - 20) < 14 && Math.hypot((p % 60) - 30, Math.floor(p / 60) - 20) > 5 ? 1 : 0))
    const ring = encodePlane(plane, 60, 40)
    const canvas = await TestCanvas.open(60, 40, (engine) => engine.put(proposal(7, 1, ring)))
    canvas.editor.select(7)
    canvas.tool('vertices')
    const corners = canvas.editor.surface.preview().shape?.rings.flatMap((one) => Array.from(one)) ?? []
    expect(corners.length).toBeGreaterThan(8)
    for (let i = 0; i < corners.length; i += 2) {
      canvas.drag([corners[i], corners[i + 1]], [corners[i] + 3, corners[i + 1]], [corners[i], corners[i + 1]])
      canvas.down(corners[i], corners[i + 1])
      canvas.move(corners[i] + 9, corners[i + 1] + 9)
      canvas.editor.cancelTool()
      canvas.up(corners[i] + 9, corners[i + 1] + 9)
    }
    expect(canvas.edits()).toBe(0)
    expect(canvas.masks()).toEqual([ring])
  })
})
