import type { Tones } from '../../main/contract/pictures.ts'
import type { PicturePixels } from '../document/surface.ts'
import type { PictureLoader } from './picture-loader.ts'
import { pictureUrl } from './picture-pyramid.ts'

/** px read at most: a coarser level of larger pictures is enough to go by colour. 16 MP are 64 MB. */
const PIXELS_MAX = 16_000_000

/** The px of an image, from the finest level of its pyramid that is not too large. @throws when it could not be had */
export async function readPixels(image: { readonly id: number; readonly revision: number; readonly width: number; readonly height: number }, levels: number, tones: Tones, loader: PictureLoader): Promise<PicturePixels> {
  let level = 0
  while (level < levels - 1 && (image.width * image.height) / 4 ** level > PIXELS_MAX) level++
  const picture = await loader.load(pictureUrl(image, level, tones))
  const { width, height } = picture
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('this browser has no 2D canvas to read pixels with')
  context.drawImage(picture, 0, 0)
  picture.close()
  return { rgba: context.getImageData(0, 0, width, height).data, width, height }
}
