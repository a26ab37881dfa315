import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectedComponents } from '../../../main/masks/components.ts'

/** Flood fill from each pixel not yet reached, in raster order: the naive version. */
function flood(labels: Uint16Array, width: number, height: number, connectivity: 4 | 8) {
  const ids = new Int32Array(labels.length).fill(-1)
  const areas: number[] = []
  const labelOf: number[] = []
  for (let start = 0; start < labels.length; start++) {
    if (ids[start] >= 0) continue
    const id = areas.length
    const todo = [start]
    ids[start] = id
    let area = 0
    for (let p = todo.pop(); p !== undefined; p = todo.pop()) {
      area++
      for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) {
        if (connectivity === 4 && dx !== 0 && dy !== 0) continue
        const x: number = (p % width) + dx
        const y: number = Math.floor(p / width) + dy
        if (x < 0 || y < 0 || x >= width || y >= height) continue
        const q = y * width + x
        if (ids[q] < 0 && labels[q] === labels[start]) {
          ids[q] = id
          todo.push(q)
        }
      }
    }
    areas.push(area)
    labelOf.push(labels[start])
  }
  return { ids, areas, labelOf }
}

for (const connectivity of [4, 8] as const) {
  test(`regions over ${connectivity} neighbours are those of a flood fill, ids and all`, () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat(1000)), (width, height, kinds, stream) => {
      const labels = Uint16Array.from([...stream.take(width * height)], (value) => value % kinds)
      const { ids, count, areasPx2, labelOf } = connectedComponents(labels, width, height, connectivity)
      const naive = flood(labels, width, height, connectivity)
      expect(ids).toEqual(naive.ids)
      expect(count).toBe(naive.areas.length)
      expect([...areasPx2]).toEqual(naive.areas)
      expect([...labelOf]).toEqual(naive.labelOf)
    }), { numRuns: 300 })
  })
}

test('a spiral is one region and its gap another', () => {
  const rows = ['#######', '#.....#', '#.###.#', '#.#...#', '#.#####', '#......']
  const labels = Uint16Array.from(rows.join('').split(''), (character) => (character === '#' ? 9 : 4))
  const { count, areasPx2, labelOf } = connectedComponents(labels, 7, 6, 4)
  expect([count, [...labelOf], areasPx2[0] + areasPx2[1]]).toEqual([2, [9, 4], 42])
})
