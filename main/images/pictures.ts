import { join } from 'node:path'
import { makeMip, mipLevels } from './mips.ts'
import { newestFirst } from './newest-first.ts'
import { createPictureCache } from './picture-cache.ts'
import { pictureError } from './picture-source.ts'
import { safePath } from './safe-path.ts'
import { makeThumbnail } from './thumbnails.ts'

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

/** Thumbnails and mips of pictures, made when first asked for, kept on disk. */
export interface Pictures {
  /** @throws EngineError naming the file and the reason */
  thumbnail(of: PictureOf): Promise<EncodedPicture>
  /** undefined: the picture has no such level. @throws EngineError naming the file and the reason */
  mip(of: PictureOf, level: number): Promise<EncodedPicture | undefined>
}

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

  return {
    thumbnail: (of) => {
      const key = keyOf(of, 'thumb.webp')
      return once(key, async () => {
        const bytes = await cache.get(key) ?? await thumbnailQueue(() => sourceOf(of, async (file) => {
          const made = await makeThumbnail(file)
          await cache.put(key, made)
          return made
        }))
        return { bytes, contentType: 'image/webp' }
      })
    },
    mip: async (of, level) => {
      if (!Number.isInteger(level) || level < 0 || level >= mipLevels(of.width, of.height)) return undefined
      const key = keyOf(of, `mip${level}.jpg`)
      return once(key, async () => {
        const kept = await cache.get(key)
        if (kept !== undefined) return { bytes: kept, contentType: 'image/jpeg' }
        const mip = await mipQueue(() => sourceOf(of, (file) => makeMip(file, of.width, of.height, level)))
        if (mip.stored) await cache.put(key, mip.bytes)
        return mip
      })
    },
  }
}
