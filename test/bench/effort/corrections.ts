import { depthOf } from './depth.ts'

/** Depths are thirds of a px. A brush is half as wide as the widest place of what it mends, and never thinner than this. */
const BRUSH_MIN = 6

/**
 * Strokes of brush and eraser to mend a mask. Each goes where the error is widest, with a round brush half as wide as that place, and covers
 * what such a brush reaches without lifting and without leaving the error (its morphological opening, the connected part of it).
 * @param mask   u8[height, width]
 * @param truth  u8[height, width]
 * @returns strokes until the IoU is `wanted`, at most `most`. O(strokes · pixels)
 */
export function strokesTo(mask: Uint8Array, truth: Uint8Array, width: number, height: number, wanted: number, most: number): number {
  const mended = Uint8Array.from(mask)
  for (let strokes = 0; ; strokes++) {
    if (strokes === most || iouOf(mended, truth) >= wanted) return strokes
    const missing = depthOf((at) => truth[at] !== 0 && mended[at] === 0, width, height), extra = depthOf((at) => truth[at] === 0 && mended[at] !== 0, width, height)
    const add = deepestOf(missing), take = deepestOf(extra)
    const [depth, from] = missing[add] >= extra[take] ? [missing, add] : [extra, take]
    for (const at of brushed(depth, from, width, height)) mended[at] = truth[at] === 0 ? 0 : 1
  }
}

function iouOf(a: Uint8Array, b: Uint8Array): number {
  let both = 0, either = 0
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== 0 && b[i] !== 0) both++
    if (a[i] !== 0 || b[i] !== 0) either++
  }
  return both / either
}

const deepestOf = (depth: Int32Array): number => depth.reduce((best, value, at) => (value > depth[best] ? at : best), 0)

/** Places that a brush begun at `from` covers: its middle stays where it fits, and all within its radius of that way is painted. */
function brushed(depth: Int32Array, from: number, width: number, height: number): number[] {
  const radius = Math.min(depth[from], Math.max(BRUSH_MIN, depth[from] / 2))
  const way = new Uint8Array(depth.length)
  const queue = [from]
  way[from] = 1
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const x = at % width
    for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]) {
      if (next < 0 || next >= depth.length || way[next] !== 0 || depth[next] < radius) continue
      way[next] = 1
      queue.push(next)
    }
  }
  const away = depthOf((at) => way[at] === 0, width, height, radius)
  const covered: number[] = []
  for (let at = 0; at < depth.length; at++) if (depth[at] > 0 && away[at] < radius) covered.push(at)
  return covered
}
