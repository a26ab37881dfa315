/** Cost of a px without any change of colour, in Lab units of a hundredth. */
const STEP_COST = 0.004
/** Width of a bucket of the queue: half the least step, so that a bucket's own members never lead to one another. */
const BUCKET = 0.002

/**
 * What a step from a px to the next costs, once for all clicks on a picture, and room for the queue.
 * @property right  f32[height, width]  to the px on the right; Infinity in the last column
 * @property below  f32[height, width]  to the px below; Infinity in the last row
 */
export interface GeodesicPicture {
  readonly width: number
  readonly height: number
  readonly right: Float32Array
  readonly below: Float32Array
  /** px that wait, and the one after each in its bucket: a px waits once for each neighbour at most */
  readonly waiting: Int32Array
  readonly next: Int32Array
}

/** @param lab  three planes f32[height, width] */
export function prepareGeodesic([lightness, a, b]: readonly Float32Array[], width: number, height: number): GeodesicPicture {
  const m = width * height
  const right = new Float32Array(m).fill(Infinity), below = new Float32Array(m).fill(Infinity)
  const step = (i: number, j: number): number => STEP_COST + Math.abs(lightness[i] - lightness[j]) + Math.abs(a[i] - a[j]) + Math.abs(b[i] - b[j])
  for (let i = 0; i < m; i++) {
    if (i % width < width - 1) right[i] = step(i, i + 1)
    if (i + width < m) below[i] = step(i, i + width)
  }
  return { width, height, right, below, waiting: new Int32Array(5 * m), next: new Int32Array(5 * m) }
}

/**
 * Least colour change on the way from the nearest seed to every pixel: the sum of Lab differences between neighbours (4), plus a
 * little for length. Only px that a new seed is nearer to than the old ones are visited.
 * @param distance  f32[height, width]  of the seeds before, Infinity without any; changed in place
 * @param seeds     px numbers
 * @param far       ways longer than this are not followed: distances beyond stay as they are
 * O(pixels that come nearer) by a bucket queue
 */
export function spreadGeodesic({ width, right, below, waiting, next }: GeodesicPicture, distance: Float32Array, seeds: readonly number[], far: number): void {
  const m = distance.length
  const buckets = Math.floor(far / BUCKET) + 1
  const first = new Int32Array(buckets).fill(-1)
  let used = 0
  const push = (to: number, cost: number): void => {
    if (cost > far) return
    // as it will be stored: a sum rounded up must not look like a shorter way the next time
    const through = Math.fround(cost)
    if (through >= distance[to]) return
    distance[to] = through
    const bucket = Math.min(buckets - 1, Math.floor(through / BUCKET))
    waiting[used] = to
    next[used] = first[bucket]
    first[bucket] = used++
  }
  for (const seed of seeds) push(seed, 0)
  for (let bucket = 0; bucket < buckets; bucket++) {
    for (let entry = first[bucket]; entry >= 0; entry = next[entry]) {
      const at = waiting[entry]
      const cost = distance[at]
      // it has been reached by a shorter way since
      if (Math.min(buckets - 1, Math.floor(cost / BUCKET)) !== bucket) continue
      if (right[at] !== Infinity) push(at + 1, cost + right[at])
      if (at % width > 0) push(at - 1, cost + right[at - 1])
      if (at + width < m) push(at + width, cost + below[at])
      if (at >= width) push(at - width, cost + below[at - width])
    }
  }
}
