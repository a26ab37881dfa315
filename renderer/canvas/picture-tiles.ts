import { TILE_PX, isTiled, spellTones, tileGrid, type Tones } from '../../main/contract/pictures.ts'
import type { Box } from '../document/box.ts'
import { type PictureLoader, pictureLoader } from './picture-loader.ts'

/** A tile with the part of the image it shows, px of the image. */
export interface ShownTile extends Box {
  readonly picture: ImageBitmap
}

/** The parts of one large image that are in view, at the level they are needed in. */
export interface PictureTiles {
  /** Asks for what is in view (px of the image) at a level; a level that is served whole asks for nothing. */
  want(level: number, view: Box): void
  /** What is there of it. */
  shown(): readonly ShownTile[]
  close(): void
}

/** decoded tiles kept: 4 MB each, twice what a 2560 × 1440 view needs */
const KEPT = 48
/** requests under way */
const AT_ONCE = 6

interface TileName { readonly key: string; readonly url: string; readonly box: Box }

/** @param arrived called when `shown` may have changed */
export function createPictureTiles(image: { readonly id: number; readonly revision: number; readonly width: number; readonly height: number }, tones: Tones, arrived: () => void, loader: PictureLoader = pictureLoader): PictureTiles {
  /** in the order of their last use */
  const loaded = new Map<string, ImageBitmap>()
  const loading = new Set<string>()
  const failed = new Set<string>()
  let wanted: readonly TileName[] = []
  let closed = false

  const namesIn = (level: number, view: Box): TileName[] => {
    if (!isTiled(image.width, image.height, level)) return []
    const side = TILE_PX * 2 ** level
    const { columns, rows } = tileGrid(image.width, image.height, level)
    const names: TileName[] = []
    for (let row = Math.max(0, Math.floor(view.y0 / side)); row < Math.min(rows, Math.ceil(view.y1 / side)); row++) {
      for (let column = Math.max(0, Math.floor(view.x0 / side)); column < Math.min(columns, Math.ceil(view.x1 / side)); column++) {
        const box = { x0: column * side, y0: row * side, x1: Math.min(image.width, (column + 1) * side), y1: Math.min(image.height, (row + 1) * side) }
        names.push({ key: `${level}/${column}/${row}`, url: `/pictures/${image.id}/${image.revision}/tile/${level}/${column}/${row}?tones=${spellTones(tones)}`, box })
      }
    }
    // the middle of the view first
    const [x, y] = [(view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2]
    const far = ({ box }: TileName) => Math.hypot((box.x0 + box.x1) / 2 - x, (box.y0 + box.y1) / 2 - y)
    return names.sort((a, b) => far(a) - far(b))
  }
  const forget = () => {
    const needed = new Set(wanted.map(({ key }) => key))
    for (const [key, picture] of loaded) {
      if (loaded.size <= KEPT) return
      if (needed.has(key)) continue
      picture.close()
      loaded.delete(key)
    }
  }
  const load = () => {
    for (const { key, url } of wanted) {
      if (loading.size >= AT_ONCE) return
      if (loaded.has(key) || loading.has(key) || failed.has(key)) continue
      loading.add(key)
      loader.load(url).then((picture) => {
        if (closed) return picture.close()
        loading.delete(key)
        loaded.set(key, picture)
        forget()
        load()
        arrived()
      }, () => {
        loading.delete(key)
        // the coarser picture under it stays; another visit of the image tries again
        failed.add(key)
        if (!closed) load()
      })
    }
  }

  return {
    want(level, view) {
      wanted = namesIn(level, view)
      for (const { key } of wanted) {
        const picture = loaded.get(key)
        if (picture === undefined) continue
        loaded.delete(key)
        loaded.set(key, picture)
      }
      load()
    },
    shown: () => wanted.flatMap(({ key, box }) => {
      const picture = loaded.get(key)
      return picture === undefined ? [] : [{ ...box, picture }]
    }),
    close() {
      closed = true
      for (const picture of loaded.values()) picture.close()
      loaded.clear()
    },
  }
}
