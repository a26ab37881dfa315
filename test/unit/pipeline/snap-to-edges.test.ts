import { expect, test } from 'vitest'
import { boxMask, placeMask } from '../../../main/masks/place.ts'
import { areaOf } from '../../../main/masks/rle.ts'
import { growMask } from '../../../main/masks/grow.ts'
import { EMPTY_MASK } from '../../../main/masks/mask.ts'
import { intersectMasks, sameMask, subtractMasks, unionMasks } from '../../../main/masks/set-operations.ts'
import { snapOnPhoto } from '../../../main/pipeline/snap-to-edges.ts'

/** A red box on green, with some noise so that colours have a spread. */
function photo(width: number, height: number, [x0, y0, x1, y1]: readonly [number, number, number, number]) {
  const rgb = new Uint8Array(width * height * 3)
  for (let p = 0; p < width * height; p++) {
    const [x, y] = [p % width, Math.floor(p / width)]
    const inside = x >= x0 && x < x1 && y >= y0 && y < y1
    const noise = ((x * 7 + y * 13) % 11) - 5
    rgb.set(inside ? [190 + noise, 60 - noise, 50] : [70 - noise, 150 + noise, 60], p * 3)
  }
  return { rgb, width, height }
}
const iou = (a: Parameters<typeof areaOf>[0], b: Parameters<typeof areaOf>[0]) => areaOf(intersectMasks(a, b)) / areaOf(unionMasks(a, b))

test('an outline some px off moves to the edges of the photo', () => {
  const truth = boxMask(60, 50, 140, 110)
  const rough = placeMask(growMask(truth, 2, 200, 160), 2, -1, 200, 160)
  const snapped = snapOnPhoto(photo(200, 160, [60, 50, 140, 110]), { width: 200, height: 160 }, rough, 8)
  expect(iou(rough, truth)).toBeLessThan(0.95)
  expect(iou(snapped, truth)).toBeGreaterThan(0.99)
})

test('nothing beyond the reach changes, however clear its edge', () => {
  const half = boxMask(60, 50, 100, 110)
  const snapped = snapOnPhoto(photo(200, 160, [60, 50, 140, 110]), { width: 200, height: 160 }, half, 3)
  expect(sameMask(subtractMasks(snapped, growMask(half, 5, 200, 160)), EMPTY_MASK)).toBe(true)
})

test('on a coarser copy of the photo the rest of the mask stays to the px', () => {
  const image = { width: 800, height: 640 }
  const rough = boxMask(236, 200, 561, 441)
  const snapped = snapOnPhoto(photo(200, 160, [60, 50, 140, 110]), image, rough, 16)
  expect(iou(snapped, boxMask(240, 200, 560, 440))).toBeGreaterThan(0.98)
  // its lower right corner was within a px of the edge already, and the upper edge on it
  expect(sameMask(intersectMasks(snapped, boxMask(300, 250, 500, 400)), boxMask(300, 250, 500, 400))).toBe(true)
})

test('an empty mask stays empty', () => {
  expect(snapOnPhoto(photo(20, 16, [0, 0, 5, 5]), { width: 20, height: 16 }, EMPTY_MASK, 4)).toBe(EMPTY_MASK)
})
