import { depthOf } from './depth.ts'

/** Clicks on the middle of the largest error until the mask is right: the standard protocol of interactive segmentation. */
export const CLICKS_MAX = 20

/**
 * IoU after each click, 1 … CLICKS_MAX; ends early once `enough` is reached.
 * @param truth  u8[height, width]
 * @param segment  clicks so far → u8[height, width]
 */
export async function clickThrough(truth: Uint8Array, width: number, height: number, enough: number, segment: (clicks: readonly { x: number; y: number; include: boolean }[]) => Promise<Uint8Array>): Promise<number[]> {
  const clicks: { x: number; y: number; include: boolean }[] = []
  const ious: number[] = []
  let mask: Uint8Array = new Uint8Array(truth.length)
  const taken = new Set<number>()
  for (let k = 0; k < CLICKS_MAX; k++) {
    const missing = deepest(truth, mask, width, height, taken), extra = deepest(mask, truth, width, height, taken)
    const include = missing.depth >= extra.depth
    const { at } = include ? missing : extra
    taken.add(at)
    clicks.push({ x: (at % width) + 0.5, y: Math.floor(at / width) + 0.5, include })
    mask = await segment(clicks)
    let both = 0, either = 0
    for (let i = 0; i < truth.length; i++) {
      if (truth[i] !== 0 && mask[i] !== 0) both++
      if (truth[i] !== 0 || mask[i] !== 0) either++
    }
    ious.push(both / either)
    if (both / either >= enough) break
  }
  return ious
}

/** Number of clicks to reach an IoU, CLICKS_MAX when it never was. */
export function clicksTo(ious: readonly number[], wanted: number): number {
  const at = ious.findIndex((value) => value >= wanted)
  return at < 0 ? CLICKS_MAX : at + 1
}

/** Pixel of `a` without `b` furthest from its border, never one twice. */
function deepest(a: Uint8Array, b: Uint8Array, width: number, height: number, taken: ReadonlySet<number>): { at: number; depth: number } {
  const depth = depthOf((at) => a[at] !== 0 && b[at] === 0, width, height)
  let best = { at: 0, depth: 0 }
  for (let at = depth.length - 1; at >= 0; at--) if (depth[at] > best.depth && !taken.has(at)) best = { at, depth: depth[at] }
  return best
}
