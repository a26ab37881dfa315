import { expect, test } from 'vitest'
import { cellsOf, mergeTree, partsAround } from '../../../main/segment/merge-tree.ts'
import { prepareClicks } from '../../../main/segment/smart-click.ts'

/** 4 × 6 cells: the left half, the right half, and of the right half a dot of 2 × 2; affinity falls with the difference of the shades. */
const SHADES = [
  0, 0, 0, 10, 10, 10,
  0, 0, 0, 10, 13, 13,
  0, 0, 0, 10, 13, 13,
  0, 0, 0, 10, 10, 10,
]
function affinity(): Float32Array {
  const n = SHADES.length
  const out = new Float32Array(n * n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += out[i * n + j] = Math.exp(-Math.abs(SHADES[i] - SHADES[j]) / 2)
    for (let j = 0; j < n; j++) out[i * n + j] /= sum
  }
  return out
}
const tree = mergeTree(prepareClicks(affinity(), 6, 4))
const shape = (node: number): string => [...cellsOf(tree, node)].join('').replaceAll(/.{6}/g, '$& ').trim()

test('the tree goes from a dot to the thing it is part of to the whole picture', () => {
  expect(tree.parents.filter((parent) => parent < 0)).toHaveLength(1)
  expect(tree.sizes.at(-1)).toBe(24)
  const shapes = partsAround(tree, [10], []).map(shape)
  expect(shapes).toEqual(['000000 000011 000011 000000', '000111 000111 000111 000111', '111111 111111 111111 111111'])
})

test('parts that leave out what is excluded, or hold all that is included, are the only ones', () => {
  expect(partsAround(tree, [10], [3]).map(shape)).toEqual(['000000 000011 000011 000000', '000011 000111 000111 000111'])
  expect(partsAround(tree, [10, 3], [0]).map(shape)).toEqual(['000111 000111 000111 000111'])
  expect(partsAround(tree, [10, 0], []).map(shape)).toEqual(['111111 111111 111111 111111'])
  expect(partsAround(tree, [10], [11])).toEqual([])
})

test('every node is one connected piece, and as large as it says', () => {
  for (let node = 0; node < tree.parents.length; node++) {
    const inside = cellsOf(tree, node)
    expect(inside.reduce((sum, value) => sum + value, 0)).toBe(tree.sizes[node])
    const reached = new Set([inside.indexOf(1)])
    for (const cell of reached) {
      for (const next of [cell % 6 > 0 ? cell - 1 : -1, cell % 6 < 5 ? cell + 1 : -1, cell - 6, cell + 6]) if (inside[next] === 1) reached.add(next)
    }
    expect(reached.size).toBe(tree.sizes[node])
  }
})
