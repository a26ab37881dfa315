import { spellTones, wholeLevel, type Tones } from '../../main/contract/pictures.ts'
import { type PictureLoader, pictureLoader } from './picture-loader.ts'

/** The pictures of one image at the sizes they are needed in, as far as they are served whole (picture-tiles.ts has the rest). */
export interface PicturePyramid {
  /** Asks for a level, and for the coarsest one first while nothing is there. */
  want(level: number): void
  /** The best there is for the level wanted last: it, else the next coarser, else a finer one; null: nothing yet. */
  best(): ImageBitmap | null
  /** why the wanted level could not be had; null: no trouble */
  problem(): string | null
  close(): void
}

/** Where a level of an image's pyramid is served; the revision makes it cacheable for ever. */
export const pictureUrl = (image: { readonly id: number; readonly revision: number }, level: number, tones: Tones): string => `/pictures/${image.id}/${image.revision}/mip/${level}?tones=${spellTones(tones)}`

/**
 * @param levels how many there are; level k is the size divided by 2^k
 * @param tones how 16 bits are shown
 * @param arrived called when `best` or `problem` may have changed
 */
export function createPicturePyramid(image: { readonly id: number; readonly revision: number; readonly width: number; readonly height: number }, levels: number, tones: Tones, arrived: () => void, loader: PictureLoader = pictureLoader): PicturePyramid {
  const loaded = new Map<number, ImageBitmap>()
  const loading = new Set<number>()
  const finest = Math.min(levels - 1, wholeLevel(image.width, image.height))
  let wanted = levels - 1
  let failed: string | null = null
  let closed = false

  const load = (level: number) => {
    if (loaded.has(level) || loading.has(level)) return
    const url = pictureUrl(image, level, tones)
    loading.add(level)
    loader.load(url).then((picture) => {
      if (closed) return picture.close()
      loading.delete(level)
      loaded.set(level, picture)
      failed = null
      forget()
      arrived()
    }, () => {
      if (closed) return
      loading.delete(level)
      failed = url
      arrived()
    })
  }
  const drop = (level: number) => {
    loaded.get(level)?.close()
    loaded.delete(level)
  }
  /** Kept are the wanted level and the coarser ones, which take a third of it: a level of 12 MP takes 48 MB. */
  const forget = () => {
    if (!loaded.has(wanted)) return
    for (const level of loaded.keys()) if (level < wanted) drop(level)
  }

  return {
    want(level) {
      wanted = Math.max(finest, level)
      load(wanted)
      if (loaded.size === 0) load(levels - 1)
      forget()
    },
    best() {
      for (let level = wanted; level < levels; level++) {
        const picture = loaded.get(level)
        if (picture !== undefined) return picture
      }
      for (let level = wanted - 1; level >= 0; level--) {
        const picture = loaded.get(level)
        if (picture !== undefined) return picture
      }
      return null
    },
    problem: () => failed,
    close() {
      closed = true
      for (const level of loaded.keys()) drop(level)
    },
  }
}
