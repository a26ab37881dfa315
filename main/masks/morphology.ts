import { spanComponents } from './components.ts'
import { EMPTY_MASK, type Mask } from './mask.ts'
import { encodeSpans, spansOf } from './rle.ts'
import { subtractMasks, unionMasks } from './set-operations.ts'

/** The unset pixels of the box, as a mask. O(runs + rows). */
function complementInBox(mask: Mask): Mask {
  const box = new Int32Array(mask.height * 3)
  for (let y = 0; y < mask.height; y++) box.set([mask.y + y, mask.x, mask.x + mask.width], y * 3)
  return subtractMasks(encodeSpans(box), mask)
}

/** The spans of some regions only, as a mask. */
function pick(spans: Int32Array, ids: Int32Array, keep: Uint8Array): Mask {
  const out = new Int32Array(spans.length)
  let at = 0
  for (let i = 0; i < ids.length; i++) {
    if (keep[ids[i]] === 0) continue
    out[at++] = spans[i * 3]
    out[at++] = spans[i * 3 + 1]
    out[at++] = spans[i * 3 + 2]
  }
  return encodeSpans(out, at)
}

/**
 * Fills holes: unset pixels that no path through sides leads out of the mask (the background is 4-connected).
 * @param areaMaxPx2 larger holes stay; by default all are filled. O(runs + rows).
 */
export function fillHoles(mask: Mask, areaMaxPx2 = Infinity): Mask {
  const spans = spansOf(complementInBox(mask))
  const { ids, count } = spanComponents(spans, null, 4)
  const area = new Float64Array(count)
  const inside = new Uint8Array(count).fill(1)
  for (let i = 0; i < ids.length; i++) {
    const y = spans[i * 3]
    const x0 = spans[i * 3 + 1]
    const x1 = spans[i * 3 + 2]
    area[ids[i]] += x1 - x0
    if (y === mask.y || y === mask.y + mask.height - 1 || x0 === mask.x || x1 === mask.x + mask.width) inside[ids[i]] = 0
  }
  for (let i = 0; i < count; i++) if (area[i] > areaMaxPx2) inside[i] = 0
  return inside.includes(1) ? unionMasks(mask, pick(spans, ids, inside)) : mask
}

/** Removes the 8-connected parts smaller than `areaMinPx2` px². The mask may become empty. O(runs + rows). */
export function removeIslands(mask: Mask, areaMinPx2: number): Mask {
  const spans = spansOf(mask)
  const { ids, count } = spanComponents(spans, null, 8)
  const area = new Float64Array(count)
  for (let i = 0; i < ids.length; i++) area[ids[i]] += spans[i * 3 + 2] - spans[i * 3 + 1]
  const keep = Uint8Array.from(area, (px2) => (px2 >= areaMinPx2 ? 1 : 0))
  if (!keep.includes(0)) return mask
  return keep.includes(1) ? pick(spans, ids, keep) : EMPTY_MASK
}

/** The parts of a mask that hang together, in raster order of their first pixels. O(runs + rows, times a pass a part). */
export function partsOf(mask: Mask, connectivity: 4 | 8): Mask[] {
  const spans = spansOf(mask)
  const { ids, count } = spanComponents(spans, null, connectivity)
  if (count <= 1) return count === 0 ? [] : [mask]
  const start = new Int32Array(count + 1)
  for (const id of ids) start[id + 1]++
  for (let i = 0; i < count; i++) start[i + 1] += start[i]
  const sorted = new Int32Array(spans.length)
  const next = start.slice()
  for (let i = 0; i < ids.length; i++) sorted.set(spans.subarray(i * 3, i * 3 + 3), next[ids[i]]++ * 3)
  return Array.from({ length: count }, (_, i) => encodeSpans(sorted.subarray(start[i] * 3, start[i + 1] * 3)))
}
