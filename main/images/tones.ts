import type { Sharp } from 'sharp'
import { TONE_MAX, type PictureTones, type Tones } from '../contract/pictures.ts'
import { headerSource, pictureSource } from './picture-source.ts'

/** longest side of the copy whose values are counted, px */
const COUNTED_SIDE = 1024
/** share of the values at either end that 'auto' lets go: hot and dead px */
const LET_GO = 0.002
/** of a picture of 8 bits: nothing to choose */
const SHALLOW: PictureTones = { deep: false, least: 0, most: TONE_MAX, low: 0, high: TONE_MAX }

/** Counts the values of a picture's channels on a copy of at most 1024 px, nearest neighbours, so that no value is made up. @throws libvips' error */
export async function readPictureTones(path: string): Promise<PictureTones> {
  const { depth } = await headerSource(path).metadata()
  if (depth !== 'ushort') return SHALLOW
  const { data } = await pictureSource(path).removeAlpha().resize(COUNTED_SIDE, COUNTED_SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'nearest' })
    .toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true })
  return countTones(new Uint16Array(data.buffer, data.byteOffset, data.byteLength >> 1))
}

/** @param values u16[n]. O(n + 65536). */
export function countTones(values: Uint16Array): PictureTones {
  const counts = new Uint32Array(TONE_MAX + 1)
  for (const value of values) counts[value]++
  /** the value beyond which the share of all values lies, counted from one end */
  const beyond = (from: number, step: 1 | -1): number => {
    let left = LET_GO * values.length
    let value = from
    for (left -= counts[value]; left >= 0; left -= counts[value]) value += step
    return value
  }
  const least = counts.findIndex((count) => count > 0)
  const most = counts.findLastIndex((count) => count > 0)
  if (least < 0) return { ...SHALLOW, deep: true }
  const low = beyond(least, 1)
  const high = beyond(most, -1)
  return { deep: true, least, most, low: low < high ? low : least, high: low < high ? high : Math.max(least + 1, most) }
}

/** Spreads [low, high] of 16 bits over all of them, before they become 8. */
export function spread(picture: Sharp, { low, high }: Exclude<Tones, string>): Sharp {
  const factor = TONE_MAX / Math.max(1, high - low)
  return picture.linear(factor, -low * factor)
}
