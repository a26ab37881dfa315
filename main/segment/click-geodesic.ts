import type { Click } from './smart-click.ts'

/** Cost of a px without any change of colour, in Lab units of a hundredth. */
const STEP_COST = 0.004
/** Width of a bucket of the queue: half the least step, so that a bucket's own members never lead to one another. */
const BUCKET = 0.002

/**
 * Least colour change on the way from the nearest click of each kind to every pixel: the sum of Lab differences between
 * neighbours (4), plus a little for length.
 * @param lab  three planes f32[height, width]
 * @returns f32[height, width] for the clicks given; Infinity without any. O(pixels) by a bucket queue
 */
export function clickGeodesic(lab: readonly Float32Array[], width: number, height: number, clicks: readonly Click[]): Float32Array {
  const distance = new Float32Array(width * height).fill(Infinity)
  const done = new Uint8Array(width * height)
  const buckets: number[][] = []
  const push = (at: number, cost: number): void => {
    distance[at] = cost
    const bucket = Math.floor(cost / BUCKET)
    buckets[bucket] ??= []
    buckets[bucket].push(at)
  }
  for (const { x, y } of clicks) push(Math.min(height - 1, Math.floor(y)) * width + Math.min(width - 1, Math.floor(x)), 0)
  const [lightness, a, b] = lab
  for (let k = 0; k < buckets.length; k++) {
    const list = buckets[k]
    if (list === undefined) continue
    for (let i = 0; i < list.length; i++) {
      const at = list[i]
      const cost = distance[at]
      if (done[at] === 1) continue
      done[at] = 1
      const x = at % width
      const visit = (to: number): void => {
        // as it will be stored: a sum rounded up must not look like a shorter way the next time
        const through = Math.fround(cost + STEP_COST + Math.abs(lightness[at] - lightness[to]) + Math.abs(a[at] - a[to]) + Math.abs(b[at] - b[to]))
        if (through < distance[to]) push(to, through)
      }
      if (x > 0) visit(at - 1)
      if (x + 1 < width) visit(at + 1)
      if (at >= width) visit(at - width)
      if (at + width < distance.length) visit(at + width)
    }
    buckets[k] = []
  }
  return distance
}
