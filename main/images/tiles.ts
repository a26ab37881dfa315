import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sharp } from 'sharp'
import { TILE_PX, isTiled } from '../contract/pictures.ts'

/** One tile of a level of a picture's pyramid. */
export interface Tile {
  /** size divided by 2^level */
  readonly level: number
  readonly column: number
  readonly row: number
  readonly bytes: Uint8Array
}

/** JPEG as the mips are: no chroma subsampling, annotators look at edges. */
const JPEG = { quality: 92, chromaSubsampling: '4:4:4' } as const

/**
 * All tiles of the levels that are served in tiles, written in one pass over the picture (libvips' DeepZoom writer), since
 * most formats can't be read from the middle. `keep` is called with one tile after the other; memory holds some rows of
 * the picture, the disk all tiles for a moment.
 * @param picture upright sRGB
 * @param folder where the tiles may lie meanwhile
 * @throws libvips' error
 */
export async function cutTiles(picture: Sharp, width: number, height: number, folder: string, keep: (tile: Tile) => Promise<void>): Promise<void> {
  const work = join(folder, `tiles-${randomBytes(6).toString('hex')}`)
  await mkdir(work, { recursive: true })
  try {
    await picture.jpeg(JPEG).tile({ size: TILE_PX, overlap: 0, layout: 'dz', depth: 'onetile', skipBlanks: -1 }).toFile(join(work, 't.dz'))
    const files = join(work, 't_files')
    // DeepZoom counts from the smallest level up
    const finest = Math.max(...(await readdir(files)).map(Number).filter(Number.isInteger))
    for (let level = 0; level <= finest && isTiled(width, height, level); level++) {
      const names = await readdir(join(files, String(finest - level)))
      for (const name of names) {
        const place = /^(\d+)_(\d+)\.jpe?g$/.exec(name)
        if (place !== null) await keep({ level, column: Number(place[1]), row: Number(place[2]), bytes: await readFile(join(files, String(finest - level), name)) })
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
