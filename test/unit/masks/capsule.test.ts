import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { capsuleSpans } from '../../../main/masks/capsule.ts'

const WIDTH = 24
const HEIGHT = 20
/** Distances this near the radius may fall on either side by rounding. */
const ROUNDING_PX = 1e-9

function distanceToSegment(px: number, py: number, x0: number, y0: number, x1: number, y1: number): number {
  const lengthSquared = (x1 - x0) ** 2 + (y1 - y0) ** 2
  const t = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, ((px - x0) * (x1 - x0) + (py - y0) * (y1 - y0)) / lengthSquared))
  return Math.hypot(px - x0 - t * (x1 - x0), py - y0 - t * (y1 - y0))
}

const place = (max: number) => fc.integer({ min: -40, max: (max + 4) * 10 }).map((tenth) => tenth / 10)

test('exactly the pixels whose centre lies within the radius are painted, one span a row', () => {
  fc.assert(fc.property(place(WIDTH), place(HEIGHT), place(WIDTH), place(HEIGHT), fc.integer({ min: 10, max: 80 }), (x0, y0, x1, y1, tenths) => {
    const radius = tenths / 10
    const painted = new Uint8Array(WIDTH * HEIGHT)
    let before = -1
    capsuleSpans(x0, y0, x1, y1, radius, WIDTH, HEIGHT, (y, from, to) => {
      expect(y).toBeGreaterThan(before)
      before = y
      painted.fill(1, y * WIDTH + from, y * WIDTH + to)
    })
    for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) {
      const distance = distanceToSegment(x + 0.5, y + 0.5, x0, y0, x1, y1)
      if (Math.abs(distance - radius) > ROUNDING_PX) expect(painted[y * WIDTH + x]).toBe(distance < radius ? 1 : 0)
    }
  }), { numRuns: 300 })
})

test('a brush smaller than a pixel paints the pixel under it', () => {
  const spans: number[][] = []
  capsuleSpans(3.1, 4.1, 3.1, 4.1, 0.2, WIDTH, HEIGHT, (...span) => spans.push(span))
  expect(spans).toEqual([[4, 3, 4]])
})
