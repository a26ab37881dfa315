import { autoencoderTinyConfig, autoencoderTinyNetwork } from './autoencoder-tiny.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Config } from './config.ts'
import type { ComputeType, Network } from './graph-builder.ts'
import { vaeConfig, vaeEncoderNetwork } from './stable-diffusion-vae.ts'

/** What makes latents of a picture, as its config.json says. */
export interface LatentEncoder {
  /** px of the picture that one cell of the latents stands for */
  readonly cell: number
  readonly latentChannels: number
  /** input `pixels` f32[1, 3, h, w] in −1 … 1, output `latents` f32[1, latentChannels, h / cell, w / cell], scaled as the UNet takes them */
  network(checkpoint: Checkpoint, options: { readonly size: { readonly h: number; readonly w: number }; readonly compute?: ComputeType }): Network
}

/**
 * Stable Diffusion's own VAE, or a small one that was distilled from it, by the `_class_name` that diffusers writes.
 * @throws EngineError 'bad-file' naming the field
 */
export function latentEncoder(config: Config): LatentEncoder {
  if (config.oneOf('_class_name', ['AutoencoderKL', 'AutoencoderTiny'], 'AutoencoderKL') === 'AutoencoderTiny') {
    const tiny = autoencoderTinyConfig(config)
    return { cell: 2 ** (tiny.blocks.length - 1), latentChannels: tiny.latentChannels, network: (checkpoint, options) => autoencoderTinyNetwork(checkpoint, tiny, options) }
  }
  const vae = vaeConfig(config)
  return { cell: 2 ** (vae.channels.length - 1), latentChannels: vae.latentChannels, network: (checkpoint, options) => vaeEncoderNetwork(checkpoint, vae, options) }
}
