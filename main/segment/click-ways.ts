import { spreadGeodesic, type GeodesicPicture } from './click-geodesic.ts'

/** Least colour change from the nearest of some px, kept from one question to the next: a further click costs only what it is nearer to. */
export interface ClickWays {
  /**
   * @param seeds  px numbers
   * @returns f32[height, width], Infinity beyond `far`; good until the next call. O(pixels that a new seed is nearest to)
   */
  from(seeds: readonly number[], far: number): Float32Array
}

export function createClickWays(picture: GeodesicPicture): ClickWays {
  const distance = new Float32Array(picture.width * picture.height).fill(Infinity)
  let known = new Set<number>(), reach = 0
  return {
    from(seeds, far) {
      const wanted = new Set(seeds)
      if (far > reach || [...known].some((seed) => !wanted.has(seed))) {
        distance.fill(Infinity)
        known = new Set()
        reach = far
      }
      spreadGeodesic(picture, distance, seeds.filter((seed) => !known.has(seed)), reach)
      known = wanted
      return distance
    },
  }
}
