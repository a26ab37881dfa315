import { antialiasedCubic } from './axis-weights.ts'

const PRECISION_BITS = 22

/**
 * R4, Pillow BICUBIC on 8-bit pixels: antialiased cubic (a = −0.5), weights quantised to 22 fractional bits, horizontal pass
 * first, clipped to 8 bits between the passes; a pass whose size does not change is skipped. To the bit with Pillow < 13 (the published
 * code's); since 13 Pillow runs the vertical pass first when the height shrinks much more than the width.
 * @param source u8[height, width, channels]
 * @returns u8[outHeight, outWidth, channels], new
 */
export function pillowBicubic(
  source: Uint8Array, height: number, width: number, channels: number, outHeight: number, outWidth: number,
): Uint8Array {
  if (source.length !== height * width * channels) {
    throw new RangeError(`source holds ${source.length} values, but ${height}×${width}×${channels} = ${height * width * channels} are needed`)
  }
  const horizontal = width === outWidth ? source : pass(source, width, outWidth, height, width * channels, channels, outWidth * channels, channels, channels)
  if (height === outHeight) return horizontal === source ? source.slice() : horizontal
  const rowLength = outWidth * channels
  return pass(horizontal, height, outHeight, 1, 0, rowLength, 0, rowLength, rowLength)
}

/** One axis: `lines` lines, each sample a run of `run` bytes at stride `inStep`. */
function pass(
  source: Uint8Array, inputSize: number, outputSize: number, lines: number, inLine: number, inStep: number, outLine: number, outStep: number, run: number,
): Uint8Array {
  const out = new Uint8Array(lines * outputSize * run)
  for (let o = 0; o < outputSize; o++) {
    const { first, weights } = antialiasedCubic(inputSize, outputSize, o, (x) => x)
    const fixed = Int32Array.from(weights, (weight) => Math.trunc(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5)))
    for (let line = 0; line < lines; line++) {
      const to = line * outLine + o * outStep
      const from = line * inLine + first * inStep
      for (let i = 0; i < run; i++) {
        let sum = 1 << (PRECISION_BITS - 1)
        for (let t = 0; t < fixed.length; t++) sum += source[from + t * inStep + i] * fixed[t]
        const value = sum >> PRECISION_BITS
        out[to + i] = value < 0 ? 0 : value > 255 ? 255 : value
      }
    }
  }
  return out
}
