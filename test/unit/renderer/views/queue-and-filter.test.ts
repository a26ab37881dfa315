import { expect, test } from 'vitest'
import { gridStep } from '../../../../renderer/views/state/grid-step.ts'
import { detailsOf, tidyFilter, withoutDetails } from '../../../../renderer/views/state/image-filter.ts'
import { placeBeside } from '../../../../renderer/views/state/queue-place.ts'

test('in the order of folders the way on is beside the image, wherever it stands now', () => {
  expect(placeBeside(1, 'folder', 5, 5)).toBe(6)
  expect(placeBeside(-1, 'folder', 5, 3)).toBe(4)
})

test('an image that its edit took out of the list, or moved in the queue, leaves the way on where it was opened', () => {
  expect(placeBeside(1, 'folder', null, 5)).toBe(5)
  expect(placeBeside(-1, 'folder', null, 5)).toBe(4)
  expect(placeBeside(1, 'uncertainty', 90, 5)).toBe(5)
  expect(placeBeside(1, 'uncertainty', 5, 5)).toBe(6)
  expect(placeBeside(1, 'class', null, null)).toBe(0)
})

test('a filter is tidied of what asks nothing, and its details are counted and cleared', () => {
  const filter = { state: ['new' as const], text: ' a ', order: 'folder' as const, under: '', review: undefined, annotation: { classId: null, score: undefined }, assignee: null }
  expect(tidyFilter(filter)).toEqual({ state: ['new'], text: 'a', annotation: { classId: null }, assignee: null })
  expect(tidyFilter({ annotation: { score: undefined }, text: ' ' })).toEqual({})
  expect(detailsOf(tidyFilter(filter))).toBe(2)
  expect(detailsOf({})).toBe(0)
  expect(withoutDetails({ text: 'a', order: 'class', folderId: 3, under: 'x/', comments: 'any' })).toEqual({ text: 'a', order: 'class' })
})

test('arrow keys go by cells and rows of the grid, and stay in it', () => {
  expect(gridStep('ArrowRight', 0, 4, 10)).toBe(1)
  expect(gridStep('ArrowDown', 1, 4, 10)).toBe(5)
  expect(gridStep('ArrowDown', 8, 4, 10)).toBe(9)
  expect(gridStep('ArrowUp', 2, 4, 10)).toBe(0)
  expect(gridStep('End', 2, 4, 10)).toBe(9)
  expect(gridStep('Home', 2, 4, 10)).toBe(0)
  expect(gridStep('x', 2, 4, 10)).toBeNull()
  expect(gridStep('End', 0, 4, 0)).toBeNull()
})
