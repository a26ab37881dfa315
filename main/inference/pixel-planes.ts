import { Tensor } from 'onnxruntime-node'

/** (value / 255 − mean) / std, by channel. */
export interface Normalisation {
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
}

export const CLIP_NORMALISATION: Normalisation = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] }
/** −1 … 1, what Stable Diffusion's VAE was trained on. */
export const SIGNED_NORMALISATION: Normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }
/** What the published code gives the VAE instead (REFERENCE §8, D1); the `reference` profile repeats it. */
export const IMAGENET_NORMALISATION: Normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

/**
 * A picture as networks take it. O(pixels).
 * @param rgb  u8[h, w, 3]
 * @returns f32[1, 3, h, w]
 */
export function pixelPlanes(rgb: Uint8Array, h: number, w: number, { mean, std }: Normalisation): Tensor {
  const cells = h * w
  if (rgb.length !== 3 * cells) throw new RangeError(`a picture of ${w}×${h} has ${3 * cells} values, not ${rgb.length}`)
  const planes = new Float32Array(3 * cells)
  for (let channel = 0; channel < 3; channel++) {
    // 256 values once, instead of a division a pixel
    const table = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean[channel]) / std[channel])
    for (let i = 0; i < cells; i++) planes[channel * cells + i] = table[rgb[3 * i + channel]]
  }
  return new Tensor('float32', planes, [1, 3, h, w])
}
