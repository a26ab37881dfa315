import { expect, test } from 'vitest'
import type { Kernel } from '../../../main/resample/axis-weights.ts'
import { resize } from '../../../main/resample/resize.ts'
import { argmaxLabels } from '../../../main/segment/argmax.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

/** The largest channel of the whole enlarged map; ties go to the lowest. */
function largestOf(map: Float32Array, channels: number): number[] {
  return Array.from({ length: map.length / channels }, (_, i) => {
    let best = 0
    for (let c = 1; c < channels; c++) if (map[i * channels + c] > map[i * channels + best]) best = c
    return best
  })
}

test.each<[Kernel, number, number, number, number]>([
  ['bilinear', 7, 5, 23, 31], ['bicubic-antialiased', 7, 5, 23, 31], ['bicubic', 7, 5, 23, 31], ['bicubic-antialiased', 16, 12, 5, 7], ['bilinear', 6, 6, 6, 20], ['bicubic', 6, 6, 20, 6], ['bilinear', 1, 1, 4, 4],
])('the largest channel by %s, %i × %i → %i × %i, is that of the enlarged map, ties included', (kernel, height, width, outHeight, outWidth) => {
  const random = seededRandom(5), channels = 9
  for (let round = 0; round < 20; round++) {
    // few different values, so that many channels tie; every fourth map has values of its own everywhere
    const map = Float32Array.from({ length: height * width * channels }, () => (round % 4 === 0 ? random() - 0.5 : Math.floor(4 * random()) / 4))
    expect([...argmaxLabels(map, height, width, channels, outHeight, outWidth, kernel)]).toEqual(largestOf(resize(map, height, width, channels, outHeight, outWidth, kernel), channels))
  }
})

test('a map of another size is refused with the numbers', () => {
  expect(() => argmaxLabels(new Float32Array(5), 2, 2, 2, 4, 4, 'bilinear')).toThrow('map holds 5 values')
})
