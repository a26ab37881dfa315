import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { traceEdges } from '../../../main/masks/edge-tracing.ts'
import { EMPTY_MASK } from '../../../main/masks/mask.ts'
import { rasterisePolygon } from '../../../main/masks/polygon.ts'
import { encodePlane } from '../../../main/masks/rle.ts'
import { maskOf, picture, planes } from './planes.ts'

const rings = (list: readonly Int32Array[]) => list.map((ring) => [...ring])

describe('edge tracing', () => {
  test('one pixel is the unit square at integer corners', () => {
    const { width, height, pixels } = picture('...', '.#.', '...')
    expect(rings(traceEdges(maskOf(pixels, width, height)).outer)).toEqual([[1, 1, 2, 1, 2, 2, 1, 2]])
  })

  test('the empty mask has no outline', () => {
    expect(traceEdges(EMPTY_MASK)).toMatchObject({ outer: [], holes: [] })
  })

  test('pixels that touch only at a corner are two rings', () => {
    const { width, height, pixels } = picture('#.', '.#')
    expect(rings(traceEdges(maskOf(pixels, width, height)).outer)).toEqual([[0, 0, 1, 0, 1, 1, 0, 1], [1, 1, 2, 1, 2, 2, 1, 2]])
  })

  test('a donut is one ring and one hole; the keyhole line walks a bridge in and out', () => {
    const { width, height, pixels } = picture('####', '#..#', '####')
    const outlines = traceEdges(maskOf(pixels, width, height))
    expect(rings(outlines.outer)).toEqual([[0, 0, 4, 0, 4, 3, 0, 3]])
    expect(rings(outlines.holes)).toEqual([[3, 1, 1, 1, 1, 2, 3, 2]])
    expect([...outlines.outerOf]).toEqual([0])
    expect(rings(outlines.keyholes())).toEqual([[0, 0, 4, 0, 4, 3, 0, 3, 0, 1, 1, 1, 1, 2, 3, 2, 3, 1, 1, 1, 0, 1]])
  })

  test('an island in a hole is an outer ring of its own', () => {
    const { width, height, pixels } = picture('#####', '#...#', '#.#.#', '#...#', '#####')
    const { outer, holes, outerOf } = traceEdges(maskOf(pixels, width, height))
    expect([outer.length, holes.length, [...outerOf]]).toEqual([2, 1, [0]])
  })

  test('outer areas less hole areas are the pixel count; no ring has two edges in one line', () => {
    const areaOfRing = (ring: Int32Array): number => {
      let twice = 0
      for (let i = 0; i < ring.length; i += 2) twice += ring[i] * ring[(i + 3) % ring.length] - ring[(i + 2) % ring.length] * ring[i + 1]
      return twice / 2
    }
    fc.assert(fc.property(planes(24), ({ width, height, pixels }) => {
      const { outer, holes } = traceEdges(encodePlane(pixels, width, height))
      for (const ring of outer) expect(areaOfRing(ring)).toBeGreaterThan(0)
      for (const ring of holes) expect(areaOfRing(ring)).toBeLessThan(0)
      expect([...outer, ...holes].reduce((sum, ring) => sum + areaOfRing(ring), 0)).toBe(pixels.reduce((sum, value) => sum + value, 0))
      for (const ring of [...outer, ...holes]) for (let i = 0; i < ring.length; i += 2) expect((ring[i] === ring[(i + 2) % ring.length]) === (ring[i + 1] === ring[(i + 3) % ring.length])).toBe(false)
    }), { numRuns: 300 })
  })

  test('keyhole lines give the mask again to the pixel, and never more lines than rings', () => {
    fc.assert(fc.property(planes(24), ({ width, height, pixels }) => {
      const mask = encodePlane(pixels, width, height)
      const outlines = traceEdges(mask)
      const lines = outlines.keyholes()
      expect(lines.length).toBe(outlines.outer.length)
      expect(rasterisePolygon(lines.map((line) => [...line]), width, height)).toEqual(mask)
    }), { numRuns: 600 })
  })

  test('noise of a million pixels, full of holes in chains, survives', () => {
    const side = 1024
    const pixels = Uint8Array.from({ length: side * side }, (_, i) => (((i * 2_654_435_761) >>> 0) % 7 < 4 ? 1 : 0))
    const mask = encodePlane(pixels, side, side)
    expect(rasterisePolygon(traceEdges(mask).keyholes().map((line) => [...line]), side, side)).toEqual(mask)
  })
})
