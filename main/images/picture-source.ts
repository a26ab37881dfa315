import sharp, { type Sharp } from 'sharp'
import { EngineError } from '../contract/errors.ts'

/** Greatest picture we take, px: a 200-MP sensor is 16384 × 12288. Above it a decoded picture alone is 600 MB. */
export const PIXEL_LIMIT = 16_384 * 12_288

// libvips caches opened files by name; a picture that changed on disk would then show its old pixels.
sharp.cache(false)
// A file named photo.jpg may hold anything: only bitmap decoders may run, none that reads other files (SVG, PDF) or is rarely attacked code.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((format) => `VipsForeignLoad${format}`) })

/**
 * A picture file (or its bytes) opened for reading only, first frame, under the pixel limit. Truncated and corrupt data
 * is an error; mere warnings (an odd profile, unknown tags) are not.
 */
export function pictureSource(input: string | Uint8Array): Sharp {
  return sharp(input, { failOn: 'error', limitInputPixels: PIXEL_LIMIT, sequentialRead: true, page: 0, pages: 1 })
}

/** The same for reading the header only: any size, so that a picture above the limit can be named with its size. */
export function headerSource(input: string | Uint8Array): Sharp {
  return sharp(input, { failOn: 'none', limitInputPixels: false })
}

/** Alpha shows on white; CMYK, greyscale and wide-gamut become sRGB; 16 bits become 8. Applied to an upright picture. */
export function asPlainRgb(picture: Sharp): Sharp {
  return picture.flatten({ background: '#ffffff' }).toColourspace('srgb')
}

const megapixels = (pixels: number) => `${(pixels / 1e6).toFixed(0)} megapixels`

/** Why libvips or the file system refused a picture, in words a person can act on; without the file's name. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  const text = error instanceof Error ? error.message : String(error)
  if (code === 'EACCES' || code === 'EPERM' || /permission denied/i.test(text)) return 'no permission to read it; check the file’s access rights'
  if (code === 'ENOENT' || /input file is missing|no such file/i.test(text)) return 'the file is not there any more; sync the folder'
  if (code === 'EISDIR') return 'is a folder, not a file'
  if (/exceeds pixel limit|too many pixels/i.test(text)) return `has more than ${megapixels(PIXEL_LIMIT)}; make a smaller copy`
  if (/unsupported image format|not in a known format|is not a known file format/i.test(text)) return 'is not a picture in a format we can read (JPEG, PNG, WebP, AVIF, GIF, TIFF)'
  if (/premature end|truncated|end of (file|stream|image)|unexpected end|out of data|not enough data|libpng read error|unable to parse image/i.test(text)) return 'is cut off: the end of the file is missing; copy it again from its source'
  return `cannot be decoded: ${text.split('\n')[0].trim().slice(0, 200)}`
}

/** An error of one picture as the contract's `bad-file`, `no-permission` or `not-found`, naming the file. */
export function pictureError(name: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error
  const reason = reasonOf(error)
  const code = reason.startsWith('no permission') ? 'no-permission' : reason.startsWith('the file is not there') ? 'not-found' : 'bad-file'
  return new EngineError(code, `${JSON.stringify(name)}: ${reason}`, { cause: error })
}
