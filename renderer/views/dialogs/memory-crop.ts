import type { RememberedMask } from '../../../main/contract/memory.ts'
import { mipLevels, wholeLevel } from '../../../main/contract/pictures.ts'

/** CSS px of the square that a mask's part of the picture is shown in (memory.css), and what of it is left free around */
const CROP_PX = 84, MARGIN_PX = 6

/** The part of a picture with the mask's box in the middle, as CSS: from the coarsest level that still has the px for it, of those that the picture has and that are served whole. */
export function memoryCrop({ imageId, revision, imageWidth, imageHeight, box: [x, y, width, height] }: RememberedMask) {
  const side = Math.max(width, height, 1)
  const scale = (CROP_PX - 2 * MARGIN_PX) / side
  const coarseEnough = Math.floor(Math.log2(1 / (2 * scale)))
  const level = Math.max(wholeLevel(imageWidth, imageHeight), Math.min(mipLevels(imageWidth, imageHeight) - 1, coarseEnough))
  return {
    backgroundImage: `url("/pictures/${imageId}/${revision}/mip/${level}?tones=auto")`,
    backgroundSize: `${imageWidth * scale}px ${imageHeight * scale}px`,
    backgroundPosition: `${CROP_PX / 2 - (x + width / 2) * scale}px ${CROP_PX / 2 - (y + height / 2) * scale}px`,
  }
}
