import type { RememberedMask } from '../../../main/contract/memory.ts'
import { mipLevels, wholeLevel } from '../../../main/contract/pictures.ts'
import { traceEdges } from '../../../main/masks/edge-tracing.ts'
import { scaleMask } from '../../../main/masks/place.ts'

/** CSS px of the square that a mask's part of the picture is shown in (memory.css), and what of it is left free around */
export const CROP_PX = 84
const MARGIN_PX = 6
/** places of an outline per CSS px: finer is not seen */
const FINENESS = 2

/** CSS px per px of the picture, and where the picture's corner lies in the square: the mask's box is in the middle. */
function placeOf({ x, y, width, height }: RememberedMask['mask']) {
  const scale = (CROP_PX - 2 * MARGIN_PX) / Math.max(width, height, 1)
  return { scale, left: CROP_PX / 2 - (x + width / 2) * scale, top: CROP_PX / 2 - (y + height / 2) * scale }
}

/** The part of a picture with the mask's box in the middle, as CSS: from the coarsest level that still has the px for it, of those that the picture has and that are served whole. */
export function memoryCrop({ imageId, revision, imageWidth, imageHeight, mask }: RememberedMask) {
  const { scale, left, top } = placeOf(mask)
  const coarseEnough = Math.floor(Math.log2(1 / (2 * scale)))
  const level = Math.max(wholeLevel(imageWidth, imageHeight), Math.min(mipLevels(imageWidth, imageHeight) - 1, coarseEnough))
  return {
    backgroundImage: `url("/pictures/${imageId}/${revision}/mip/${level}?tones=auto")`,
    backgroundSize: `${imageWidth * scale}px ${imageHeight * scale}px`,
    backgroundPosition: `${left}px ${top}px`,
  }
}

/** The mask's outline over that part of the picture, as the path of an SVG in CSS px of the square; a large mask is made smaller first. O(runs) */
export function memoryOutline({ mask, imageWidth, imageHeight }: RememberedMask): string {
  const { scale, left, top } = placeOf(mask)
  const factor = Math.min(1, FINENESS * scale)
  const seen = factor === 1 ? mask : scaleMask(mask, factor, factor, Math.ceil(imageWidth * factor), Math.ceil(imageHeight * factor))
  const { outer, holes } = traceEdges(seen)
  const step = scale / factor
  const place = (value: number, from: number) => Number((from + value * step).toFixed(2))
  return [...outer, ...holes].map((ring) => `M${Array.from({ length: ring.length / 2 }, (_, i) => `${place(ring[2 * i], left)} ${place(ring[2 * i + 1], top)}`).join('L')}Z`).join('')
}
