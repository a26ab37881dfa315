/**
 * Separable Gaussian blur with mirrored borders, in place of a copy: the input is not changed.
 * @param plane  f32[height, width]
 * @param sigmaPx  ≥ 0; 0 copies. Kernel radius ceil(3σ). O(pixels · σ)
 */
export function gaussianBlur(plane: Float32Array, width: number, height: number, sigmaPx: number): Float32Array {
  if (sigmaPx <= 0) return plane.slice()
  const radius = Math.ceil(3 * sigmaPx)
  const kernel = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-(k * k) / (2 * sigmaPx * sigmaPx)))
  const sum = kernel.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0)
  for (let k = 0; k <= radius; k++) kernel[k] /= sum
  const across = new Float32Array(plane.length)
  const line = new Float64Array(Math.max(width, height) + 2 * radius)
  for (let y = 0; y < height; y++) {
    for (let x = -radius; x < width + radius; x++) line[x + radius] = plane[y * width + mirrored(x, width)]
    for (let x = 0; x < width; x++) across[y * width + x] = weighted(line, x + radius, kernel)
  }
  const both = new Float32Array(plane.length)
  for (let x = 0; x < width; x++) {
    for (let y = -radius; y < height + radius; y++) line[y + radius] = across[mirrored(y, height) * width + x]
    for (let y = 0; y < height; y++) both[y * width + x] = weighted(line, y + radius, kernel)
  }
  return both
}

/** Place inside [0, length) when the line is reflected at both ends, ends included (… 1 0 0 1 … ). */
function mirrored(position: number, length: number): number {
  const period = 2 * length
  const inside = ((position % period) + period) % period
  return inside < length ? inside : period - 1 - inside
}

function weighted(line: Float64Array, centre: number, kernel: Float64Array): number {
  let total = kernel[0] * line[centre]
  // both neighbours added before they are weighted: the sum is the same for the mirrored line, to the bit
  for (let k = 1; k < kernel.length; k++) total += kernel[k] * (line[centre - k] + line[centre + k])
  return total
}
