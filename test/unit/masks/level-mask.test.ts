import { expect, test } from 'vitest'
import { levelMask } from '../../../main/masks/level-mask.ts'
import { decodeInto } from '../../../main/masks/rle.ts'
import { resize } from '../../../main/resample/resize.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

/** Enlarged values this near to zero may fall to either side: f32 between two passes. */
const TIE = 1e-6

test.each([[5, 4, 23, 31], [7, 7, 7, 7], [1, 1, 6, 4], [8, 3, 64, 24], [6, 5, 100, 9]])('%i × %i to %i × %i px: the mask is where the enlarged plane is positive', (columns, rows, width, height) => {
  const random = seededRandom(columns + width)
  for (let round = 0; round < 5; round++) {
    const values = Float32Array.from({ length: columns * rows }, () => random() - 0.5)
    const plane = new Uint8Array(width * height)
    decodeInto(levelMask(values, columns, rows, width, height), plane, width, 1)
    resize(values, rows, columns, 1, height, width, 'bilinear').forEach((value, i) => {
      if (Math.abs(value) > TIE) expect(plane[i], `px ${i % width}, ${Math.floor(i / width)} is ${value}`).toBe(value > 0 ? 1 : 0)
    })
  }
})

test('nothing positive is an empty mask, all positive the whole picture', () => {
  expect(levelMask(new Float32Array(4).fill(-1), 2, 2, 9, 9).width).toBe(0)
  const whole = levelMask(new Float32Array(4).fill(1), 2, 2, 9, 8)
  expect([whole.x, whole.y, whole.width, whole.height]).toEqual([0, 0, 9, 8])
})
