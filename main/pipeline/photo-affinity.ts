import { classicAffinity } from '../attention/classic-affinity.ts'
import { CELL_PX, classicFeatures, GRID_SIDE } from '../attention/classic-features.ts'
import type { Products } from '../products/products.ts'
import type { AffinityMap } from './pack-maps.ts'
import type { Photo } from './photo.ts'

/**
 * The affinity of a photo's own colours, texture and edges (METHODS §4), for packs whose scores it is to refine: 64×64 cells,
 * f32[4096, 4096], 0.3 s. That of the photo asked for last is kept; it is made sooner than it would be read from disk.
 */
export function createPhotoAffinity(products: Products): (photo: Photo) => Promise<AffinityMap> {
  let held: { readonly identity: string; readonly map: Promise<AffinityMap> } | undefined
  return (photo) => {
    if (held?.identity === photo.identity) return held.map
    const map = (async () => {
      const side = GRID_SIDE * CELL_PX
      const features = classicFeatures(await photo.squashed(side, side), GRID_SIDE, GRID_SIDE)
      return { values: await classicAffinity(features, products), h: GRID_SIDE, w: GRID_SIDE }
    })()
    held = { identity: photo.identity, map }
    map.catch(() => { if (held?.map === map) held = undefined })
    return map
  }
}
