export interface PamrOptions {
  readonly dilations: readonly number[]
  readonly iterations: number
}

/**
 * For twice the grid's resolution. Measured on 24 COCO photos (mIoU, Boundary IoU; bilinear 0.863, 0.656 with borders right to
 * the cell, 0.684, 0.289 with borders wrong by about one): 0.834, 0.600 and 0.714, 0.368. The published reach (dilations to
 * 24, ten rounds, at full size) smooths small regions away at this resolution: 0.723, 0.412 and 0.671, 0.340 with up to 8.
 */
const PAMR_DEFAULTS: PamrOptions = { dilations: [1, 2], iterations: 5 }

/**
 * Pixel-adaptive mask refinement (Araslanov & Roth 2020): each pixel's memberships become a mean over 8 neighbours at each
 * dilation, weighted by softmax of −|colour difference| / (0.1 · local standard deviation), repeated. Indices are clamped at
 * the border. O(iterations · pixels · 8 · dilations · k).
 * @param memberships f32[height, width, k] @param guide f64[3, height, width] in 0 … 1
 * @returns f32[height, width, k]; rows keep their sum
 */
export function pamr(memberships: Float32Array, k: number, width: number, height: number, guide: Float64Array, options: PamrOptions = PAMR_DEFAULTS): Float32Array {
  const m = width * height
  if (memberships.length !== m * k) throw new RangeError(`memberships hold ${memberships.length} values, but ${height}×${width}×${k} = ${m * k} are needed`)
  const around = neighbours(width, height, options.dilations)
  const count = around.length / m
  const weights = affinities(guide, m, around, count)
  let current = memberships
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    const next = new Float32Array(m * k)
    for (let i = 0; i < m; i++) {
      for (let j = i * count, end = j + count; j < end; j++) {
        const weight = weights[j]
        if (weight === 0) continue
        for (let c = 0, from = around[j] * k, to = i * k; c < k; c++) next[to + c] += weight * current[from + c]
      }
    }
    current = next
  }
  return current
}

function neighbours(width: number, height: number, dilations: readonly number[]): Int32Array {
  const offsets = dilations.flatMap((d) => [-d, 0, d].flatMap((dy) => [-d, 0, d].map((dx) => [dx, dy]))).filter(([dx, dy]) => dx !== 0 || dy !== 0)
  const out = new Int32Array(width * height * offsets.length)
  let at = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const [dx, dy] of offsets) out[at++] = Math.max(0, Math.min(height - 1, y + dy)) * width + Math.max(0, Math.min(width - 1, x + dx))
    }
  }
  return out
}

function affinities(guide: Float64Array, m: number, around: Int32Array, count: number): Float32Array {
  const weights = new Float32Array(m * count)
  for (let i = 0; i < m; i++) {
    for (let c = 0; c < 3; c++) {
      const channel = c * m
      let sum = 0
      let squares = 0
      for (let j = i * count; j < (i + 1) * count; j++) {
        const value = guide[channel + around[j]]
        sum += value
        squares += value * value
      }
      const mean = sum / count
      const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
      for (let j = i * count; j < (i + 1) * count; j++) weights[j] -= Math.abs(guide[channel + around[j]] - guide[channel + i]) / (3 * (1e-8 + 0.1 * deviation))
    }
    let most = -Infinity
    for (let j = i * count; j < (i + 1) * count; j++) most = Math.max(most, weights[j])
    let total = 0
    for (let j = i * count; j < (i + 1) * count; j++) total += (weights[j] = Math.exp(weights[j] - most))
    for (let j = i * count; j < (i + 1) * count; j++) weights[j] /= total
  }
  return weights
}
