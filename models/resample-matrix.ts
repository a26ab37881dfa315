import { axisWeights, type Kernel } from '../main/resample/axis-weights.ts'

/** One axis of a resampling as a dense matrix f32[out, in], so that a graph can do it as a product. O(out · in). */
export function resampleMatrix(inputSize: number, outputSize: number, kernel: Kernel): Float32Array {
  const { taps, first, weights } = axisWeights(inputSize, outputSize, kernel)
  const matrix = new Float32Array(outputSize * inputSize)
  for (let o = 0; o < outputSize; o++) {
    for (let t = 0; t < taps; t++) matrix[o * inputSize + first[o] + t] += weights[o * taps + t]
  }
  return matrix
}
