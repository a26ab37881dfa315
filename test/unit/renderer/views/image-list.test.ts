import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../../../main/contract/client.ts'
import type { ImageRow } from '../../../../main/contract/images.ts'
import { createImageList } from '../../../../renderer/views/state/image-list.ts'
import { placeAmong, rowAt, WINDOW_ROWS, WINDOWS_KEPT, windowsFor, windowsToDrop } from '../../../../renderer/views/state/image-windows.ts'

const row = (id: number): ImageRow => ({ id, folderId: 1, path: `${id}.jpg`, width: 4, height: 3, state: 'new', version: 0, ticked: null, pending: 0, kept: 0, missing: false, problem: null, remark: null, revision: 1, uncertainty: null, assignee: null, reviewer: null, review: null, comments: 0, openComments: 0 })

describe('windows of a long list', () => {
  test('rows in view name the windows they lie in', () => {
    expect(windowsFor(0, 0, 100_000)).toEqual([0])
    expect(windowsFor(WINDOW_ROWS - 1, WINDOW_ROWS, 100_000)).toEqual([0, 1])
    expect(windowsFor(99_990, 100_050, 100_000)).toEqual([499])
  })

  test('nothing in view is no window', () => {
    expect(windowsFor(0, 10, 0)).toEqual([])
    expect(windowsFor(-20, -1, 50)).toEqual([])
  })

  test('what is farthest from the view is let go, and never what is in view', () => {
    const held = Array.from({ length: WINDOWS_KEPT + 3 }, (_, k) => k)
    expect(windowsToDrop(held, [0, 1])).toEqual([WINDOWS_KEPT, WINDOWS_KEPT + 1, WINDOWS_KEPT + 2])
    expect(windowsToDrop([0, 1, 2], [2])).toEqual([])
  })

  test('a row is found by its place and a place by its row', () => {
    const windows = new Map([[1, [row(7), row(9)]]])
    expect(rowAt(windows, WINDOW_ROWS + 1)?.id).toBe(9)
    expect(rowAt(windows, 0)).toBeUndefined()
    expect(placeAmong(windows, 9)).toBe(WINDOW_ROWS + 1)
    expect(placeAmong(windows, 1)).toBeNull()
  })
})

describe('the image list', () => {
  const TOTAL = 1000
  let asked: number[] = []
  let hold: (() => void)[] = []
  let held = false
  const client: Client = {
    call: vi.fn(async (name: string, input: { offset: number; limit: number }) => {
      if (name !== 'images.page') return { offset: 3 }
      asked.push(input.offset)
      if (held) await new Promise<void>((resolve) => { hold.push(resolve) })
      return { total: TOTAL, rows: Array.from({ length: Math.min(input.limit, TOTAL - input.offset) }, (_, k) => row(input.offset + k + 1)) }
    }) as never,
    on: () => () => {},
    onConnection: () => () => {},
  }
  beforeEach(() => {
    asked = []
    hold = []
    held = false
    vi.useFakeTimers()
  })
  afterEach(() => { vi.useRealTimers() })
  const settle = () => vi.advanceTimersByTimeAsync(0)

  test('asks only for what is in view, once', async () => {
    const list = createImageList(client, () => {})
    list.setFilter({})
    await settle()
    list.show(0, 9, 'strip')
    list.show(395, 405, 'strip')
    list.show(395, 405, 'strip')
    await settle()
    expect(asked).toEqual([0, 200, 400])
    expect(list.state().total).toBe(TOTAL)
  })

  test('many changes are one refresh, and the old rows stay until the new ones come', async () => {
    const list = createImageList(client, () => {})
    list.setFilter({})
    await settle()
    for (let k = 0; k < 50; k++) list.refresh()
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked).toEqual([0, 0])
    expect(list.state().windows.get(0)).toHaveLength(WINDOW_ROWS)
  })

  test('an answer to an old filter is not shown under the new one', async () => {
    const list = createImageList(client, () => {})
    held = true
    list.setFilter({ text: 'old' })
    await settle()
    held = false
    list.setFilter({ text: 'new' })
    await settle()
    const before = list.state().windows.get(0)
    for (const go of hold) go()
    await settle()
    expect(list.state().windows.get(0)).toBe(before)
  })

  test('after a reset nothing is asked for, whatever a view shows meanwhile', async () => {
    const list = createImageList(client, () => {})
    list.setFilter({})
    await settle()
    list.refresh()
    list.reset()
    list.show(0, 9, 'strip')
    list.refresh()
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked).toEqual([0])
    expect(list.state().total).toBeNull()
  })

  test('a place comes from what is there, else from the engine', async () => {
    const list = createImageList(client, () => {})
    list.setFilter({})
    await settle()
    expect(await list.placeOf(5)).toBe(4)
    expect(await list.placeOf(900)).toBe(3)
  })

  test('a failed call is said and leaves the list as it was', async () => {
    const failures: unknown[] = []
    const list = createImageList({ ...client, call: async () => { throw new Error('the disk is gone') } }, (error) => failures.push(error))
    list.setFilter({})
    await settle()
    expect(failures.map(String)).toEqual(['Error: the disk is gone'])
    expect(list.state().total).toBeNull()
  })
})
