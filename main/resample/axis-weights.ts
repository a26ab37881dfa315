/** Which kernel: R1 torch bilinear, R2 torch bicubic with antialias (a = −0.5), R3 torch bicubic without (a = −0.75). REFERENCE §0. */
export type Kernel = 'bilinear' | 'bicubic-antialiased' | 'bicubic'

/**
 * One axis of a separable resampling: output o is Σ_t weights[o·taps + t] · input[first[o] + t].
 * Every index first[o] … first[o] + taps − 1 lies inside the input; unused taps have weight 0.
 */
export interface AxisWeights {
  readonly taps: number
  readonly first: Int32Array
  readonly weights: Float64Array
}

/** Keys' cubic convolution kernel with parameter `a`. */
function keysCubic(x: number, a: number): number {
  const t = Math.abs(x)
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a
  return 0
}

/** Collects (index, weight) pairs per output and packs them so that all windows have one width and stay inside the input. */
function pack(inputSize: number, lists: readonly { readonly first: number; readonly weights: readonly number[] }[]): AxisWeights {
  const taps = Math.min(inputSize, lists.reduce((most, list) => Math.max(most, list.weights.length), 1))
  const first = new Int32Array(lists.length)
  const weights = new Float64Array(lists.length * taps)
  lists.forEach((list, o) => {
    first[o] = Math.min(list.first, inputSize - taps)
    list.weights.forEach((weight, t) => { weights[o * taps + list.first - first[o] + t] = weight })
  })
  return { taps, first, weights }
}

/**
 * Weights of one axis, half-pixel centres (align_corners = false). Indices are rounded to f32 where torch's own f32 path
 * rounds them (one fused multiply-add without antialias, every step with it): at 64 → 320 that alone moves the result by
 * 1e-5. O(out · taps).
 * @throws RangeError when a size is not a positive whole number
 */
export function axisWeights(inputSize: number, outputSize: number, kernel: Kernel): AxisWeights {
  if (!Number.isInteger(inputSize) || !Number.isInteger(outputSize) || inputSize < 1 || outputSize < 1) {
    throw new RangeError(`cannot resample ${inputSize} to ${outputSize} samples: sizes must be whole numbers ≥ 1`)
  }
  const outputs = Array.from({ length: outputSize }, (_, o) => o)
  if (kernel === 'bicubic-antialiased') return pack(inputSize, outputs.map((o) => antialiasedCubic(inputSize, outputSize, o, Math.fround)))
  const scale = Math.fround(inputSize / outputSize)
  return pack(inputSize, outputs.map((o) => {
    const source = Math.fround(scale * (o + 0.5) - 0.5)
    if (kernel === 'bilinear') {
      const clamped = Math.max(source, 0)
      const i0 = Math.min(Math.floor(clamped), inputSize - 1)
      const t = Math.fround(clamped - i0)
      return i0 === inputSize - 1 ? { first: i0, weights: [1] } : { first: i0, weights: [Math.fround(1 - t), t] }
    }
    const i0 = Math.floor(source)
    const t = Math.fround(source - i0)
    const low = Math.max(0, Math.min(i0 - 1, inputSize - 1))
    const high = Math.min(inputSize - 1, Math.max(i0 + 2, 0))
    const weights = Array.from({ length: high - low + 1 }, () => 0)
    for (let tap = -1; tap <= 2; tap++) {
      const index = Math.max(0, Math.min(inputSize - 1, i0 + tap))
      weights[index - low] += keysCubic(tap - t, -0.75)
    }
    return { first: low, weights }
  }))
}

/**
 * The truncated and renormalised cubic window that torch's antialias path (R2) and Pillow (R4) have in common.
 * @param round Math.fround for torch's f32, identity for Pillow's double
 */
export function antialiasedCubic(inputSize: number, outputSize: number, o: number, round: (x: number) => number): { first: number; weights: number[] } {
  const scale = round(inputSize / outputSize)
  const filterScale = Math.max(scale, 1)
  const support = 2 * filterScale
  const centre = round(scale * (o + 0.5))
  const first = Math.max(Math.trunc(round(round(centre - support) + 0.5)), 0)
  const end = Math.min(Math.trunc(round(round(centre + support) + 0.5)), inputSize)
  const inverse = round(1 / filterScale)
  const weights = Array.from({ length: end - first }, (_, t) => round(keysCubic(round(round(round(t + first - centre) + 0.5) * inverse), -0.5)))
  const sum = weights.reduce((total, weight) => round(total + weight), 0)
  return { first, weights: weights.map((weight) => round(weight / sum)) }
}
