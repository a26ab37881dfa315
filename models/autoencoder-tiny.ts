import { EngineError } from '../main/contract/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Config } from './config.ts'
import { GraphBuilder, type ComputeType, type Network, type Value } from './graph-builder.ts'

export interface AutoencoderTinyConfig {
  /** of every level */
  readonly channels: number
  /** residual blocks by level; each level but the first halves the sides */
  readonly blocks: readonly number[]
  readonly latentChannels: number
  readonly scaling: number
}

/** diffusers' config.json of AutoencoderTiny. */
export function autoencoderTinyConfig(config: Config): AutoencoderTinyConfig {
  config.expect('act_fn', ['relu'], 'the only activation built here')
  config.expect('in_channels', [3], 'pictures have three')
  const blocks = config.numbers('num_encoder_blocks', [1, 3, 3, 3])
  if (!blocks.every((count) => Number.isSafeInteger(count) && count >= 0)) throw new EngineError('bad-file', `${config.where}: "num_encoder_blocks" is ${JSON.stringify(blocks)}; whole numbers ≥ 0 are wanted`)
  const channels = config.sizes('encoder_block_out_channels', blocks.length, 64)
  if (channels.some((size) => size !== channels[0])) throw new EngineError('bad-file', `${config.where}: "encoder_block_out_channels" is ${JSON.stringify(channels)}; the same for every level is wanted`)
  return { channels: channels[0], blocks, latentChannels: config.size('latent_channels', 4), scaling: config.number('scaling_factor', 1) }
}

/**
 * The encoder of diffusers' AutoencoderTiny (TAESD, Ollin Boer Bohan, MIT): plain convolutions that were distilled to give what
 * Stable Diffusion's VAE gives, scaled already. Input `pixels` f32[1, 3, h, w] in −1 … 1; output `latents` f32[1, c, h/8, w/8]
 * (8 = 2^(levels − 1)). 1.2 M numbers instead of 34 M, a fiftieth of the multiplications.
 * @throws EngineError 'bad-input' for a size that the levels do not divide; 'bad-file' naming a tensor
 */
export function autoencoderTinyNetwork(checkpoint: Checkpoint, config: AutoencoderTinyConfig, options: { readonly size: { readonly h: number; readonly w: number }; readonly compute?: ComputeType }): Network {
  const { channels, blocks, latentChannels, scaling } = config
  const factor = 2 ** (blocks.length - 1)
  const { h, w } = options.size
  if (h < factor || w < factor || h % factor !== 0 || w % factor !== 0) throw new EngineError('bad-input', `the encoder takes pictures in multiples of ${factor} pixels; ${w}×${h} is not`)
  const b = new GraphBuilder('autoencoder-tiny', checkpoint, options.compute)
  const pixels = b.input('pixels', 'float32', [1, 3, h, w])
  const around = [1, 1, 1, 1] as const
  let place = 0
  const key = (): string => `encoder.layers.${place++}`
  // 0 … 1 is what it was trained on
  let x = b.add(b.scaled(pixels, 0.5), b.floats([0.5], [1]))
  blocks.forEach((count, level) => {
    x = level === 0
      ? b.convolution(x, key(), 3, channels, 3, 1, around)
      : b.apply('Conv', [x, b.weight(`${key()}.weight`, [channels, channels, 3, 3])], { kernel_shape: [3, 3], strides: [2, 2], pads: [...around] })
    for (let block = 0; block < count; block++) x = tinyBlock(b, x, key(), channels)
  })
  const latents = b.convolution(x, key(), channels, latentChannels, 3, 1, around)
  b.output('latents', b.scaled(latents, scaling), 'float32', [1, latentChannels, h / factor, w / factor])
  return b.finish()
}

/** Three convolutions with ReLU between and after the sum with what came in. */
function tinyBlock(b: GraphBuilder, x: Value, key: string, channels: number): Value {
  let hidden = x
  for (const layer of [0, 2, 4]) {
    hidden = b.convolution(hidden, `${key}.conv.${layer}`, channels, channels, 3, 1, [1, 1, 1, 1])
    if (layer < 4) hidden = b.apply('Relu', [hidden])
  }
  return b.apply('Relu', [b.add(hidden, x)])
}
