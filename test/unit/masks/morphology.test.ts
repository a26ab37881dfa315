import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EMPTY_MASK } from '../../../main/masks/mask.ts'
import { fillHoles, partsOf, removeIslands } from '../../../main/masks/morphology.ts'
import { areaOf } from '../../../main/masks/rle.ts'
import { sameMask, unionAll } from '../../../main/masks/set-operations.ts'
import { maskOf, picture, planeOf, planes } from './planes.ts'

const of = (...rows: readonly string[]) => {
  const { pixels, width, height } = picture(...rows)
  return maskOf(pixels, width, height)
}

test('a hole is filled, a bay that opens to a side stays, a corner does not open a hole', () => {
  const before = of('.####.#', '.#..###', '.#.#..#', '.######')
  const after = of('.####.#', '.######', '.######', '.######')
  expect(fillHoles(before)).toEqual(after)
})

test('holes above the limit stay', () => {
  const ring = of('####', '#..#', '####', '#.##', '####')
  expect(areaOf(fillHoles(ring, 1))).toBe(areaOf(ring) + 1)
})

test('filling never unsets a pixel, and a second time does nothing', () => {
  fc.assert(fc.property(planes(), ({ pixels, width, height }) => {
    const mask = maskOf(pixels, width, height)
    const filled = fillHoles(mask)
    expect(planeOf(filled, width, height).every((pixel, i) => pixel >= pixels[i])).toBe(true)
    expect(sameMask(fillHoles(filled), filled)).toBe(true)
  }))
})

test('islands below the area go, parts that meet at a corner count as one', () => {
  expect(removeIslands(of('##...#', '..#...'), 3)).toEqual(of('##....', '..#...'))
  expect(removeIslands(of('#.#.#'), 2)).toEqual(EMPTY_MASK)
})

test('parts are apart and their union is the mask', () => {
  fc.assert(fc.property(planes(), fc.constantFrom(4 as const, 8 as const), ({ pixels, width, height }, connectivity) => {
    const mask = maskOf(pixels, width, height)
    const parts = partsOf(mask, connectivity)
    expect(sameMask(unionAll(parts), mask)).toBe(true)
    expect(parts.reduce((sum, part) => sum + areaOf(part), 0)).toBe(areaOf(mask))
    for (const part of parts) expect(partsOf(part, connectivity).length).toBe(1)
  }))
})
