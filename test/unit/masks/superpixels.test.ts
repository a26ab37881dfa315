import { array, assert, integer, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { superpixels } from '../../../main/masks/superpixels.ts'

/** A picture by a function of the place. */
const picture = (width: number, height: number, at: (x: number, y: number) => readonly [number, number, number]) =>
  Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : at((i >> 2) % width, Math.floor((i >> 2) / width))[i % 4]))

/** How many px hang together by their sides with a px of the same cell. */
function partSize(labels: Uint32Array, width: number, start: number): number {
  const seen = new Set([start])
  for (const p of seen) for (const q of [p % width > 0 ? p - 1 : p, p % width < width - 1 ? p + 1 : p, p - width, p + width]) if (labels[q] === labels[start]) seen.add(q)
  return seen.size
}

test('no cell crosses an edge of colour', () => {
  const rgba = picture(60, 40, (x) => (x < 23 ? [200, 40, 40] : [40, 60, 200]))
  const labels = superpixels(rgba, 60, 0, 0, 60, 40, 10)
  const left = new Set(labels.filter((_, p) => p % 60 < 23))
  const right = new Set(labels.filter((_, p) => p % 60 >= 23))
  expect([...left].filter((cell) => right.has(cell))).toEqual([])
})

test('a flat picture is divided into cells of about the size asked for', () => {
  const labels = superpixels(picture(64, 48, () => [90, 90, 90]), 64, 0, 0, 64, 48, 8)
  expect(new Set(labels).size).toBe(48)
})

test('a part of a picture is divided as if it were alone', () => {
  const at = (x: number, y: number) => [(x * 7) % 256, (y * 5) % 256, (x * y) % 256] as const
  const whole = superpixels(picture(50, 40, at), 50, 13, 7, 30, 20, 6)
  const alone = superpixels(picture(30, 20, (x, y) => at(x + 13, y + 7)), 30, 0, 0, 30, 20, 6)
  expect(whole).toEqual(alone)
})

test('whatever the picture, every px has a cell, numbers have no gaps, and each cell hangs together', () => {
  const colours = array(integer({ min: 0, max: 255 }), { minLength: 12 * 9 * 3, maxLength: 12 * 9 * 3 })
  assert(property(tuple(colours, integer({ min: 2, max: 6 })), ([values, side]) => {
    const labels = superpixels(picture(12, 9, (x, y) => [values[(y * 12 + x) * 3], values[(y * 12 + x) * 3 + 1], values[(y * 12 + x) * 3 + 2]]), 12, 0, 0, 12, 9, side)
    const cells = [...new Set(labels)].sort((a, b) => a - b)
    expect(cells).toEqual(cells.map((_, i) => i))
    for (const cell of cells) {
      const start = labels.indexOf(cell)
      expect(partSize(labels, 12, start)).toBe(labels.filter((one) => one === cell).length)
    }
  }), { numRuns: 60 })
})
