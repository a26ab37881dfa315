import { expect, test } from 'vitest'
import { createFloods } from '../../../main/host/floods.ts'

test.each([['requests', 3000], ['wrongTokens', 20], ['calls', 1000]] as const)('%s: so many of one are admitted, one more is not, and others are not held up by them', async (what, limit) => {
  const floods = createFloods()
  const admitted = await Promise.all(Array.from({ length: limit + 5 }, () => floods.admits(what, '10.0.0.7')))
  expect(admitted.indexOf(false)).toBe(limit)
  expect(admitted.slice(limit)).toEqual(Array.from({ length: 5 }, () => false))
  expect([await floods.isFull(what, '10.0.0.7'), await floods.isFull(what, '10.0.0.8'), await floods.admits(what, '10.0.0.8')]).toEqual([true, false, true])
})
