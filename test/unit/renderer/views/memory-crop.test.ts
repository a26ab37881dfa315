import { expect, test } from 'vitest'
import { isTiled, mipLevels } from '../../../../main/contract/pictures.ts'
import { boxMask } from '../../../../main/masks/place.ts'
import { memoryCrop, memoryOutline } from '../../../../renderer/views/dialogs/memory-crop.ts'

const remembered = (imageWidth: number, imageHeight: number, [x, y, width, height]: [number, number, number, number]) =>
  ({ annotationId: 1, imageId: 7, path: 'a.jpg', revision: 3, imageWidth, imageHeight, mask: boxMask(x, y, x + width, y + height), positive: true, packs: ['classic'] })
const cropOf = (imageWidth: number, imageHeight: number, box: [number, number, number, number]) =>
  memoryCrop(remembered(imageWidth, imageHeight, box))
const levelOf = (crop: { readonly backgroundImage: string }): number => Number(/^url\("\/pictures\/7\/3\/mip\/(\d)\?tones=auto"\)$/.exec(crop.backgroundImage)?.[1])

test('a remembered mask is shown from a level that its picture has and that is served whole', () => {
  // the drawn scenes have one level only, however large the mask is
  expect(levelOf(cropOf(384, 384, [0, 0, 384, 384]))).toBe(0)
  // 12 megapixels: the whole picture from its last level, a small part from the full size
  expect(levelOf(cropOf(4000, 3000, [0, 0, 4000, 3000]))).toBe(mipLevels(4000, 3000) - 1)
  expect(levelOf(cropOf(4000, 3000, [100, 100, 60, 60]))).toBe(0)
  // 200 megapixels: the finer levels come in tiles only
  const large = levelOf(cropOf(16_384, 12_288, [100, 100, 60, 60]))
  expect(isTiled(16_384, 12_288, large)).toBe(false)
  expect(isTiled(16_384, 12_288, large - 1)).toBe(true)
})

test('the mask lies in the middle of its square', () => {
  // 72 CSS px for 36 px of the picture; the box's middle, (118, 218), at (42, 42)
  const crop = cropOf(400, 300, [100, 200, 36, 36])
  expect(crop.backgroundSize).toBe('800px 600px')
  expect(crop.backgroundPosition).toBe('-194px -394px')
})

test('the outline lies over what the mask covers, of a small mask as of a large one', () => {
  const extent = (path: string) => {
    const numbers = [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    return [Math.min(...numbers.map(([x]) => x)), Math.min(...numbers.map(([, y]) => y)), Math.max(...numbers.map(([x]) => x)), Math.max(...numbers.map(([, y]) => y))]
  }
  expect(extent(memoryOutline(remembered(400, 300, [100, 200, 36, 36])))).toEqual([6, 6, 78, 78])
  // two to one: in the middle from above to below
  const large = memoryOutline(remembered(4000, 3000, [1000, 500, 2000, 1000]))
  for (const [i, value] of [6, 24, 78, 60].entries()) expect(Math.abs(extent(large)[i] - value)).toBeLessThanOrEqual(1)
  expect(large.split('L').length).toBeLessThan(10)
})
