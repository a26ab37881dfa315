import { EngineError } from '../main/contract/errors.ts'
import type { Config } from './config.ts'

/** What a UNet of Stable Diffusion 1.x or 2.x is made of; lists go by level, finest first. */
export interface UNetConfig {
  readonly channels: readonly number[]
  readonly downAttention: readonly boolean[]
  /** by up block, coarsest first */
  readonly upAttention: readonly boolean[]
  readonly midBlock: boolean
  readonly layersPerBlock: readonly number[]
  readonly transformerLayers: number
  /** heads, not head sizes: the field is called attention_head_dim and means heads (REFERENCE §3.3) */
  readonly heads: readonly number[]
  readonly contextSize: number
  readonly linearProjection: boolean
  readonly groups: number
  readonly epsilon: number
  readonly inputChannels: number
  readonly outputChannels: number
  readonly downsamplePadding: number
  /** side of the latents it was trained on */
  readonly sampleSize: number
  /** cosine before sine in the time embedding */
  readonly flipSineCosine: boolean
  readonly frequencyShift: number
}

/** diffusers' config.json of UNet2DConditionModel; asks for nothing that is not built here. */
export function unetConfig(config: Config): UNetConfig {
  const down = config.strings('down_block_types')
  const up = config.strings('up_block_types')
  const levels = down.length
  const unknown = [...down, ...up].find((kind) => !['CrossAttnDownBlock2D', 'DownBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'].includes(kind))
  if (unknown !== undefined) throw new EngineError('bad-file', `${config.where}: it has a block of kind ${unknown}; this is no UNet of Stable Diffusion 1.x or 2.x`)
  if (up.length !== levels) throw new EngineError('bad-file', `${config.where}: ${levels} down blocks and ${up.length} up blocks; as many are wanted`)
  config.expect('act_fn', ['silu'], 'the only activation built here')
  config.expect('dual_cross_attention', [false], 'not built here')
  config.expect('only_cross_attention', [false], 'without self-attention there is no affinity')
  config.expect('class_embed_type', [], 'not built here')
  config.expect('addition_embed_type', [], 'that is Stable Diffusion XL; 1.x and 2.x are built here')
  config.expect('encoder_hid_dim_type', [], 'not built here')
  config.expect('resnet_time_scale_shift', ['default'], 'not built here')
  config.expect('time_embedding_type', ['positional'], 'not built here')
  config.expect('conv_in_kernel', [3], 'not built here')
  config.expect('attention_type', ['default'], 'not built here')
  config.expect('mid_block_scale_factor', [1], 'not built here')
  return {
    channels: config.sizes('block_out_channels', levels),
    downAttention: down.map((kind) => kind.startsWith('Cross')),
    upAttention: up.map((kind) => kind.startsWith('Cross')),
    // null in the smallest distilled networks
    midBlock: !config.isNull('mid_block_type') && config.oneOf('mid_block_type', ['UNetMidBlock2DCrossAttn'], 'UNetMidBlock2DCrossAttn') === 'UNetMidBlock2DCrossAttn',
    layersPerBlock: config.sizes('layers_per_block', levels, 2),
    transformerLayers: config.size('transformer_layers_per_block', 1),
    heads: config.has('num_attention_heads') ? config.sizes('num_attention_heads', levels) : config.sizes('attention_head_dim', levels, 8),
    contextSize: config.size('cross_attention_dim', 1280),
    linearProjection: config.flag('use_linear_projection', false),
    groups: config.size('norm_num_groups', 32),
    epsilon: config.number('norm_eps', 1e-5),
    inputChannels: config.size('in_channels', 4),
    outputChannels: config.size('out_channels', 4),
    downsamplePadding: config.size('downsample_padding', 1),
    sampleSize: config.size('sample_size', 64),
    flipSineCosine: config.flag('flip_sin_to_cos', true),
    frequencyShift: config.number('freq_shift', 0),
  }
}

/** One transformer layer's place: block, attention in it, layer in that; grid level 0 is the finest. */
export interface AttentionPlace {
  /** as in the state dict, e.g. up_blocks.3.attentions.1.transformer_blocks.0 */
  readonly key: string
  readonly level: number
}

/** All transformer layers in the order of the forward pass; each has one self- and one cross-attention. */
export function attentionPlaces(config: UNetConfig): readonly AttentionPlace[] {
  const levels = config.channels.length
  const places: AttentionPlace[] = []
  const block = (name: string, count: number, level: number): void => {
    for (let j = 0; j < count; j++) for (let k = 0; k < config.transformerLayers; k++) places.push({ key: `${name}.attentions.${j}.transformer_blocks.${k}`, level })
  }
  config.downAttention.forEach((attends, i) => { if (attends) block(`down_blocks.${i}`, config.layersPerBlock[i], i) })
  if (config.midBlock) block('mid_block', 1, levels - 1)
  config.upAttention.forEach((attends, i) => { if (attends) block(`up_blocks.${i}`, config.layersPerBlock[levels - 1 - i] + 1, levels - 1 - i) })
  return places
}
