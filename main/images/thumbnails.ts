import type { Tones } from '../contract/pictures.ts'
import { asPlainRgb, pictureSource } from './picture-source.ts'
import { spread } from './tones.ts'

/** Longest side of a thumbnail, px */
const THUMBNAIL_SIDE = 256

/** A WebP of at most 256 × 256 px, upright, sRGB. JPEG and WebP shrink while loading. @param window what of 16 bits is spread over 8; null: all of it. @throws libvips' error */
export async function makeThumbnail(path: string, window: Exclude<Tones, string> | null = null): Promise<Uint8Array> {
  const small = pictureSource(path).autoOrient().resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside', withoutEnlargement: true })
  return asPlainRgb(window === null ? small : spread(small, window)).webp({ quality: 80, effort: 2 }).toBuffer()
}
