import * as fc from 'fast-check'
import type { Mask } from '../../../main/masks/mask.ts'
import { decodeInto, encodePlane } from '../../../main/masks/rle.ts'

/** A small picture of zeros and ones with its size: what the kernels are compared on. */
export interface Plane { readonly width: number; readonly height: number; readonly pixels: Uint8Array }

/** Planes of all densities up to 20×20, with thin, empty and full ones among them. */
export const planes = (sizeMax = 20): fc.Arbitrary<Plane> =>
  fc.tuple(fc.integer({ min: 1, max: sizeMax }), fc.integer({ min: 1, max: sizeMax }), fc.integer({ min: 0, max: 10 })).chain(([width, height, density]) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: width * height, maxLength: width * height })
      .map((values) => ({ width, height, pixels: Uint8Array.from(values, (value) => (value < density ? 1 : 0)) })))

/** Two planes of one size. */
export const pairs: fc.Arbitrary<{ width: number; height: number; a: Uint8Array; b: Uint8Array }> =
  fc.tuple(planes(), fc.infiniteStream(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 0, max: 10 })).map(([plane, stream, density]) => ({
    width: plane.width,
    height: plane.height,
    a: plane.pixels,
    b: Uint8Array.from([...stream.take(plane.pixels.length)], (value) => (value < density ? 1 : 0)),
  }))

export const maskOf = (pixels: Uint8Array, width: number, height: number): Mask => encodePlane(pixels, width, height)

export function planeOf(mask: Mask, width: number, height: number): Uint8Array {
  const plane = new Uint8Array(width * height)
  decodeInto(mask, plane, width, 1)
  return plane
}

/** '#' and '.' as a plane, one string a row. */
export function picture(...rows: readonly string[]): Plane {
  return { width: rows[0].length, height: rows.length, pixels: Uint8Array.from(rows.join('').split(''), (character) => (character === '#' ? 1 : 0)) }
}
