import { basename } from 'node:path'
import { asPlainRgb, pictureError, pictureSource } from './picture-source.ts'

/** Sizes are of the upright picture, px. `width` with `height` stretch to exactly that; `maxSide` only ever shrinks. */
export interface DecodeOptions {
  readonly maxSide?: number
  readonly width?: number
  readonly height?: number
}

/** @property rgb u8[height, width, 3] sRGB, row-major */
export interface DecodedRgb {
  readonly rgb: Uint8Array
  readonly width: number
  readonly height: number
}

/**
 * Decodes a picture file: upright (EXIF orientation applied), sRGB, 8 bits, alpha on white, first frame. JPEG and WebP
 * shrink while they load, so a small `maxSide` of a large photo costs a fraction of a full decode.
 * @throws EngineError bad-file, no-permission or not-found, naming the file and the reason
 */
export async function decodeRgb(path: string, options: DecodeOptions = {}): Promise<DecodedRgb> {
  const { maxSide, width, height } = options
  let picture = pictureSource(path).autoOrient()
  if (width !== undefined && height !== undefined) picture = picture.resize(width, height, { fit: 'fill' })
  else if (maxSide !== undefined) picture = picture.resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
  try {
    const { data, info } = await asPlainRgb(picture).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    return { rgb: data, width: info.width, height: info.height }
  } catch (error) {
    throw pictureError(basename(path), error)
  }
}
