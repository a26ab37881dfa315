/** Rounds of moving the middles; the published ten change few px after the fourth. */
const ROUNDS = 4
/** how much a cell holds together against its colours, in colour units (0–100) per cell side: SLIC's m */
const COMPACTNESS = 12
/** parts of a cell smaller than this share of a whole one go to a neighbour */
const LEAST_SHARE = 0.25

/**
 * Cells of like colour and about one size: SLIC (Achanta et al. 2012, "SLIC superpixels compared to state-of-the-art
 * superpixel methods", algorithm 1), with opponent colours instead of CIELAB. Every cell hangs together by its sides.
 * O(rounds · 9 · px).
 * @param rgba u8[height, stride, 4] of a picture; alpha does not count
 * @param stride px of a row of `rgba`
 * @param x0,y0 corner of the part that is divided, px
 * @param side of a cell, px, ≥ 2
 * @returns u32[height, width] cell of each px of the part, from 0 on without gaps
 */
export function superpixels(rgba: Uint8Array | Uint8ClampedArray, stride: number, x0: number, y0: number, width: number, height: number, side: number): Uint32Array {
  const count = width * height
  const light = new Float32Array(count)
  const redGreen = new Float32Array(count)
  const blueYellow = new Float32Array(count)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((y0 + y) * stride + x0 + x) * 4
      const [red, green, blue] = [rgba[from], rgba[from + 1], rgba[from + 2]]
      const at = y * width + x
      light[at] = ((red + green + blue) / 765) * 100
      redGreen[at] = ((red - green) / 255) * 100
      blueYellow[at] = ((blue - (red + green) / 2) / 255) * 100
    }
  }
  const columns = Math.max(1, Math.round(width / side))
  const rows = Math.max(1, Math.round(height / side))
  const cells = columns * rows
  const [stepX, stepY] = [width / columns, height / rows]
  // x, y and the three colours of each middle
  const middles = new Float64Array(cells * 5)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = Math.min(width - 1, Math.floor((column + 0.5) * stepX))
      const y = Math.min(height - 1, Math.floor((row + 0.5) * stepY))
      const at = y * width + x
      middles.set([x, y, light[at], redGreen[at], blueYellow[at]], (row * columns + column) * 5)
    }
  }
  const labels = new Uint32Array(count)
  const nearness = (COMPACTNESS * COMPACTNESS) / (stepX * stepY)
  const sums = new Float64Array(cells * 6)
  for (let round = 0; round < ROUNDS; round++) {
    sums.fill(0)
    for (let y = 0; y < height; y++) {
      const row = Math.min(rows - 1, Math.floor(y / stepY))
      for (let x = 0; x < width; x++) {
        const at = y * width + x
        const column = Math.min(columns - 1, Math.floor(x / stepX))
        let best = Infinity
        let cell = 0
        // a middle stays near its place, so only the nine around can be the nearest
        for (let r = row > 0 ? row - 1 : 0; r <= row + 1 && r < rows; r++) {
          for (let c = column > 0 ? column - 1 : 0; c <= column + 1 && c < columns; c++) {
            const m = (r * columns + c) * 5
            const distance = (light[at] - middles[m + 2]) ** 2 + (redGreen[at] - middles[m + 3]) ** 2 + (blueYellow[at] - middles[m + 4]) ** 2
              + nearness * ((x - middles[m]) ** 2 + (y - middles[m + 1]) ** 2)
            if (distance < best) {
              best = distance
              cell = r * columns + c
            }
          }
        }
        labels[at] = cell
        const s = cell * 6
        sums[s] += x
        sums[s + 1] += y
        sums[s + 2] += light[at]
        sums[s + 3] += redGreen[at]
        sums[s + 4] += blueYellow[at]
        sums[s + 5]++
      }
    }
    for (let cell = 0; cell < cells; cell++) {
      const n = sums[cell * 6 + 5]
      if (n > 0) for (let k = 0; k < 5; k++) middles[cell * 5 + k] = sums[cell * 6 + k] / n
    }
  }
  return joinScraps(labels, width, height, Math.max(1, Math.floor(LEAST_SHARE * stepX * stepY)))
}

/** Numbers the connected parts of the cells anew; one smaller than `least` px goes to the part before it. O(px). */
function joinScraps(labels: Uint32Array, width: number, height: number, least: number): Uint32Array {
  const none = 0xffffffff
  const joined = new Uint32Array(labels.length).fill(none)
  const open = new Uint32Array(labels.length)
  let next = 0
  for (let start = 0; start < labels.length; start++) {
    if (joined[start] !== none) continue
    const cell = labels[start]
    const before = start % width > 0 ? joined[start - 1] : start >= width ? joined[start - width] : none
    let end = 0
    const take = (p: number) => {
      if (joined[p] !== none || labels[p] !== cell) return
      joined[p] = next
      open[end++] = p
    }
    take(start)
    for (let at = 0; at < end; at++) {
      const p = open[at]
      const x = p % width
      if (x > 0) take(p - 1)
      if (x + 1 < width) take(p + 1)
      if (p >= width) take(p - width)
      if (p + width < width * height) take(p + width)
    }
    if (end < least && before !== none) for (let at = 0; at < end; at++) joined[open[at]] = before
    else next++
  }
  return joined
}
