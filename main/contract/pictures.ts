import { z } from 'zod'

/** Side of a tile, px of its level; those at the right and lower edge are smaller. */
export const TILE_PX = 1024
/** px: a level of a picture's pyramid that has more is served in tiles only. 24-megapixel photos still come whole. */
export const WHOLE_PX_MAX = 32_000_000

/** Whether a level (size divided by 2^level) of a width × height picture is served in tiles. */
export const isTiled = (width: number, height: number, level: number): boolean => (width * height) / 4 ** level > WHOLE_PX_MAX

/** The first level of a picture that is served whole. */
export function wholeLevel(width: number, height: number): number {
  let level = 0
  while (isTiled(width, height, level)) level++
  return level
}

/** The last level's longest side is at most this, px: the whole picture in a small view */
const SMALLEST_LONG_SIDE = 512

/** Number of pyramid levels of an upright width × height picture, px: 1 up to 512 px, 4 for 12 megapixels. */
export function mipLevels(width: number, height: number): number {
  return 1 + Math.max(0, Math.ceil(Math.log2(Math.max(width, height, 1) / SMALLEST_LONG_SIDE)))
}

/** How many tiles a level has. */
export function tileGrid(width: number, height: number, level: number): { readonly columns: number; readonly rows: number } {
  const side = TILE_PX * 2 ** level
  return { columns: Math.ceil(width / side), rows: Math.ceil(height / side) }
}

/**
 * How 16 bits a channel become the 8 of a screen: 'full' divides by 256, 'auto' spreads what the picture uses (all but
 * the darkest and brightest 0.2 %), and a window spreads [low, high]. Pictures of 8 bits are left as they are.
 */
export type Tones = 'full' | 'auto' | { readonly low: number; readonly high: number }

/** Greatest value of a channel of 16 bits. */
export const TONE_MAX = 65_535

/** Tones as they stand in a picture's address. */
export const spellTones = (tones: Tones): string => (typeof tones === 'string' ? tones : `${tones.low}-${tones.high}`)

/** Null: that is none. */
export function readTones(text: string | undefined): Tones | null {
  if (text === undefined || text === 'full') return 'full'
  if (text === 'auto') return 'auto'
  const parts = /^(\d{1,5})-(\d{1,5})$/.exec(text)
  if (parts === null) return null
  const [low, high] = [Number(parts[1]), Number(parts[2])]
  return low < high && high <= TONE_MAX ? { low, high } : null
}

/** What values the channels of a picture have. */
export const PictureTones = z.strictObject({
  /** false: 8 bits a channel, and there is nothing to choose */
  deep: z.boolean(),
  /** least and greatest value, [0, 65535] */
  least: z.int(),
  most: z.int(),
  /** what 'auto' spreads */
  low: z.int(),
  high: z.int(),
})
export type PictureTones = z.infer<typeof PictureTones>
