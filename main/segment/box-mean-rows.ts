/** Channels that are summed side by side: four running sums do not wait for one another. */
export const CHANNELS = 4

/**
 * Mean of four interleaved channels over a (2r + 1)² window cut off at the border, row by row: a row goes in by `push`, and as soon as
 * its window is full the row `radius` above goes out by `emit`; the last row brings the rest. Holds 2r + 2 rows, so that all stays
 * in the processor's cache. O(width · height) whatever the radius.
 */
export interface BoxMeanRows {
  /** @param row  f64[width, 4], read at once */
  push(row: Float64Array): void
}

/** @param emit  called for y = 0 … height − 1 with f64[width, 4]; the array is used again for the next row */
export function boxMeanRows(width: number, height: number, radius: number, emit: (y: number, row: Float64Array) => void): BoxMeanRows {
  const length = width * CHANNELS, held = 2 * radius + 2
  const ring = Array.from({ length: Math.min(held, height) }, () => new Float64Array(length))
  const sums = new Float64Array(length), out = new Float64Array(length)
  const shares = Float64Array.from({ length: width }, (_, x) => 1 / (Math.min(x + radius, width - 1) - Math.max(x - radius, 0) + 1))
  let taken = 0
  const finish = (y: number): void => {
    if (y - radius - 1 >= 0) subtract(sums, ring[(y - radius - 1) % held], length)
    scaled(sums, 1 / (Math.min(y + radius, height - 1) - Math.max(y - radius, 0) + 1), out, length)
    emit(y, out)
  }
  return {
    push(row) {
      const across = ring[taken % held]
      rowMeans(row, width, radius, shares, across)
      add(sums, across, length)
      if (taken - radius >= 0) finish(taken - radius)
      taken++
      if (taken === height) for (let y = Math.max(0, height - radius); y < height; y++) finish(y)
    },
  }
}

/** Mean over 2r + 1 neighbours in the row. */
function rowMeans(row: Float64Array, width: number, radius: number, shares: Float64Array, out: Float64Array): void {
  let a = 0, b = 0, c = 0, d = 0
  for (let i = 0, end = Math.min(radius, width) * CHANNELS; i < end; i += CHANNELS) {
    a += row[i]
    b += row[i + 1]
    c += row[i + 2]
    d += row[i + 3]
  }
  for (let x = 0, i = 0, ahead = radius * CHANNELS, behind = -(radius + 1) * CHANNELS; x < width; x++, i += CHANNELS, ahead += CHANNELS, behind += CHANNELS) {
    if (x + radius < width) {
      a += row[ahead]
      b += row[ahead + 1]
      c += row[ahead + 2]
      d += row[ahead + 3]
    }
    if (behind >= 0) {
      a -= row[behind]
      b -= row[behind + 1]
      c -= row[behind + 2]
      d -= row[behind + 3]
    }
    const share = shares[x]
    out[i] = a * share
    out[i + 1] = b * share
    out[i + 2] = c * share
    out[i + 3] = d * share
  }
}

function add(sums: Float64Array, row: Float64Array, length: number): void {
  for (let i = 0; i < length; i++) sums[i] += row[i]
}

function subtract(sums: Float64Array, row: Float64Array, length: number): void {
  for (let i = 0; i < length; i++) sums[i] -= row[i]
}

function scaled(sums: Float64Array, scale: number, out: Float64Array, length: number): void {
  for (let i = 0; i < length; i++) out[i] = sums[i] * scale
}
