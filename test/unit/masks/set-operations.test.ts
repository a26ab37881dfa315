import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mask } from '../../../main/masks/mask.ts'
import { intersectMasks, intersectionArea, iou, sameMask, subtractAll, subtractMasks, unionAll, unionMasks } from '../../../main/masks/set-operations.ts'
import { maskOf, pairs, planeOf } from './planes.ts'

test('union, difference and intersection agree with the same on planes', () => {
  fc.assert(fc.property(pairs, ({ width, height, a, b }) => {
    const left = maskOf(a, width, height)
    const right = maskOf(b, width, height)
    expect(planeOf(unionMasks(left, right), width, height)).toEqual(a.map((pixel, i) => pixel | b[i]))
    expect(planeOf(subtractMasks(left, right), width, height)).toEqual(a.map((pixel, i) => pixel & (1 - b[i])))
    expect(planeOf(intersectMasks(left, right), width, height)).toEqual(a.map((pixel, i) => pixel & b[i]))
  }), { numRuns: 300 })
})

test('overlap and intersection over union count pixels', () => {
  fc.assert(fc.property(pairs, ({ width, height, a, b }) => {
    const both = a.reduce((sum, pixel, i) => sum + (pixel & b[i]), 0)
    const either = a.reduce((sum, pixel, i) => sum + (pixel | b[i]), 0)
    expect(intersectionArea(maskOf(a, width, height), maskOf(b, width, height))).toBe(both)
    expect(iou(maskOf(a, width, height), maskOf(b, width, height))).toBe(either === 0 ? 0 : both / either)
  }))
})

test('the outcome is encoded as a plane of the same pixels would be', () => {
  fc.assert(fc.property(pairs, ({ width, height, a, b }) => {
    const union = unionMasks(maskOf(a, width, height), maskOf(b, width, height))
    expect(sameMask(union, maskOf(a.map((pixel, i) => pixel | b[i]), width, height))).toBe(true)
    expect(sameMask(maskOf(a, width, height), maskOf(b, width, height))).toBe(a.every((pixel, i) => pixel === b[i]))
  }))
})

test('a union of many is the union of all, and what is taken from a mask is what any of many has', () => {
  fc.assert(fc.property(fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 20 }), { maxLength: 7 }), (sets) => {
    const planes = sets.map((set) => Uint8Array.from({ length: 100 }, (_, i) => (set.includes(i) ? 1 : 0)))
    const all = unionAll(planes.map((plane) => maskOf(plane, 10, 10)))
    expect(planeOf(all, 10, 10)).toEqual(Uint8Array.from({ length: 100 }, (_, i) => (sets.some((set) => set.includes(i)) ? 1 : 0)))
    const [first, ...others] = planes.map((plane) => maskOf(plane, 10, 10))
    if (first !== undefined) expect(planeOf(subtractAll(first, others), 10, 10)).toEqual(planes[0].map((set, i) => set & Number(planes.slice(1).every((plane) => plane[i] === 0))))
  }))
})

/** Wide enough that runs take one, two and three bytes. */
const WIDE = 211
const TALL = 90

/** A few rectangles each, among them single pixels, lines 1 px thick, the full picture and nothing: boxes differ, touch, contain each other or lie apart. */
const shapes = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.integer({ min: 0, max: WIDE - 1 }), fc.integer({ min: 0, max: TALL - 1 }), fc.integer({ min: 1, max: WIDE }), fc.integer({ min: 1, max: TALL })) },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 0, max: WIDE - 1 }), fc.integer({ min: 0, max: TALL - 1 }), fc.integer({ min: 1, max: WIDE }), fc.constant(1)) },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 0, max: WIDE - 1 }), fc.integer({ min: 0, max: TALL - 1 }), fc.constant(1), fc.integer({ min: 1, max: TALL })) },
  { weight: 1, arbitrary: fc.constant([0, 0, WIDE, TALL] as [number, number, number, number]) },
), { maxLength: 4 }).map((rectangles) => {
  const plane = new Uint8Array(WIDE * TALL)
  // odd ones cut holes
  for (const [i, [x, y, width, height]] of rectangles.entries()) {
    for (let row = y; row < Math.min(TALL, y + height); row++) plane.fill(1 - i % 2, row * WIDE + x, row * WIDE + Math.min(WIDE, x + width))
  }
  return plane
})

test('masks of different boxes, lines, full and empty ones give byte for byte what planes give', () => {
  fc.assert(fc.property(shapes, shapes, (a, b) => {
    const left = maskOf(a, WIDE, TALL)
    const right = maskOf(b, WIDE, TALL)
    const both = a.map((pixel, i) => pixel & b[i])
    const either = a.map((pixel, i) => pixel | b[i])
    expect(unionMasks(left, right)).toEqual(maskOf(either, WIDE, TALL))
    expect(intersectMasks(left, right)).toEqual(maskOf(both, WIDE, TALL))
    expect(subtractMasks(left, right)).toEqual(maskOf(a.map((pixel, i) => pixel & (1 - b[i])), WIDE, TALL))
    const overlap = both.reduce((sum, pixel) => sum + pixel, 0)
    const area = either.reduce((sum, pixel) => sum + pixel, 0)
    expect(intersectionArea(left, right)).toBe(overlap)
    expect(iou(left, right)).toBe(area === 0 ? 0 : overlap / area)
  }), { numRuns: 400 })
})

test('two bars at the two sides of the box join across the row ends', () => {
  const a = maskOf(Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0), 4, 2)
  const b = maskOf(Uint8Array.of(0, 0, 1, 1, 0, 0, 1, 1), 4, 2)
  expect(unionMasks(a, b)).toEqual({ x: 0, y: 0, width: 4, height: 2, runs: Uint8Array.of(0, 8) })
  expect(subtractMasks(unionMasks(a, b), a)).toEqual(b)
})

test('masks far longer than 2^31 px are merged without overflow', () => {
  const bar = (x: number, y: number): Mask => ({ x, y, width: 1, height: 1, runs: Uint8Array.of(0, 1) })
  const wide = unionMasks(bar(0, 0), bar(99_999, 99_999))
  expect([wide.width, wide.height]).toEqual([100_000, 100_000])
  expect(intersectMasks(wide, bar(99_999, 99_999))).toEqual(bar(99_999, 99_999))
  expect(subtractMasks(wide, bar(99_999, 99_999))).toEqual(bar(0, 0))
  expect(intersectionArea(wide, bar(0, 0))).toBe(1)
})

test('runs that are longer than the box or end inside a number are refused', () => {
  const good: Mask = { x: 0, y: 0, width: 3, height: 2, runs: Uint8Array.of(0, 6) }
  for (const runs of [Uint8Array.of(0, 7), Uint8Array.of(5, 2), Uint8Array.of(0, 0x83), Uint8Array.of(0x83)]) {
    for (const operation of [unionMasks, intersectMasks, subtractMasks, intersectionArea, iou]) {
      expect(() => operation(good, { ...good, runs })).toThrow(RangeError)
      expect(() => operation({ ...good, runs }, good)).toThrow(RangeError)
    }
  }
})
