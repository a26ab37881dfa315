import { expect, test } from 'vitest'
import { leastChange, prepareClickWindow } from '../../../main/segment/click-window.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

const flat = (n: number): Float32Array => new Float32Array(n)

test('the way of least colour change goes round a wall', () => {
  const lightness = flat(25)
  for (let y = 0; y < 4; y++) lightness[y * 5 + 2] = 1
  const ways = leastChange(prepareClickWindow([lightness, flat(25), flat(25)], 5, 5, null), [0])
  expect(ways[0]).toBe(0)
  // down, across below the wall, up again: 12 steps of half a window's fifth and no change of colour
  expect(ways[4]).toBeCloseTo((12 * 0.5) / 5, 5)
  expect(ways[2]).toBeGreaterThan(1)
})

/** The naive version: until nothing comes nearer. */
function naive(lab: readonly Float32Array[], width: number, height: number, seeds: readonly number[]): Float64Array {
  const ways = new Float64Array(width * height).fill(1e9), length = 0.5 / Math.max(width, height)
  for (const seed of seeds) ways[seed] = 0
  for (let changed = true; changed;) {
    changed = false
    for (let at = 0; at < ways.length; at++) {
      for (const to of [at % width > 0 ? at - 1 : -1, at % width < width - 1 ? at + 1 : -1, at - width, at + width]) {
        if (to < 0 || to >= ways.length) continue
        const through = ways[to] + Math.hypot(...lab.map((plane) => plane[at] - plane[to])) + length
        if (through >= ways[at] - 1e-12) continue
        ways[at] = through
        changed = true
      }
    }
  }
  return ways
}

test('sweeps find what the naive way finds, where ways do not wind', () => {
  const width = 17, height = 13, random = seededRandom(3)
  const lab = [0, 1, 2].map(() => Float32Array.from({ length: width * height }, () => 0.05 * random()))
  const found = leastChange(prepareClickWindow(lab, width, height, null), [40, 171]), wanted = naive(lab, width, height, [40, 171])
  found.forEach((way, i) => {
    expect(way).toBeGreaterThan(wanted[i] - 1e-5)
    expect(way).toBeLessThan(wanted[i] * 1.02 + 1e-5)
  })
})

test('a box says where the object may be, how far inside each px is, and where outside begins', () => {
  const window = prepareClickWindow([flat(48), flat(48), flat(48)], 8, 6, [2, 1, 6, 5])
  expect([...window.allowed].map((value, i) => (value === 1 ? i : -1)).filter((i) => i >= 0)).toEqual([1, 2, 3, 4].flatMap((y) => [2, 3, 4, 5].map((x) => 8 * y + x)))
  expect([window.size, window.inwardsPx]).toEqual([4, 2])
  expect([window.inwards[8 + 2], window.inwards[16 + 3], window.inwards[0]]).toEqual([0.25, 0.75, -0.75])
  expect([window.across[8 + 2], window.down[16 + 3]]).toEqual([0.75, 0.25])
  expect([window.fromOutside[0], window.fromOutside[8 + 2]]).toEqual([0, Math.fround(0.5 / 8)])
  expect(prepareClickWindow([flat(48), flat(48), flat(48)], 8, 6, null).allowed.every((value) => value === 1)).toBe(true)
})

test('px that look alike are of one kind, and neighbours across an edge are not alike', () => {
  const lightness = Float32Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 0.1 : 0.9))
  const { kinds, alike: [right, below] } = prepareClickWindow([lightness, flat(64), flat(64)], 8, 8, null)
  expect(kinds.colour.of[0]).toBe(kinds.colour.of[59])
  expect(kinds.colour.of[0]).not.toBe(kinds.colour.of[60])
  expect([right[2], below[2]]).toEqual([1, 1])
  expect(right[3]).toBeLessThan(0.01)
  // there is no px on the right of the last
  expect([right[7], below[63]]).toEqual([0, 0])
})

test('each px is of the kind whose centre is nearest: the one that other px of its colour have', () => {
  const random = seededRandom(5), colours = Array.from({ length: 30 }, () => [random(), random(), random()])
  const own = Int32Array.from({ length: 900 }, () => Math.floor(random() * colours.length))
  const lab = [0, 1, 2].map((c) => Float32Array.from(own, (colour) => colours[colour][c]))
  const { kinds: { colour: { of } } } = prepareClickWindow(lab, 30, 30, null)
  const kindsOfColour = colours.map((_, colour) => new Set([...of].filter((_kind, i) => own[i] === colour)))
  expect(kindsOfColour.every((kinds) => kinds.size === 1)).toBe(true)
  expect(new Set(kindsOfColour.flatMap((kinds) => [...kinds])).size).toBe(colours.length)
})
