import { expect, test } from 'vitest'
import { CELL_PX, classicFeatures } from '../../../main/attention/classic-features.ts'
import { REGION_TRAITS, regionTraits } from '../../../main/attention/region-traits.ts'
import { EMPTY_MASK, type Mask } from '../../../main/masks/mask.ts'
import { encodePlane } from '../../../main/masks/rle.ts'

const SIDE = 12
/** A grey photo of 48 × 48 px. */
const WIDTH = SIDE * CELL_PX
const grey = classicFeatures(new Uint8Array(WIDTH * WIDTH * 3).fill(120), SIDE, SIDE)
const mask = (covers: (x: number, y: number) => boolean, size = WIDTH): Mask => encodePlane(Uint8Array.from({ length: size * size }, (_, at) => (covers(at % size, Math.floor(at / size)) ? 1 : 0)), size, size)
const shapeOf = (one: Mask, size = WIDTH): number[] => [...regionTraits(grey, one, size, size)].slice(-16)

test('a box has its height, width, ratio, a filled box, its borders and its place', () => {
  const [height, width, ratio, filled, , top, bottom, side, middle, end, ...parts] = shapeOf(mask((x, y) => x < 12 && y >= 24))
  expect([height, width, filled, top, bottom, side, end]).toEqual([0.5, 0.25, 1, 0, 0.25, 0.5, 1])
  expect(ratio).toBeCloseTo(Math.log(2))
  expect(middle).toBeCloseTo(0.375)
  parts.forEach((part) => { expect(part).toBeCloseTo(1) })
  expect(parts).toHaveLength(6)
})

test('what stands on a foot is told from what hangs, by how the box is filled', () => {
  const standing = shapeOf(mask((x, y) => x >= 12 && x < 36 && y >= 8 && y < 40 && (y >= 32 || (x >= 20 && x < 28))))
  const hanging = shapeOf(mask((x, y) => x >= 12 && x < 36 && y >= 8 && y < 40 && (y < 16 || (x >= 20 && x < 28))))
  expect(standing.slice(10, 14).map((part) => Math.round(3 * part))).toEqual([1, 1, 1, 3])
  expect(hanging.slice(10, 14).map((part) => Math.round(3 * part))).toEqual([3, 1, 1, 1])
  expect(standing[15]).toBeGreaterThan(standing[14])
})

test('left and right, and another size of the photo, change nothing; an empty mask has no traits', () => {
  const shape = (x: number, y: number): boolean => x >= 4 && x < 20 && y >= 8 && y < 32 && x - 4 <= y - 8
  const one = regionTraits(grey, mask(shape), WIDTH, WIDTH), flipped = regionTraits(grey, mask((x, y) => shape(WIDTH - 1 - x, y)), WIDTH, WIDTH)
  const large = regionTraits(grey, mask((x, y) => shape(Math.floor(x / 2), Math.floor(y / 2)), 2 * WIDTH), 2 * WIDTH, 2 * WIDTH)
  expect(one).toHaveLength(REGION_TRAITS)
  one.forEach((value, k) => {
    expect(flipped[k]).toBeCloseTo(value, 5)
    expect(large[k]).toBeCloseTo(value, 5)
  })
  expect(regionTraits(grey, EMPTY_MASK, WIDTH, WIDTH)).toHaveLength(0)
})
