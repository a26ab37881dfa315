import { describe, expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { subtractMasks, unionMasks } from '../../../../main/masks/set-operations.ts'
import type { OperationName } from '../../../../renderer/document/mask-operations.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

describe('operations', () => {
  const holed = subtractMasks(boxMask(5, 5, 25, 20), boxMask(10, 10, 13, 13))

  test.each<[OperationName, number]>([['fillHoles', 300], ['removeIslands', 291], ['grow', 20 * 15], ['shrink', 1], ['smooth', 200]])('%s is previewed and kept on Enter, or given up', async (operation, least) => {
    const canvas = await TestCanvas.open(40, 30, (engine) => engine.put(proposal(7, 1, unionMasks(holed, boxMask(35, 25, 37, 26)))))
    canvas.editor.select(7)
    canvas.editor.operate(operation)
    expect(canvas.editor.state().toolPath).toBe(`operation.${operation}`)
    expect(canvas.editor.surface.preview().shape?.rings.length).toBeGreaterThan(0)
    canvas.editor.cancelTool()
    expect(canvas.edits()).toBe(0)
    canvas.editor.operate(operation)
    canvas.editor.accept()
    expect(canvas.editor.state()).toMatchObject({ toolPath: 'select.idle', selectedId: 7 })
    expect(canvas.editor.state().annotations[0].state).toBe('fixed')
    expect(canvas.areas()[0]).toBeGreaterThanOrEqual(least)
    expect(canvas.seen()).toEqual(canvas.seenByMasks())
  })

  test('the size keys change how much, and the brush stays as it is', async () => {
    const canvas = await TestCanvas.open(60, 50, (engine) => engine.put(proposal(7, 1, boxMask(20, 20, 30, 30))))
    canvas.editor.select(7)
    canvas.editor.operate('grow')
    canvas.editor.resize(1)
    canvas.editor.accept()
    expect(canvas.masks()[0]).toMatchObject({ x: 17, width: 16 })
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
    expect(canvas.masks()).toEqual([holed])
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
    expect(canvas.areas()).toEqual(after)
    await canvas.editor.flush()
    await canvas.editor.undo()
    expect(canvas.masks()).toEqual([boxMask(0, 0, 10, 10), boxMask(5, 0, 15, 10)])
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
