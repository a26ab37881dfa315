import { expect, test } from 'vitest'
import { createPicturePyramid } from '../../../../renderer/canvas/picture-pyramid.ts'
import type { PictureLoader } from '../../../../renderer/canvas/picture-loader.ts'

/** Pictures that are there at once, named by their level; what was loaded and what was closed, in order. */
function pyramid(levels: number) {
  const loads: number[] = []
  const closed: number[] = []
  const load = (url: string): Promise<ImageBitmap> => {
    const level = Number(/mip\/(\d)/.exec(url)?.[1])
    loads.push(level)
    return Promise.resolve({ width: level, close: () => closed.push(level) } as unknown as ImageBitmap)
  }
  const made = createPicturePyramid({ id: 1, revision: 0, width: 4000, height: 3000 }, levels, 'auto', () => undefined, { load } as unknown as PictureLoader)
  const want = async (level: number) => {
    made.want(level)
    await Promise.resolve()
    await Promise.resolve()
    return made.best()?.width
  }
  return { loads, closed, want, close: () => made.close() }
}

test('zoomed in and out again, a level that is coarser is there still; a finer one is let go when the wanted one is there', async () => {
  const { loads, closed, want, close } = pyramid(4)
  for (const level of [1, 0, 1]) expect(await want(level)).toBe(level)
  expect(loads).toEqual([1, 3, 0])
  expect(closed).toEqual([0])
  expect(await want(2)).toBe(2)
  expect(closed).toEqual([0, 1])
  close()
  expect(closed.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
})
