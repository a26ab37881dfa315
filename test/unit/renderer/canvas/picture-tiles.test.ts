import { expect, test, vi } from 'vitest'
import { createPictureTiles } from '../../../../renderer/canvas/picture-tiles.ts'

/** A loader whose pictures arrive when the test says so. */
function tilesOf(width = 16_384, height = 12_288) {
  const asked: string[] = []
  const closed: string[] = []
  const waiting = new Map<string, (found: boolean) => void>()
  const arrived = vi.fn()
  const loader = {
    load: (url: string) => new Promise<ImageBitmap>((resolve, reject) => {
      asked.push(url)
      waiting.set(url, (found) => (found ? resolve({ close: () => { closed.push(url) } } as ImageBitmap) : reject(new Error('gone'))))
    }),
    prefetch: () => {},
  }
  const tiles = createPictureTiles({ id: 3, revision: 1, width, height }, 'full', arrived, loader)
  const arrive = async (found = true) => {
    const now = [...waiting.values()]
    waiting.clear()
    for (const end of now) end(found)
    await Promise.resolve()
    await Promise.resolve()
  }
  return { tiles, asked, closed, arrived, arrive }
}

test('only what is in view is asked for, its middle first, six at a time', async () => {
  const { tiles, asked, arrive } = tilesOf()
  tiles.want(0, { x0: 2000, y0: 1100, x1: 5000, y1: 2900 })
  expect(asked).toHaveLength(6)
  expect(asked[0]).toBe('/pictures/3/1/tile/0/3/1?tones=full')
  await arrive()
  expect(new Set(asked).size).toBe(8) // columns 1 to 4, rows 1 and 2
  expect(tiles.shown()).toHaveLength(6)
  expect(tiles.shown()[0]).toMatchObject({ x0: 3072, y0: 1024, x1: 4096, y1: 2048 })
})

test('a level that is served whole needs no tiles, and one beyond the edge is cut off', async () => {
  const { tiles, asked, arrive } = tilesOf(16_000, 12_288)
  tiles.want(2, { x0: 0, y0: 0, x1: 16_000, y1: 12_288 })
  expect(asked).toEqual([])
  tiles.want(0, { x0: 15_900, y0: -500, x1: 20_000, y1: 100 })
  await arrive()
  expect(tiles.shown()).toMatchObject([{ x0: 15_360, x1: 16_000, y0: 0, y1: 1024 }])
})

test('tiles out of view are kept up to a bound and then closed, those used longest ago first', async () => {
  const { tiles, closed, arrive } = tilesOf()
  for (let row = 0; row < 12; row++) {
    tiles.want(0, { x0: 0, y0: row * 1024, x1: 6 * 1024, y1: row * 1024 + 10 })
    await arrive()
  }
  expect(closed).toHaveLength(12 * 6 - 48)
  expect(closed[0]).toMatch(/\/0\?tones/)
  tiles.close()
  expect(closed).toHaveLength(12 * 6)
})

test('a tile that can’t be had leaves the coarser picture, and is not asked for again and again', async () => {
  const { tiles, asked, arrive } = tilesOf()
  const view = { x0: 0, y0: 0, x1: 10, y1: 10 }
  tiles.want(0, view)
  await arrive(false)
  tiles.want(0, view)
  expect(tiles.shown()).toEqual([])
  expect(asked).toHaveLength(1)
})
