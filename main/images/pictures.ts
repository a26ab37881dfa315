import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import { isTiled, mipLevels, spellTones, tileGrid, type PictureTones, type Tones } from '../contract/pictures.ts'
import { makeMip } from './mips.ts'
import { newestFirst } from './newest-first.ts'
import { createPictureCache } from './picture-cache.ts'
import { asPlainRgb, pictureError, pictureSource } from './picture-source.ts'
import { safePath } from './safe-path.ts'
import { makeThumbnail } from './thumbnails.ts'
import { cutTiles } from './tiles.ts'
import { readPictureTones, spread } from './tones.ts'

/** Which picture: an image of a project, at one revision of its content. Sizes px, upright. */
export interface PictureOf {
  readonly projectId: string
  readonly imageId: number
  readonly revision: number
  readonly folderPath: string
  /** relative to the folder, forward slashes */
  readonly path: string
  readonly width: number
  readonly height: number
}

export interface EncodedPicture {
  readonly bytes: Uint8Array
  readonly contentType: string
}

/** Which part of a picture's pyramid. */
export type PicturePart =
  | { readonly kind: 'thumb' }
  | { readonly kind: 'mip'; readonly level: number; readonly tones: Tones }
  | { readonly kind: 'tile'; readonly level: number; readonly column: number; readonly row: number; readonly tones: Tones }

/** Thumbnails, mips and tiles of pictures, made when first asked for, kept on disk. */
export interface Pictures {
  /** @throws EngineError naming the file and the reason */
  thumbnail(of: PictureOf): Promise<EncodedPicture>
  /** undefined: the picture has no such level, or has it in tiles only. @throws EngineError naming the file and the reason */
  mip(of: PictureOf, level: number, tones?: Tones): Promise<EncodedPicture | undefined>
  /** undefined: there is no such tile, or the level is served whole. @throws EngineError naming the file and the reason */
  tile(of: PictureOf, level: number, column: number, row: number, tones?: Tones): Promise<EncodedPicture | undefined>
  /** @throws EngineError naming the file and the reason */
  tones(of: PictureOf): Promise<PictureTones>
}

/** pictures whose tones are remembered */
const TONES_KEPT = 1000
/** Decoded pictures in memory at once; libvips itself spreads one over the cores */
const DECODED_AT_ONCE = 2

/**
 * @param cacheFolder created when missing
 * @param limitBytes greatest size of the cache on disk
 */
export function createPictures(cacheFolder: string, limitBytes = 4 * 2 ** 30): Pictures {
  const cache = createPictureCache(join(cacheFolder, 'pictures'), limitBytes)
  const thumbnailQueue = newestFirst(DECODED_AT_ONCE)
  const mipQueue = newestFirst(DECODED_AT_ONCE)
  const making = new Map<string, Promise<EncodedPicture>>()
  const cutting = new Map<string, Promise<void>>()
  const counted = new Map<string, Promise<PictureTones>>()

  /** Two askers of the same picture share one decode. */
  const once = (key: string, make: () => Promise<EncodedPicture>) => {
    const running = making.get(key) ?? make().finally(() => making.delete(key))
    making.set(key, running)
    return running
  }
  const keyOf = (of: PictureOf, name: string) => `${of.projectId}/${of.imageId % 256}/${of.imageId}-${of.revision}-${name}`
  const sourceOf = async <T>(of: PictureOf, make: (file: string) => Promise<T>) => {
    try {
      return await make(await safePath(of.folderPath, of.path))
    } catch (error) {
      throw pictureError(of.path, error)
    }
  }

  const tonesOf = (of: PictureOf): Promise<PictureTones> => {
    const key = keyOf(of, 'tones')
    const known = counted.get(key)
    if (known !== undefined) return known
    const asked = mipQueue(() => sourceOf(of, readPictureTones))
    counted.set(key, asked)
    void asked.catch(() => counted.delete(key))
    if (counted.size > TONES_KEPT) counted.delete([...counted.keys()][0])
    return asked
  }
  /** The window to spread; null: none, the file is shown as it is. */
  const windowOf = async (of: PictureOf, tones: Tones) => {
    if (tones === 'full') return null
    const { deep, low, high } = await tonesOf(of)
    return !deep ? null : tones === 'auto' ? { low, high } : tones
  }
  const mark = (window: Exclude<Tones, string> | null) => (window === null ? '' : `-${spellTones(window)}`)

  return {
    thumbnail: (of) => {
      const key = keyOf(of, 'thumb.webp')
      return once(key, async () => {
        const bytes = await cache.get(key) ?? await thumbnailQueue(() => sourceOf(of, async (file) => {
          const { deep, ...used } = await readPictureTones(file)
          const made = await makeThumbnail(file, deep ? used : null)
          await cache.put(key, made)
          return made
        }))
        return { bytes, contentType: 'image/webp' }
      })
    },
    tones: tonesOf,
    mip: async (of, level, tones = 'full') => {
      if (!Number.isInteger(level) || level < 0 || level >= mipLevels(of.width, of.height) || isTiled(of.width, of.height, level)) return undefined
      const window = await windowOf(of, tones)
      const key = keyOf(of, `mip${level}${mark(window)}.jpg`)
      return once(key, async () => {
        const kept = await cache.get(key)
        if (kept !== undefined) return { bytes: kept, contentType: 'image/jpeg' }
        const mip = await mipQueue(() => sourceOf(of, (file) => makeMip(file, of.width, of.height, level, window)))
        if (mip.stored) await cache.put(key, mip.bytes)
        return mip
      })
    },
    tile: async (of, level, column, row, tones = 'full') => {
      const { columns, rows } = tileGrid(of.width, of.height, level)
      if (![level, column, row].every((value) => Number.isInteger(value) && value >= 0) || column >= columns || row >= rows || !isTiled(of.width, of.height, level)) return undefined
      const window = await windowOf(of, tones)
      const nameOf = (at: { readonly level: number; readonly column: number; readonly row: number }) => keyOf(of, `tile${at.level}-${at.column}-${at.row}${mark(window)}.jpg`)
      const key = nameOf({ level, column, row })
      const kept = await cache.get(key)
      if (kept !== undefined) return { bytes: kept, contentType: 'image/jpeg' }
      let wanted: Uint8Array | undefined
      // all tiles of a picture are cut in one pass, whichever is asked for first
      const whole = keyOf(of, `tiles${mark(window)}`)
      const running = cutting.get(whole) ?? mipQueue(() => sourceOf(of, (file) => {
        const upright = pictureSource(file).autoOrient()
        return cutTiles(asPlainRgb(window === null ? upright : spread(upright, window)), of.width, of.height, cacheFolder, async (tile) => {
          if (nameOf(tile) === key) wanted = tile.bytes
          await cache.put(nameOf(tile), tile.bytes)
        })
      })).finally(() => cutting.delete(whole))
      cutting.set(whole, running)
      await running
      const bytes = wanted ?? await cache.get(key)
      if (bytes === undefined) throw new EngineError('unavailable', `a part of ${JSON.stringify(of.path)} was made and could not be kept; is the disk of ${JSON.stringify(cacheFolder)} full?`)
      return { bytes, contentType: 'image/jpeg' }
    },
  }
}
