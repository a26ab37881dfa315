import { stat } from 'node:fs/promises'
import { decodeRgb, type DecodedRgb } from '../images/decode.ts'
import { pillowBicubic } from '../resample/pillow-bicubic.ts'

/** A picture file, decoded once and only if its pixels are asked for. */
export interface Photo {
  /** path, size and time of change: the same as long as the file is */
  readonly identity: string
  /** @throws EngineError from decoding */
  pixels(): Promise<DecodedRgb>
  /** squashed to exactly this size by R4 */
  squashed(width: number, height: number): Promise<Uint8Array>
  /** the picture itself, or smaller with its longer side at `side` px */
  within(side: number): Promise<DecodedRgb>
}

export async function openPhoto(path: string): Promise<Photo> {
  const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }))
  let decoded: Promise<DecodedRgb> | undefined
  function pixels(): Promise<DecodedRgb> {
    if (decoded !== undefined) return decoded
    const made = decodeRgb(path)
    decoded = made
    // a failure may pass: the next who asks tries again
    made.catch(() => { if (decoded === made) decoded = undefined })
    return made
  }
  const squashed = async (width: number, height: number): Promise<Uint8Array> => {
    const photo = await pixels()
    return pillowBicubic(photo.rgb, photo.height, photo.width, 3, height, width)
  }
  return {
    identity: `${path} ${size} ${mtimeMs}`,
    pixels,
    squashed,
    async within(side) {
      const photo = await pixels()
      const scale = side / Math.max(photo.width, photo.height)
      if (scale >= 1) return photo
      const width = Math.max(1, Math.round(photo.width * scale))
      const height = Math.max(1, Math.round(photo.height * scale))
      return { rgb: await squashed(width, height), width, height }
    },
  }
}
