import { EngineError } from '../main/contract/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Config } from './config.ts'
import { fromTokens, residualBlock, toTokens, type FeatureMap } from './diffusion-layers.ts'
import { GraphBuilder, type ComputeType, type Network, type Value } from './graph-builder.ts'

export interface VaeConfig {
  /** channels by level */
  readonly channels: readonly number[]
  readonly layersPerBlock: number
  readonly latentChannels: number
  readonly groups: number
  readonly scaling: number
}

/** diffusers' config.json of AutoencoderKL. */
export function vaeConfig(config: Config): VaeConfig {
  const blocks = config.strings('down_block_types')
  config.expect('act_fn', ['silu'], 'the only activation built here')
  config.expect('use_quant_conv', [true], 'latents without quant_conv are not built here')
  if (blocks.some((kind) => kind !== 'DownEncoderBlock2D')) throw new EngineError('bad-file', `${config.where}: "down_block_types" has ${blocks.join(', ')}; DownEncoderBlock2D is wanted`)
  return {
    channels: config.sizes('block_out_channels', blocks.length),
    layersPerBlock: config.size('layers_per_block', 1),
    latentChannels: config.size('latent_channels', 4),
    groups: config.size('norm_num_groups', 32),
    scaling: config.number('scaling_factor', 0.18215),
  }
}

const EPSILON = 1e-6
/** The mid attention's names since diffusers 0.12, and those of older files. */
const NEW_NAMES = { q: 'to_q', k: 'to_k', v: 'to_v', out: 'to_out.0' } as const
const OLD_NAMES = { q: 'query', k: 'key', v: 'value', out: 'proj_attn' } as const

/** Queries whose attention is computed at once: 64 MiB of scores at 4,096 cells. */
const QUERY_CHUNK = 4096

/**
 * Stable Diffusion's VAE encoder (REFERENCE §3.1). Input `pixels` f32[1, 3, h, w]; output `latents` f32[1, c, h/8, w/8]
 * (8 = 2^(levels − 1)), the mean times the scaling factor.
 * @throws EngineError 'bad-input' for a size that the levels do not divide; 'bad-file' naming a tensor
 */
export function vaeEncoderNetwork(checkpoint: Checkpoint, config: VaeConfig, options: { readonly size: { readonly h: number; readonly w: number }; readonly compute?: ComputeType }): Network {
  const { channels, layersPerBlock, latentChannels, groups, scaling } = config
  const factor = 2 ** (channels.length - 1)
  const { h, w } = options.size
  if (h < factor || w < factor || h % factor !== 0 || w % factor !== 0) throw new EngineError('bad-input', `the VAE takes pictures in multiples of ${factor} pixels; ${w}×${h} is not`)
  const b = new GraphBuilder('vae-encoder', checkpoint, options.compute)
  const norm = { groups, epsilon: EPSILON }
  const pixels = b.input('pixels', 'float32', [1, 3, h, w])
  let x: FeatureMap = { value: b.convolution(pixels, 'encoder.conv_in', 3, channels[0], 3, 1, [1, 1, 1, 1]), channels: channels[0], h, w }
  channels.forEach((size, level) => {
    for (let layer = 0; layer < layersPerBlock; layer++) x = residualBlock(b, x, `encoder.down_blocks.${level}.resnets.${layer}`, size, norm, null)
    // padded right and below only
    if (level < channels.length - 1) x = { value: b.convolution(x.value, `encoder.down_blocks.${level}.downsamplers.0.conv`, size, size, 3, 2, [0, 0, 1, 1]), channels: size, h: x.h / 2, w: x.w / 2 }
  })
  const size = channels[channels.length - 1]
  x = residualBlock(b, x, 'encoder.mid_block.resnets.0', size, norm, null)
  if (b.has('encoder.mid_block.attentions.0.group_norm.weight')) x = { ...x, value: midAttention(b, x, groups) }
  x = residualBlock(b, x, 'encoder.mid_block.resnets.1', size, norm, null)
  const moments = b.convolution(b.silu(b.groupNorm(x.value, 'encoder.conv_norm_out', size, groups, EPSILON, x)), 'encoder.conv_out', size, 2 * latentChannels, 3, 1, [1, 1, 1, 1])
  const quantised = b.convolution(moments, 'quant_conv', 2 * latentChannels, 2 * latentChannels, 1, 1, [0, 0, 0, 0])
  b.output('latents', b.scaled(b.slice(quantised, 0, latentChannels, 1), scaling), 'float32', [1, latentChannels, x.h, x.w])
  return b.finish()
}

/** One head over all cells, biases everywhere, residual; older files keep its matrices under other names. */
function midAttention(b: GraphBuilder, x: FeatureMap, groups: number): Value {
  const key = 'encoder.mid_block.attentions.0'
  const names = b.has(`${key}.${NEW_NAMES.q}.weight`) ? NEW_NAMES : OLD_NAMES
  const size = x.channels
  const cells = x.h * x.w
  const tokens = toTokens(b, { ...x, value: b.groupNorm(x.value, `${key}.group_norm`, size, groups, EPSILON, x) })
  const [q, k, v] = [names.q, names.k, names.v].map((name) => b.linearOf(tokens, `${key}.${name}`, size, size))
  const keysTransposed = b.transpose(k, [1, 0])
  const scaled = b.scaled(q, size ** -0.5)
  const parts: Value[] = []
  for (let from = 0; from < cells; from += QUERY_CHUNK) {
    const some = cells <= QUERY_CHUNK ? scaled : b.slice(scaled, from, Math.min(from + QUERY_CHUNK, cells), 0)
    parts.push(b.product(b.softmax(b.product(some, keysTransposed)), v))
  }
  return b.add(x.value, fromTokens(b, b.linearOf(b.concat(parts, 0), `${key}.${names.out}`, size, size), x))
}
