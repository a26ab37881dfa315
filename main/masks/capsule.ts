/**
 * The pixels of a round brush moved along a segment: those whose centre lies within `radiusPx` of it.
 * One span a row, from top to bottom; a brush so small that it holds no centre paints the pixel under the segment's end.
 * @param x0 start, px of the image (a pixel's centre is at + 0.5)
 * @param radiusPx ≥ 0
 * @param emit (y, x0, x1) cut to the image, x1 exclusive. O(rows).
 */
export function capsuleSpans(x0: number, y0: number, x1: number, y1: number, radiusPx: number, width: number, height: number, emit: (y: number, from: number, to: number) => void): void {
  const dx = x1 - x0
  const dy = y1 - y0
  const length = Math.hypot(dx, dy)
  const first = Math.max(0, Math.ceil(Math.min(y0, y1) - radiusPx - 0.5))
  const last = Math.min(height - 1, Math.floor(Math.max(y0, y1) + radiusPx - 0.5))
  let painted = false
  for (let y = first; y <= last; y++) {
    const centre = y + 0.5
    // The capsule is convex: along a row it is one interval, the hull of its two discs' and its middle part's.
    let low = Infinity
    let high = -Infinity
    for (let end = 0; end < 2; end++) {
      const away = centre - (end === 0 ? y0 : y1)
      const half = radiusPx * radiusPx - away * away
      if (half < 0) continue
      const reach = Math.sqrt(half)
      const x = end === 0 ? x0 : x1
      if (x - reach < low) low = x - reach
      if (x + reach > high) high = x + reach
    }
    if (length > 0) {
      // Middle part: 0 ≤ projection ≤ length and |distance| ≤ radius, each an interval of x.
      const away = centre - y0
      let from = -Infinity
      let to = Infinity
      if (dy !== 0) {
        const a = x0 + (away * dx - radiusPx * length) / dy
        const b = x0 + (away * dx + radiusPx * length) / dy
        from = Math.min(a, b)
        to = Math.max(a, b)
      } else if (Math.abs(away) > radiusPx) to = -Infinity
      if (dx !== 0) {
        const a = x0 - (away * dy) / dx
        const b = a + (length * length) / dx
        from = Math.max(from, Math.min(a, b))
        to = Math.min(to, Math.max(a, b))
      } else if (away * dy < 0 || away * dy > length * length) to = -Infinity
      if (from <= to) {
        if (from < low) low = from
        if (to > high) high = to
      }
    }
    const start = Math.max(0, Math.ceil(low - 0.5))
    const stop = Math.min(width, Math.floor(high - 0.5) + 1)
    if (start < stop) {
      emit(y, start, stop)
      painted = true
    }
  }
  const x = Math.floor(x1)
  const y = Math.floor(y1)
  if (!painted && radiusPx < 1 && x >= 0 && y >= 0 && x < width && y < height) emit(y, x, x + 1)
}
