import { EMPTY_MASK, type Mask } from './mask.ts'
import { encodeSpans } from './rle.ts'
import { unionAll } from './set-operations.ts'
import { transposeSpans } from './transpose.ts'

/** cocoapi maskApi.c rleFrPoly rounds corners to a grid this many times finer than pixels. */
const SCALE = 5
/** pycocotools' own grid is 32-bit: farther corners have no defined place there, and here they are drawn in to this. */
const FARTHEST = 2 ** 31
/** An outline may cross so many centres of columns: it takes 256 MB. A million corners across a wide picture would be more than memory holds. */
const CROSSINGS_MAX = 1 << 25
/** In that grid, the step from `SCALE·k + BEFORE_CENTRE` to the next crosses the centre of column k. */
const BEFORE_CENTRE = 2

/**
 * The mask of a polygon in COCO's pixel frame ((0,0)–(1,1) is the first pixel), equal to pycocotools to the pixel
 * (maskApi.c rleFrPoly, then a union of the parts). Where pycocotools walks every fifth of a pixel of the outline,
 * this computes only where it crosses a column's centre.
 * @param parts each [x, y, x, y, …] px with at least 3 points; what lies outside the image is cut off
 * @throws RangeError on a coordinate that is no finite number, an odd count, fewer than 6 numbers, or an outline that runs to and fro too often
 * Cost O(crossings·log crossings + box), whatever the coordinates.
 */
export function rasterisePolygon(parts: readonly (readonly number[])[], width: number, height: number): Mask {
  return unionAll(parts.map((part) => rasterisePart(part, width, height)))
}

function rasterisePart(part: readonly number[], width: number, height: number): Mask {
  const corners = part.length / 2
  if (!Number.isInteger(corners) || corners < 3) throw new RangeError(`a polygon part has ${part.length} numbers; an even count of at least 6 is expected`)
  const fine = new Float64Array(part.length + 2)
  for (let i = 0; i < part.length; i++) {
    if (!Number.isFinite(part[i])) throw new RangeError(`polygon coordinate ${i} is ${part[i]}; a finite number is expected`)
    fine[i] = Math.max(-FARTHEST, Math.min(FARTHEST, Math.trunc(SCALE * part[i] + 0.5)))
  }
  fine[part.length] = fine[0]
  fine[part.length + 1] = fine[1]
  if (width === 0 || height === 0) return EMPTY_MASK

  // Each crossing as column·(height + 1) + row: the column's state toggles at that row.
  let crossings = new Float64Array(64)
  let count = 0
  const cross = (column: number, v: number): void => {
    const y = Math.ceil(Math.min(height, Math.max(0, (v + 0.5) / SCALE - 0.5)))
    if (count === crossings.length) {
      if (count >= CROSSINGS_MAX) throw new RangeError(`a polygon part of ${corners} corners crosses more than ${CROSSINGS_MAX} columns of pixels`)
      const larger = new Float64Array(count * 2)
      larger.set(crossings)
      crossings = larger
    }
    crossings[count++] = column * (height + 1) + y
  }
  for (let i = 0; i < part.length; i += 2) edgeCrossings(fine[i], fine[i + 1], fine[i + 2], fine[i + 3], width, cross)

  const sorted = crossings.subarray(0, count).sort()
  const columns = new Int32Array((count / 2) * 3)
  let at = 0
  for (let i = 0; i + 1 < count; i += 2) {
    const column = Math.floor(sorted[i] / (height + 1))
    const from = sorted[i] - column * (height + 1)
    const to = sorted[i + 1] - column * (height + 1)
    if (to <= from) continue
    columns[at] = column
    columns[at + 1] = from
    columns[at + 2] = to
    at += 3
  }
  return encodeSpans(transposeSpans(columns, at))
}

/** Calls `cross(column, v)` for each column centre in [0, width) that the edge crosses; v in fifths of a pixel, the smaller of the two ends. */
function edgeCrossings(xa: number, ya: number, xb: number, yb: number, width: number, cross: (column: number, v: number) => void): void {
  const dx = Math.abs(xb - xa)
  const dy = Math.abs(yb - ya)
  if (dx === 0) return
  const steep = dx < dy
  const flip = steep ? ya > yb : xa > xb
  const xs = flip ? xb : xa
  const ys = flip ? yb : ya
  const xe = flip ? xa : xb
  const ye = flip ? ya : yb
  const low = Math.min(xs, xe)
  const high = Math.max(xs, xe)
  const first = Math.max(0, Math.ceil((low - BEFORE_CENTRE) / SCALE))
  const last = Math.min(width - 1, Math.floor((high - 1 - BEFORE_CENTRE) / SCALE))
  if (!steep) {
    const slope = (ye - ys) / dx
    for (let column = first; column <= last; column++) {
      const t = SCALE * column + BEFORE_CENTRE - xs
      cross(column, Math.min(Math.trunc(ys + slope * t + 0.5), Math.trunc(ys + slope * (t + 1) + 0.5)))
    }
    return
  }
  const slope = (xe - xs) / dy
  for (let column = first; column <= last; column++) {
    // The first step t at which u = trunc(xs + slope·t + 0.5) has reached the far side. The estimate is off by a step at most; the loops settle the rounding.
    const u = SCALE * column + BEFORE_CENTRE
    const reached = slope > 0 ? (t: number) => Math.trunc(xs + slope * t + 0.5) > u : (t: number) => Math.trunc(xs + slope * t + 0.5) <= u
    let t = Math.min(dy, Math.max(1, Math.round((u + 0.5 - xs) / slope)))
    while (t > 1 && reached(t - 1)) t--
    while (t < dy && !reached(t)) t++
    cross(column, ys + t - 1)
  }
}
