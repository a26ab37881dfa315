import { classicAffinity } from '../attention/classic-affinity.ts'
import type { Products } from '../products/products.ts'
import type { AffinityMap } from './pack-maps.ts'
import type { Photo } from './photo.ts'
import { photoCells } from './photo-cells.ts'

/**
 * The affinity of a photo's own colours, texture and edges (METHODS §4), for packs whose scores it is to refine: 64×64 cells,
 * f32[4096, 4096], 0.3 s. That of the photo asked for last is kept; it is made sooner than it would be read from disk.
 */
export function createPhotoAffinity(products: Products): (photo: Photo) => Promise<AffinityMap> {
  let held: { readonly identity: string; readonly map: Promise<AffinityMap> } | undefined
  return (photo) => {
    if (held?.identity === photo.identity) return held.map
    const map = photoCells(photo).then(async (cells) => ({ values: await classicAffinity(cells, products), h: cells.rows, w: cells.columns }))
    held = { identity: photo.identity, map }
    map.catch(() => { if (held?.map === map) held = undefined })
    return map
  }
}
