import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EMPTY_MASK } from '../../../main/masks/mask.ts'
import { areaOf, contains, decodeInto, encodePlane, encodeSpans, forEachSpan, spansOf } from '../../../main/masks/rle.ts'
import { picture, planeOf, planes } from './planes.ts'

test('a small mask is encoded in its tight box, row-major from a run of zeros', () => {
  const { pixels, width, height } = picture(
    '.....',
    '..#..',
    '.###.',
  )
  expect(encodePlane(pixels, width, height)).toEqual({ x: 1, y: 1, width: 3, height: 2, runs: Uint8Array.of(1, 1, 1, 3) })
})

test('the empty plane gives the empty mask', () => {
  expect(encodePlane(new Uint8Array(12), 4, 3)).toEqual(EMPTY_MASK)
})

test('encoding and decoding a plane gives the plane back', () => {
  fc.assert(fc.property(planes(), ({ pixels, width, height }) => {
    expect(planeOf(encodePlane(pixels, width, height), width, height)).toEqual(pixels)
  }))
})

test('the box is tight and the runs never end in zeros', () => {
  fc.assert(fc.property(planes(), ({ pixels, width, height }) => {
    const mask = encodePlane(pixels, width, height)
    const set = [...pixels.keys()].filter((p) => pixels[p] === 1)
    if (set.length === 0) {
      expect(mask).toEqual(EMPTY_MASK)
      return
    }
    const xs = set.map((p) => p % width)
    const ys = set.map((p) => Math.floor(p / width))
    expect([mask.x, mask.y, mask.x + mask.width - 1, mask.y + mask.height - 1]).toEqual([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)])
    let runs = 0
    for (const byte of mask.runs) if (byte < 0x80) runs++
    expect(runs % 2).toBe(0)
  }))
})

test('spans are the mask: encoding them again is the identity, in order and apart', () => {
  fc.assert(fc.property(planes(), ({ pixels, width, height }) => {
    const mask = encodePlane(pixels, width, height)
    const spans = spansOf(mask)
    expect(encodeSpans(spans)).toEqual(mask)
    for (let i = 3; i < spans.length; i += 3) expect(spans[i] > spans[i - 3] || (spans[i] === spans[i - 3] && spans[i + 1] > spans[i - 1])).toBe(true)
  }))
})

test('overlapping, touching and empty spans are joined or skipped', () => {
  expect(spansOf(encodeSpans(Int32Array.of(2, 1, 4, 2, 3, 6, 2, 6, 7, 2, 9, 9, 3, 0, 1)))).toEqual(Int32Array.of(2, 1, 7, 3, 0, 1))
})

test('area and contains agree with the pixels', () => {
  fc.assert(fc.property(planes(), ({ pixels, width, height }) => {
    const mask = encodePlane(pixels, width, height)
    expect(areaOf(mask)).toBe(pixels.reduce((sum, pixel) => sum + pixel, 0))
    for (let y = -1; y <= height; y++) for (let x = -1; x <= width; x++) {
      expect(contains(mask, x, y)).toBe(x >= 0 && y >= 0 && x < width && y < height && pixels[y * width + x] === 1)
    }
  }), { numRuns: 50 })
})

test('a mask is written into a wider 16-bit plane without touching the rest', () => {
  const { pixels, width, height } = picture('#.', '.#')
  const plane = new Uint16Array(3 * 2).fill(7)
  decodeInto(encodePlane(pixels, width, height), plane, 3, 500)
  expect([...plane]).toEqual([500, 7, 7, 7, 500, 7])
})

test('runs beyond the box and numbers cut short are refused', () => {
  expect(() => forEachSpan({ x: 0, y: 0, width: 2, height: 2, runs: Uint8Array.of(0, 5) }, () => undefined)).toThrow('the box only 2×2 = 4')
  expect(() => forEachSpan({ x: 0, y: 0, width: 2, height: 2, runs: Uint8Array.of(0x80) }, () => undefined)).toThrow('end inside a number')
})

test('runs above 2^14 take three bytes and come back', () => {
  const pixels = new Uint8Array(200 * 200).fill(1)
  pixels[0] = 0
  const mask = encodePlane(pixels, 200, 200)
  expect(mask.runs.length).toBe(4)
  expect(planeOf(mask, 200, 200)).toEqual(pixels)
})

test('long stretches, any nonzero value and planes that start anywhere in their buffer are encoded as pixel by pixel', () => {
  const stretches = fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 128, 255), fc.integer({ min: 1, max: 70 })), { maxLength: 30 })
  fc.assert(fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 9 }), stretches, (width, height, offset, parts) => {
    // set bytes right before and after the plane: reading past its ends would show
    const buffer = new Uint8Array(offset + width * height + 16).fill(1)
    const plane = buffer.subarray(offset, offset + width * height)
    plane.fill(0)
    let at = 0
    for (const [value, length] of parts) {
      plane.fill(value, at, at + length)
      at += length
    }
    const pixels = [...plane.keys()].filter((p) => plane[p] !== 0).flatMap((p) => [Math.floor(p / width), p % width, p % width + 1])
    expect(encodePlane(plane, width, height)).toEqual(encodeSpans(Int32Array.from(pixels)))
  }), { numRuns: 400 })
})
