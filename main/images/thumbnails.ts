import { asPlainRgb, pictureSource } from './picture-source.ts'

/** Longest side of a thumbnail, px */
export const THUMBNAIL_SIDE = 256

/** A WebP of at most 256 × 256 px, upright, sRGB. JPEG and WebP shrink while loading. @throws libvips' error */
export async function makeThumbnail(path: string): Promise<Uint8Array> {
  const small = pictureSource(path).autoOrient().resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside', withoutEnlargement: true })
  return asPlainRgb(small).webp({ quality: 80, effort: 2 }).toBuffer()
}
