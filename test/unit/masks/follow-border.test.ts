import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EMPTY_MASK, type Mask } from '../../../main/masks/mask.ts'
import { boxMask } from '../../../main/masks/place.ts'
import { intersectionArea, intersectMasks, sameMask, subtractMasks } from '../../../main/masks/set-operations.ts'
import { followBorder } from '../../../main/masks/follow-border.ts'
import { maskOf, pairs, picture, planeOf } from './planes.ts'

const read = (...rows: readonly string[]): Mask => maskOf(picture(...rows).pixels, rows[0].length, rows.length)
const draw = (mask: Mask | null, width: number, height: number): string[] | null => {
  if (mask === null) return null
  const plane = planeOf(mask, width, height)
  return Array.from({ length: height }, (_, y) => Array.from(plane.subarray(y * width, (y + 1) * width), (set) => (set === 1 ? '#' : '.')).join(''))
}

test('a border that moves in takes the neighbour along, though there is open ground at its end', () => {
  const before = read('.......', '####...', '####...', '####...')
  const after = read('.......', '##.....', '##.....', '##.....')
  const right = read('.......', '....###', '....###', '....###')
  expect(draw(followBorder(before, after, [right], [], 7, 4)[0], 7, 4)).toEqual(['.......', '..#####', '..#####', '..#####'])
})

test('a border that moves out pushes the neighbour back, and nobody else', () => {
  const before = boxMask(0, 0, 4, 4)
  const right = boxMask(4, 0, 8, 4)
  const far = boxMask(9, 0, 12, 4)
  expect(followBorder(before, boxMask(0, 0, 6, 4), [right, far], [], 12, 4)).toEqual([boxMask(6, 0, 8, 4), null])
  expect(followBorder(before, boxMask(0, 0, 8, 4), [right], [], 12, 4)).toEqual([EMPTY_MASK])
})

test('between two neighbours, each px goes to the nearer', () => {
  const [left, right] = followBorder(boxMask(3, 0, 7, 3), EMPTY_MASK, [boxMask(0, 0, 3, 3), boxMask(7, 0, 10, 3)], [], 10, 3)
  expect(left).toEqual(boxMask(0, 0, 5, 3))
  expect(right).toEqual(boxMask(5, 0, 10, 3))
})

test('what lies at open ground stays open, also where a neighbour touches it, and so does a hole', () => {
  expect(followBorder(boxMask(2, 2, 8, 8), boxMask(2, 4, 8, 8), [boxMask(8, 2, 10, 8)], [], 12, 12)).toEqual([null])
  const before = boxMask(0, 0, 9, 9)
  expect(followBorder(before, subtractMasks(before, boxMask(3, 3, 6, 6)), [boxMask(9, 0, 12, 9)], [], 12, 9)).toEqual([null])
})

test('the edge of the picture is neither open ground nor a neighbour', () => {
  expect(followBorder(boxMask(0, 0, 4, 2), boxMask(0, 0, 2, 2), [boxMask(4, 0, 6, 2)], [], 6, 2)).toEqual([boxMask(2, 0, 6, 2)])
})

test('whatever changes: nobody has a px the changed mask gained, neighbours lose nothing else, and gain only what was given up, once', () => {
  fc.assert(fc.property(pairs, fc.integer({ min: 1, max: 19 }), ({ width, height, a, b }, cut) => {
    const [before, after] = [maskOf(a, width, height), maskOf(b, width, height)]
    const around = boxMask(0, 0, width, height)
    const neighbours = [intersectMasks(around, boxMask(0, 0, cut, height)), subtractMasks(around, boxMask(0, 0, cut, height))].map((mask) => subtractMasks(mask, before)).filter((mask) => mask.width > 0)
    const now = followBorder(before, after, neighbours, [], width, height).map((mask, i) => mask ?? neighbours[i])
    const [gained, givenUp] = [subtractMasks(after, before), subtractMasks(before, after)]
    for (const [i, mask] of now.entries()) {
      expect(intersectionArea(mask, after)).toBe(0)
      expect(sameMask(subtractMasks(neighbours[i], gained), subtractMasks(mask, givenUp))).toBe(true)
    }
    if (now.length === 2) expect(intersectionArea(now[0], now[1])).toBe(0)
  }))
})

test('what is locked is given to nobody: neither its own px under what was given up, nor is it open ground', () => {
  const locked = boxMask(2, 0, 4, 1)
  expect(followBorder(boxMask(0, 0, 6, 3), boxMask(0, 0, 2, 3), [boxMask(6, 0, 8, 3)], [locked], 8, 3)).toEqual([subtractMasks(boxMask(2, 0, 8, 3), locked)])
  const along = boxMask(0, 0, 8, 2)
  expect(followBorder(boxMask(0, 2, 4, 4), boxMask(0, 2, 2, 4), [boxMask(4, 2, 8, 4)], [along], 8, 6)).toEqual([null])
  expect(followBorder(boxMask(0, 2, 4, 4), boxMask(0, 2, 2, 4), [boxMask(4, 2, 8, 4)], [along], 8, 4)).toEqual([boxMask(2, 2, 8, 4)])
})
