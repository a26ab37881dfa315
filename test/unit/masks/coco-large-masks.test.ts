import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fromCocoCounts, toCocoCounts, toCocoRuns } from '../../../main/masks/coco-rle.ts'
import { traceEdges } from '../../../main/masks/edge-tracing.ts'
import { rasterisePolygon } from '../../../main/masks/polygon.ts'
import { areaOf, encodePlane } from '../../../main/masks/rle.ts'

type Rule = { readonly kind: 'full' | 'empty' } | { readonly kind: 'row' | 'column'; readonly at: number } | { readonly kind: 'discs'; readonly discs: readonly (readonly [number, number, number, number])[] } | { readonly kind: 'noise'; readonly of256: number }
interface Large { readonly rule: Rule; readonly size: readonly [number, number]; readonly sha256: string; readonly area: number; readonly bbox: readonly number[] }
/** What pycocotools made of the same rules: test/reference/coco_large_masks.py. */
const masks = JSON.parse(readFileSync(join(import.meta.dirname, '../../reference/fixtures/coco-large-masks.json'), 'utf8')) as readonly Large[]

function planeOf(rule: Rule, height: number, width: number): Uint8Array {
  const plane = new Uint8Array(width * height)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      switch (rule.kind) {
        case 'full': plane[p] = 1; break
        case 'row': plane[p] = y === rule.at ? 1 : 0; break
        case 'column': plane[p] = x === rule.at ? 1 : 0; break
        case 'discs': for (const [cx, cy, r, value] of rule.discs) if ((x - cx) ** 2 + (y - cy) ** 2 < r * r) plane[p] = value; break
        case 'noise': plane[p] = ((x * 73_856_093 + y * 19_349_663) % 1_000_003) % 256 < rule.of256 ? 1 : 0; break
        case 'empty':
      }
    }
  }
  return plane
}

test.each(masks.map((one) => [`${one.rule.kind} ${one.size.join('×')}`, one] as const))('%s: counts, area and box are those of pycocotools; RLE and traced edges give the mask again', (_, { rule, size: [height, width], sha256, area, bbox }) => {
  const mask = encodePlane(planeOf(rule, height, width), width, height)
  const counts = toCocoCounts(mask, width, height)
  expect(createHash('sha256').update(counts).digest('hex')).toBe(sha256)
  expect(areaOf(mask)).toBe(area)
  if (area > 0) expect([mask.x, mask.y, mask.width, mask.height]).toEqual(bbox)
  expect(fromCocoCounts(counts, width, height)).toEqual(mask)
  expect(fromCocoCounts([...toCocoRuns(mask, width, height)], width, height)).toEqual(mask)
  if (area > 0) expect(rasterisePolygon(traceEdges(mask).keyholes().map((line) => [...line]), width, height)).toEqual(mask)
}, 30_000)
