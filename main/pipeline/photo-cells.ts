import { CELL_PX, classicFeatures, GRID_SIDE, type CellFeatures } from '../attention/classic-features.ts'
import type { Photo } from './photo.ts'

const known = new WeakMap<Photo, Promise<CellFeatures>>()

/** Colour, contrast and texture of a photo's 64×64 cells, without any network; made once for a photo at hand. @throws EngineError from decoding */
export function photoCells(photo: Photo): Promise<CellFeatures> {
  const before = known.get(photo)
  if (before !== undefined) return before
  const side = GRID_SIDE * CELL_PX
  const made = photo.squashed(side, side).then((rgb) => classicFeatures(rgb, GRID_SIDE, GRID_SIDE))
  known.set(photo, made)
  // a failure may pass: the next who asks tries again
  made.catch(() => { if (known.get(photo) === made) known.delete(photo) })
  return made
}
