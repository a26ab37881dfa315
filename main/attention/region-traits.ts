import { forEachSpan } from '../masks/rle.ts'
import type { Mask } from '../masks/mask.ts'
import type { CellFeatures } from './classic-features.ts'
import { cellCoverage, regionVector } from './region-vector.ts'

/** Parts of the bounding box, from top to bottom and from the side to the middle, of which it is told how much is filled. */
const BANDS = 4, SIDES = 2
/** Values of regionVector. */
const LOOK = 31
/** Values of a region's traits: its look, its box and outline, how much of each part of the box is filled. */
export const REGION_TRAITS = LOOK + 10 + BANDS + SIDES

/**
 * What can be said of a region without any network: colour, texture, place and size (region-vector.ts), then the shape: height and
 * width, their ratio, how much of the box is filled, roughness of the outline, how much of the picture's borders it touches, where
 * it begins and ends, and how it fills its box. Left and right are not told apart.
 * @param mask  px of the upright photo, `width` × `height`
 * @returns f32[REGION_TRAITS]; empty for an empty mask. O(mask + cells)
 */
export function regionTraits(features: CellFeatures, mask: Mask, width: number, height: number): Float32Array {
  const look = regionVector(features, mask, width, height)
  if (look.length === 0) return look
  if (look.length !== LOOK) throw new RangeError(`a region vector has ${look.length} values; the traits are made for ${LOOK}`)
  const bands = new Float64Array(BANDS), thirds = new Float64Array(3)
  let area = 0, top = 0, bottom = 0, left = 0, right = 0, across = 0
  forEachSpan(mask, (y, x0, x1) => {
    const length = x1 - x0
    area += length
    across += (length * (x0 + x1)) / 2
    bands[Math.min(BANDS - 1, Math.floor(((y - mask.y + 0.5) * BANDS) / mask.height))] += length
    for (let third = 0; third < 3; third++) {
      const from = mask.x + (third * mask.width) / 3, to = mask.x + ((third + 1) * mask.width) / 3
      thirds[third] += Math.max(0, Math.min(x1, to) - Math.max(x0, from))
    }
    if (y === 0) top += length
    if (y === height - 1) bottom += length
    if (x0 === 0) left++
    if (x1 === width) right++
  })
  const box = mask.width * mask.height
  const shape = [
    mask.height / height, mask.width / width, Math.log(mask.height / mask.width), area / box, Math.log(outline(mask, features, width, height) + 0.1),
    top / width, bottom / width, Math.max(left, right) / height, Math.abs(across / area / width - 0.5), (mask.y + mask.height) / height,
    ...bands.map((filled) => (filled * BANDS) / box), ((thirds[0] + thirds[2]) * 3) / (2 * box), (thirds[1] * 3) / box,
  ]
  const traits = new Float32Array(REGION_TRAITS)
  traits.set(look)
  traits.set(shape, LOOK)
  return traits
}

/** Length of the outline over the square root of the area, both in grid cells by their coverage, so that another size of the photo changes little. */
function outline(mask: Mask, { rows, columns }: CellFeatures, width: number, height: number): number {
  const coverage = cellCoverage(mask, width, height, columns, rows)
  let length = 0, area = 0
  for (let cell = 0; cell < coverage.length; cell++) {
    area += coverage[cell]
    if ((cell + 1) % columns !== 0) length += Math.abs(coverage[cell + 1] - coverage[cell])
    if (cell + columns < coverage.length) length += Math.abs(coverage[cell + columns] - coverage[cell])
  }
  return length / Math.sqrt(area)
}
