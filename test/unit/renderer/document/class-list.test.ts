import { describe, expect, test } from 'vitest'
import { TestCanvas } from '../test-canvas.ts'
import { three } from './three-proposals.ts'

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
