import { afterEach, expect, test, vi } from 'vitest'
import { inSlices } from '../../../main/prelabel/slices.ts'

afterEach(() => { vi.useRealTimers() })

test('others get their turn at first and where a slice is over, not after every piece; no is passed on', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  let turns = 0, goOn = true
  const between = inSlices(() => { turns++; return Promise.resolve(goOn) })
  expect(await between()).toBe(true)
  vi.advanceTimersByTime(9)
  expect(await between()).toBe(true)
  expect(turns).toBe(1)
  vi.advanceTimersByTime(1)
  goOn = false
  expect(await between()).toBe(false)
  expect(turns).toBe(2)
})
