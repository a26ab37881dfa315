import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromCocoCounts, toCocoCounts, toCocoRuns } from '../../../main/masks/coco-rle.ts'
import { areaOf, encodePlane } from '../../../main/masks/rle.ts'
import { fixtures } from './coco-fixtures.ts'
import { maskOf, planes } from './planes.ts'

test('the fixture of the format’s own page: three pixels in two columns are 121O0', () => {
  const mask = encodePlane(Uint8Array.of(0, 0, 1, 1, 1, 0), 2, 3)
  expect(toCocoCounts(mask, 2, 3)).toBe('121O0')
  expect(fromCocoCounts('121O0', 2, 3)).toEqual(mask)
})

test('counts, runs, area and box are those of pycocotools on 80 planes', () => {
  for (const { rows, counts, runs, area, bbox } of fixtures.planes) {
    const height = rows.length
    const width = rows[0].length
    const mask = maskOf(Uint8Array.from(rows.join('').split(''), Number), width, height)
    expect(toCocoCounts(mask, width, height)).toBe(counts)
    expect([...toCocoRuns(mask, width, height)]).toEqual(runs)
    expect(fromCocoCounts(counts, width, height)).toEqual(mask)
    expect(fromCocoCounts(runs, width, height)).toEqual(mask)
    expect(areaOf(mask)).toBe(area)
    if (area > 0) expect([mask.x, mask.y, mask.width, mask.height]).toEqual(bbox)
  }
})

test('both forms give any mask back', () => {
  fc.assert(fc.property(planes(), ({ pixels, width, height }) => {
    const mask = maskOf(pixels, width, height)
    expect(fromCocoCounts(toCocoCounts(mask, width, height), width, height)).toEqual(mask)
    expect(fromCocoCounts([...toCocoRuns(mask, width, height)], width, height)).toEqual(mask)
  }))
})

test('runs of zero length inside the list are read as what they sum to', () => {
  expect(fromCocoCounts([0, 2, 0, 1, 3], 3, 2)).toEqual(fromCocoCounts([0, 3, 3], 3, 2))
})

test('counts that do not sum to the size are refused with both numbers', () => {
  expect(() => fromCocoCounts([1, 2], 3, 2)).toThrow('sum to 3, but the size [2, 3] has 6 px')
  expect(() => fromCocoCounts([1, 20], 3, 2)).toThrow('more than 6')
  expect(() => fromCocoCounts('121O0', 3, 3)).toThrow('has 9 px')
})

test('negative, fractional and foreign counts are refused', () => {
  expect(() => fromCocoCounts([2, -1, 5], 3, 2)).toThrow('RLE run 1 is -1')
  expect(() => fromCocoCounts([0.5, 5.5], 3, 2)).toThrow('RLE run 0 is 0.5')
  expect(() => fromCocoCounts('1 2', 3, 2)).toThrow('the character " "')
  expect(() => fromCocoCounts('ooooooooo', 3, 2)).toThrow('more than 35 bits')
  expect(() => fromCocoCounts('P', 3, 2)).toThrow('end inside')
  expect(() => fromCocoCounts([4], -2, -2)).toThrow('no picture size')
})

test('any text is either a mask or a RangeError', () => {
  fc.assert(fc.property(fc.string({ maxLength: 40, unit: fc.integer({ min: 40, max: 120 }).map((code) => String.fromCharCode(code)) }), (text) => {
    try {
      expect(areaOf(fromCocoCounts(text, 7, 5))).toBeLessThanOrEqual(35)
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
    }
  }), { numRuns: 1000 })
})

test('a mask that reaches out of the image is refused', () => {
  expect(() => toCocoCounts(encodePlane(Uint8Array.of(1, 1), 2, 1), 1, 1)).toThrow('does not fit an image of 1×1')
})
