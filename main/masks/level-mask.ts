import { encodeSpans } from './rle.ts'
import type { Mask } from './mask.ts'

/**
 * The px where a plane, enlarged bilinearly (pixel centres aligned, ends held), is positive. The enlarged plane is never made: a
 * row of it crosses zero at most once between two of the plane's own columns.
 * @param values  f32[rows, columns]
 * @param width   of the mask, px; likewise height
 * O(height · columns)
 */
export function levelMask(values: Float32Array, columns: number, rows: number, width: number, height: number): Mask {
  const spans: number[] = []
  const row = new Float32Array(columns)
  const across = width / columns
  for (let y = 0; y < height; y++) {
    const place = Math.max(0, Math.min(rows - 1, ((y + 0.5) * rows) / height - 0.5))
    const above = Math.min(rows - 1, Math.floor(place)), share = place - above
    const top = above * columns, bottom = Math.min(rows - 1, above + 1) * columns
    for (let x = 0; x < columns; x++) row[x] = values[top + x] + share * (values[bottom + x] - values[top + x])
    let from = row[0] > 0 ? 0 : -1
    for (let x = 1; x < columns; x++) {
      const inside = row[x] > 0
      if (inside === from >= 0) continue
      // px whose centre lies on the positive side of the crossing
      const crossing = (x - 0.5 + row[x - 1] / (row[x - 1] - row[x])) * across - 0.5
      const to = Math.max(0, Math.min(width, inside ? Math.floor(crossing) + 1 : Math.ceil(crossing)))
      if (inside) from = to
      else {
        if (to > from) spans.push(y, from, to)
        from = -1
      }
    }
    if (from >= 0 && from < width) spans.push(y, from, width)
  }
  return encodeSpans(Int32Array.from(spans))
}
