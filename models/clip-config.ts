import { readConfig, type Config } from './config.ts'

/** One transformer of CLIP. */
export interface ClipTower {
  readonly width: number
  readonly layers: number
  readonly heads: number
  readonly mlp: number
  readonly activation: 'quick_gelu' | 'gelu'
  readonly epsilon: number
}

export interface ClipVisionConfig extends ClipTower {
  readonly patch: number
  /** side of the square the checkpoint was trained on, in pixels */
  readonly image: number
}

export interface ClipTextConfig extends ClipTower {
  readonly vocabulary: number
  /** longest sequence, with start and end */
  readonly context: number
}

export interface ClipConfig {
  readonly vision: ClipVisionConfig
  readonly text: ClipTextConfig
  /** size of the space that pictures and texts share */
  readonly embedding: number
}

const ACTIVATIONS = ['quick_gelu', 'gelu'] as const

function huggingFaceTower(config: Config, width: number, heads: number, mlp: number): ClipTower {
  return {
    width: config.size('hidden_size', width),
    layers: config.size('num_hidden_layers', 12),
    heads: config.size('num_attention_heads', heads),
    mlp: config.size('intermediate_size', mlp),
    activation: config.oneOf('hidden_act', ACTIVATIONS, 'quick_gelu'),
    epsilon: config.number('layer_norm_eps', 1e-5),
  }
}

/** The text tower of Hugging Face's CLIPTextModel: also Stable Diffusion's text encoder. */
export function clipTextConfig(config: Config): ClipTextConfig {
  return { ...huggingFaceTower(config, 512, 8, 2048), vocabulary: config.size('vocab_size', 49_408), context: config.size('max_position_embeddings', 77) }
}

/** Hugging Face's config.json of CLIPModel (fields that are left out have its defaults) or open_clip's, told apart by their fields. */
export function clipConfig(config: Config): ClipConfig {
  if (config.has('model_cfg')) return openClipConfig(config.object('model_cfg'))
  if (config.has('vision_cfg')) return openClipConfig(config)
  const vision = config.object('vision_config')
  return {
    vision: { ...huggingFaceTower(vision, 768, 12, 3072), patch: vision.size('patch_size', 32), image: vision.size('image_size', 224) },
    text: clipTextConfig(config.object('text_config')),
    embedding: config.size('projection_dim', 512),
  }
}

function openClipConfig(config: Config): ClipConfig {
  const vision = config.object('vision_cfg')
  const text = config.object('text_cfg')
  vision.expect('timm_model_name', [], 'only CLIP\'s own vision transformer is built here')
  text.expect('hf_model_name', [], 'only CLIP\'s own text transformer is built here')
  const activation = config.flag('quick_gelu', false) ? 'quick_gelu' : 'gelu'
  const width = vision.size('width', 768)
  const textWidth = text.size('width', 512)
  return {
    vision: {
      width, layers: vision.size('layers', 12), heads: width / vision.size('head_width', 64), mlp: Math.trunc(width * vision.number('mlp_ratio', 4)),
      activation, epsilon: 1e-5, patch: vision.size('patch_size', 16), image: vision.size('image_size', 224),
    },
    text: {
      width: textWidth, layers: text.size('layers', 12), heads: text.size('heads', 8), mlp: Math.trunc(textWidth * text.number('mlp_ratio', 4)),
      activation, epsilon: 1e-5, vocabulary: text.size('vocab_size', 49_408), context: text.size('context_length', 77),
    },
    embedding: config.size('embed_dim'),
  }
}

/** Reads config.json or open_clip_config.json of a checkpoint's folder. */
export async function readClipConfig(folder: string): Promise<ClipConfig> {
  return clipConfig(await readConfig(folder, ['open_clip_config.json', 'config.json']))
}
