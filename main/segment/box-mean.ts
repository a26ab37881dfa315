/**
 * Mean over a (2r + 1)² window cut off at the border, by running sums. O(width · height) whatever the radius.
 * @param source  f64[height, width]; @param scratch and @param out the same size; out may be source
 */
export function boxMean(source: Float64Array, width: number, height: number, radius: number, scratch: Float64Array, out: Float64Array): void {
  for (let y = 0; y < height; y++) {
    const row = y * width
    let sum = 0
    for (let x = 0; x < Math.min(radius, width); x++) sum += source[row + x]
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += source[row + x + radius]
      if (x - radius - 1 >= 0) sum -= source[row + x - radius - 1]
      scratch[row + x] = sum / (Math.min(x + radius, width - 1) - Math.max(x - radius, 0) + 1)
    }
  }
  const sums = new Float64Array(width)
  for (let y = 0; y < Math.min(radius, height); y++) for (let x = 0; x < width; x++) sums[x] += scratch[y * width + x]
  for (let y = 0; y < height; y++) {
    const entering = y + radius < height ? (y + radius) * width : -1
    const leaving = y - radius - 1 >= 0 ? (y - radius - 1) * width : -1
    if (entering >= 0) for (let x = 0; x < width; x++) sums[x] += scratch[entering + x]
    if (leaving >= 0) for (let x = 0; x < width; x++) sums[x] -= scratch[leaving + x]
    const count = Math.min(y + radius, height - 1) - Math.max(y - radius, 0) + 1
    for (let x = 0; x < width; x++) out[y * width + x] = sums[x] / count
  }
}
