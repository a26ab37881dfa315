import { readFile } from 'node:fs/promises'
import type { Metadata } from 'sharp'
import type { Tones } from '../contract/pictures.ts'
import { asPlainRgb, headerSource, pictureSource } from './picture-source.ts'
import { spread } from './tones.ts'

/** Size of level k, px: the picture's divided by 2^k, rounded, at least 1. */
export function mipSize(width: number, height: number, level: number): { width: number; height: number } {
  return { width: Math.max(1, Math.round(width / 2 ** level)), height: Math.max(1, Math.round(height / 2 ** level)) }
}

/** Bytes of one level; `stored` false: the file's own bytes, not worth caching. */
export interface Mip {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly stored: boolean
}

/**
 * One level of a picture's pyramid. Level 0 passes the file's bytes through when a browser shows them upright as they
 * are and alike to what the pipeline sees; all else is a JPEG (quality 92, no chroma subsampling: annotators look at
 * edges). @param window what of 16 bits is spread over the 8 of the screen; null: all of it. @throws libvips' error
 */
export async function makeMip(path: string, width: number, height: number, level: number, window: Exclude<Tones, string> | null = null): Promise<Mip> {
  if (level === 0 && window === null) {
    const type = browserType(await headerSource(path).metadata())
    if (type !== undefined) return { bytes: await readFile(path), contentType: type, stored: false }
  }
  let picture = pictureSource(path).autoOrient()
  if (level > 0) {
    const size = mipSize(width, height, level)
    picture = picture.resize(size.width, size.height, { fit: 'fill' })
  }
  const bytes = await asPlainRgb(window === null ? picture : spread(picture, window)).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer()
  return { bytes, contentType: 'image/jpeg', stored: true }
}

/** Content type when every browser shows the file upright and as decodeRgb decodes it (no alpha, one frame), else undefined. */
function browserType(about: Metadata): string | undefined {
  const plain = (about.orientation ?? 1) === 1 && !about.hasAlpha && (about.pages ?? 1) === 1 && about.space !== 'cmyk' && about.space !== 'lab'
  if (!plain) return undefined
  if (about.format === 'heif') return about.mediaType === 'image/avif' ? 'image/avif' : undefined
  return about.format === 'jpeg' || about.format === 'png' || about.format === 'webp' ? `image/${about.format}` : undefined
}
