import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { traceEdges } from '../../../main/masks/edge-tracing.ts'
import { rasterisePolygon } from '../../../main/masks/polygon.ts'
import { encodePlane } from '../../../main/masks/rle.ts'
import { iou } from '../../../main/masks/set-operations.ts'
import { oneLine, simplifiedOutlines, simplifyRing } from '../../../main/masks/simplify.ts'
import { maskOf, picture, planes } from './planes.ts'

describe('simplified outlines', () => {
  test('the corners of a staircase go, those of the shape stay', () => {
    expect(simplifyRing([0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 3, 2, 3, 9, 0, 9], 0.8)).toEqual([0, 0, 3, 2, 3, 9, 0, 9])
  })

  test('no corner that is left out lies further off than the tolerance', () => {
    const distance = (x: number, y: number, ring: readonly number[]): number => {
      let least = Infinity
      for (let i = 0; i < ring.length; i += 2) {
        const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[(i + 2) % ring.length], ring[(i + 3) % ring.length]]
        const length = (bx - ax) ** 2 + (by - ay) ** 2
        const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length))
        least = Math.min(least, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)))
      }
      return least
    }
    fc.assert(fc.property(planes(20), fc.constantFrom(0.5, 1, 2, 4), ({ width, height, pixels }, tolerance) => {
      for (const ring of traceEdges(encodePlane(pixels, width, height)).outer) {
        const simple = simplifyRing(ring, tolerance)
        if (simple.length > 0) for (let i = 0; i < ring.length; i += 2) expect(distance(ring[i], ring[i + 1], simple)).toBeLessThanOrEqual(tolerance + 1e-9)
      }
    }), { numRuns: 200 })
  })

  test('a disc with a hole keeps its hole and most of its pixels', () => {
    const side = 101
    const pixels = Uint8Array.from({ length: side * side }, (_, i) => { const r = Math.hypot((i % side) - 50, Math.floor(i / side) - 50); return r < 45 && r > 15 ? 1 : 0 })
    const mask = encodePlane(pixels, side, side)
    const lines = simplifiedOutlines(traceEdges(mask), 1)
    expect(lines.length).toBe(1)
    expect(lines[0].length).toBeLessThan(traceEdges(mask).outer[0].length / 3)
    expect(iou(rasterisePolygon(lines, side, side), mask)).toBeGreaterThan(0.97)
  })

  test('many keyhole lines as one polygon still give the same pixels', () => {
    fc.assert(fc.property(planes(20), ({ width, height, pixels }) => {
      const mask = encodePlane(pixels, width, height)
      if (mask.width === 0) return
      expect(rasterisePolygon([oneLine(traceEdges(mask).keyholes())], width, height)).toEqual(mask)
    }), { numRuns: 400 })
  })

  test('a speck thinner than the tolerance keeps its corners', () => {
    const { width, height, pixels } = picture('...', '.#.', '...')
    expect(simplifiedOutlines(traceEdges(maskOf(pixels, width, height)), 5)).toEqual([[1, 1, 2, 1, 2, 2, 1, 2]])
  })
})
