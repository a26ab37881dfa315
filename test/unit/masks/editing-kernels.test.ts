import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { colourFlood } from '../../../main/masks/colour-flood.ts'
import { growMask, shrinkMask } from '../../../main/masks/grow.ts'
import { boxMask, placeMask, scaleMask } from '../../../main/masks/place.ts'
import { areaOf } from '../../../main/masks/rle.ts'
import { intersectionArea, sameMask, subtractMasks, unionAll } from '../../../main/masks/set-operations.ts'
import { smoothMask } from '../../../main/masks/smooth.ts'
import { splitMask } from '../../../main/masks/split.ts'
import { maskOf, planeOf, planes } from './planes.ts'

const complement = (pixels: Uint8Array) => pixels.map((pixel) => 1 - pixel)
const radii = fc.constantFrom(0.5, 1, 1.5, 2, 3)

/** every pixel against every pixel */
const grownNaively = (pixels: Uint8Array, width: number, height: number, radiusPx: number) => Array.from({ length: width * height }, (_, p) =>
  Number(pixels.some((set, q) => set === 1 && Math.hypot((p % width) - (q % width), Math.floor(p / width) - Math.floor(q / width)) <= radiusPx)))

test('growing sets just what is within the radius of a set pixel', () => {
  fc.assert(fc.property(planes(), radii, ({ pixels, width, height }, radiusPx) => {
    expect([...planeOf(growMask(maskOf(pixels, width, height), radiusPx, width, height), width, height)]).toEqual(grownNaively(pixels, width, height, radiusPx))
  }))
})

test('shrinking is growing of what is not set', () => {
  fc.assert(fc.property(planes(), radii, ({ pixels, width, height }, radiusPx) => {
    const shrunk = planeOf(shrinkMask(maskOf(pixels, width, height), radiusPx, width, height), width, height)
    expect([...complement(shrunk)]).toEqual(grownNaively(complement(pixels), width, height, radiusPx))
  }))
})

test('smoothing sets what most of the square around says, the edge of the image going on', () => {
  fc.assert(fc.property(planes(), fc.constantFrom(1, 2), ({ pixels, width, height }, r) => {
    const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value))
    const naive = Array.from({ length: width * height }, (_, p) => {
      let count = 0
      for (let dy = -r; dy <= r; dy++) for (let dx = -r; dx <= r; dx++) count += pixels[clamp(Math.floor(p / width) + dy, height) * width + clamp((p % width) + dx, width)]
      return Number(count > (2 * r + 1) ** 2 / 2)
    })
    expect([...planeOf(smoothMask(maskOf(pixels, width, height), r, width, height), width, height)]).toEqual(naive)
  }))
})

test('the pieces of a cut are apart and together the mask, the largest first', () => {
  const place = fc.double({ min: -2, max: 14, noNaN: true })
  fc.assert(fc.property(planes(), fc.array(place, { minLength: 4, maxLength: 8 }).filter(({ length }) => length % 2 === 0), ({ pixels, width, height }, line) => {
    const mask = maskOf(pixels, width, height)
    const pieces = splitMask(mask, line)
    expect(sameMask(unionAll(pieces), mask)).toBe(true)
    expect(pieces.reduce((sum, piece) => sum + areaOf(piece), 0)).toBe(areaOf(mask))
    expect(pieces.every((piece) => pieces.length === 1 || piece.width > 0)).toBe(true)
  }))
})

test('a line across a box gives two pieces, one that ends inside none', () => {
  const box = boxMask(2, 2, 12, 8)
  const [left, right, ...more] = splitMask(box, [7, 0, 7, 20])
  expect(more).toEqual([])
  expect(areaOf(left) + areaOf(right)).toBe(60)
  expect(intersectionArea(left, right)).toBe(0)
  expect(splitMask(box, [7, 0, 7, 5])).toEqual([box])
})

test('a part that the line does not touch stays with the largest piece', () => {
  const pixels = Uint8Array.from({ length: 10 * 5 }, (_, p) => Number(p % 10 < 6 || (p % 10 === 9 && p < 10)))
  const pieces = splitMask(maskOf(pixels, 10, 5), [4, -1, 4, 6])
  expect(pieces).toHaveLength(2)
  expect(pieces[0].width).toBe(10)
})

test('a flood holds its seed and just the pixels that hang together with it within the tolerance', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }), fc.infiniteStream(fc.constantFrom(0, 8, 20, 200)), fc.nat(), fc.constantFrom(0, 10, 30), (width, height, levels, at, tolerance) => {
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 0 ? levels.next().value ?? 0 : 50))
    const seed = at % (width * height)
    const fits = (p: number) => Math.abs(rgba[p * 4] - rgba[seed * 4]) <= tolerance
    const naive = new Uint8Array(width * height)
    const open = [seed]
    for (let p = open.pop(); p !== undefined; p = open.pop()) {
      if (naive[p] === 1 || !fits(p)) continue
      naive[p] = 1
      if (p % width > 0) open.push(p - 1)
      if (p % width < width - 1) open.push(p + 1)
      if (p >= width) open.push(p - width)
      if (p + width < width * height) open.push(p + width)
    }
    expect([...planeOf(colourFlood(rgba, width, height, seed % width, Math.floor(seed / width), tolerance), width, height)]).toEqual([...naive])
  }))
})

test('a mask moved and moved back is what was inside the image all the time', () => {
  fc.assert(fc.property(planes(), fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), ({ pixels, width, height }, dx, dy) => {
    const mask = maskOf(pixels, width, height)
    const back = placeMask(placeMask(mask, dx, dy, width, height), -dx, -dy, width, height)
    expect(areaOf(subtractMasks(back, mask))).toBe(0)
    const inside = pixels.filter((set, p) => set === 1 && (p % width) + dx >= 0 && (p % width) + dx < width && Math.floor(p / width) + dy >= 0 && Math.floor(p / width) + dy < height)
    expect(areaOf(back)).toBe(inside.length)
  }))
})

test('a mask scaled by two has blocks of four', () => {
  fc.assert(fc.property(planes(), ({ pixels, width, height }) => {
    const scaled = planeOf(scaleMask(maskOf(pixels, width, height), 2, 2, 2 * width, 2 * height), 2 * width, 2 * height)
    expect([...scaled].every((set, p) => set === pixels[Math.floor(p / (4 * width)) * width + ((p % (2 * width)) >> 1)])).toBe(true)
  }))
})
