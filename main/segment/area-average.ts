/**
 * Mean colour of each cell of a grid over the photo; cell borders fall between pixels, so each pixel counts once.
 * @param photo u8[height, width, 3]
 * @returns f64[3, gridHeight, gridWidth] in 0 … 1
 */
export function areaAverage(photo: Uint8Array, width: number, height: number, gridWidth: number, gridHeight: number): Float64Array {
  const cells = gridWidth * gridHeight
  const out = new Float64Array(3 * cells)
  for (let gy = 0; gy < gridHeight; gy++) {
    const y0 = Math.floor((gy * height) / gridHeight)
    const y1 = Math.max(y0 + 1, Math.floor(((gy + 1) * height) / gridHeight))
    for (let gx = 0; gx < gridWidth; gx++) {
      const x0 = Math.floor((gx * width) / gridWidth)
      const x1 = Math.max(x0 + 1, Math.floor(((gx + 1) * width) / gridWidth))
      let red = 0
      let green = 0
      let blue = 0
      for (let y = y0; y < y1; y++) {
        for (let at = (y * width + x0) * 3, end = (y * width + x1) * 3; at < end; at += 3) {
          red += photo[at]
          green += photo[at + 1]
          blue += photo[at + 2]
        }
      }
      const scale = 1 / (255 * (y1 - y0) * (x1 - x0))
      const cell = gy * gridWidth + gx
      out[cell] = red * scale
      out[cells + cell] = green * scale
      out[2 * cells + cell] = blue * scale
    }
  }
  return out
}
