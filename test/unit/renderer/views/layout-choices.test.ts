import { expect, test } from 'vitest'
import { clampPanel, createLayoutChoices } from '../../../../renderer/views/state/layout-choices.ts'

const memory = (start: string | null = null) => {
  let stored = start
  return { getItem: () => stored, setItem: (_: string, value: string) => { stored = value } }
}

test('what was chosen is there at the next start', () => {
  const storage = memory()
  const root: { dataset: DOMStringMap } = { dataset: {} }
  const choices = createLayoutChoices(storage, root)
  expect(root.dataset['density']).toBe('comfortable')
  choices.set({ density: 'compact', patterns: true, tourSeen: true, panels: { left: 300, right: null, strip: 120 } })
  expect(root.dataset['density']).toBe('compact')
  expect(createLayoutChoices(storage, root).state()).toEqual({ density: 'compact', patterns: true, tourSeen: true, panels: { left: 300, right: null, strip: 120 } })
})

test.each(['', 'null', '7', '{"density":"airy","panels":null}', '{"panels":{"left":"wide","strip":null}}'])('%j, which nobody of ours wrote, is the start', (text) => {
  expect(createLayoutChoices(memory(text), { dataset: {} }).state()).toEqual({ density: 'comfortable', patterns: false, tourSeen: false, panels: { left: null, right: null, strip: null } })
})

test('a panel stays within its range, also one that was stored', () => {
  expect(clampPanel('left', 5000)).toBe(480)
  expect(clampPanel('right', -3)).toBe(220)
  expect(createLayoutChoices(memory('{"panels":{"strip":9}}'), { dataset: {} }).state().panels.strip).toBe(104)
})
