import { expect, test } from 'vitest'
import { toCocoCounts } from '../../../main/masks/coco-rle.ts'
import { rasterisePolygon } from '../../../main/masks/polygon.ts'
import { areaOf } from '../../../main/masks/rle.ts'
import { fixtures } from './coco-fixtures.ts'

test('370 polygons of one to three parts, in and out of the image, are those of pycocotools to the pixel', () => {
  const different = fixtures.polygons.filter(({ parts, size: [height, width], counts }) => toCocoCounts(rasterisePolygon(parts, width, height), width, height) !== counts)
  expect(different).toEqual([])
})

test('the unit square is exactly the first pixel', () => {
  expect(rasterisePolygon([[0, 0, 1, 0, 1, 1, 0, 1]], 4, 4)).toEqual({ x: 0, y: 0, width: 1, height: 1, runs: Uint8Array.of(0, 1) })
})

test('a second ring is a union: the hole is filled, and overlap counts once', () => {
  const box = (from: number, to: number) => [from, from, to, from, to, to, from, to]
  expect(areaOf(rasterisePolygon([box(0, 100), box(30, 70)], 100, 100))).toBe(10_000)
  expect(areaOf(rasterisePolygon([[0, 0, 10, 0, 10, 10, 0, 10], [5, 0, 15, 0, 15, 10, 5, 10]], 20, 20))).toBe(150)
})

test('coordinates far outside cost nothing and cover the image', () => {
  expect(areaOf(rasterisePolygon([[-1e15, -1e15, 1e15, -1e15, 1e15, 1e15, -1e15, 1e15]], 30, 20))).toBe(600)
})

test('slivers between corners beyond any picture end too', () => {
  for (const far of [1e9, 1e18, 1e300]) expect(areaOf(rasterisePolygon([[3, -far, 4, far, 5, -far / 3, 9, far]], 30, 20))).toBeLessThanOrEqual(600)
})

test('parts too short, odd or not finite are refused with the number', () => {
  expect(() => rasterisePolygon([[1, 2, 3, 4]], 9, 9)).toThrow('4 numbers')
  expect(() => rasterisePolygon([[1, 2, 3, 4, 5, 6, 7]], 9, 9)).toThrow('7 numbers')
  expect(() => rasterisePolygon([[1, 2, Number.NaN, 4, 5, 6]], 9, 9)).toThrow('coordinate 2 is NaN')
})
