import { EngineError } from '../main/contract/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { linearOfKey, type LinearPlace } from './linear-place.ts'

/** Where one family of checkpoints keeps CLIP's tensors (REFERENCE §1.4). */
export interface ClipKeys {
  readonly classEmbedding: string
  readonly visionPositions: string
  readonly patch: string
  readonly visionPreNorm: string
  readonly visionPostNorm: string
  readonly visionProjection: string
  readonly visionBlock: (index: number) => string
  readonly tokens: string
  readonly textPositions: string
  readonly textFinalNorm: string
  readonly textProjection: string
  readonly textBlock: (index: number) => string
  /** projections are [in, out] instead of [out, in]: the text one is square, so no shape would tell */
  readonly projectionsTransposed: boolean
  readonly norm1: string
  readonly norm2: string
  readonly mlp1: string
  readonly mlp2: string
  readonly attentionOut: string
  /** query, key and value of one block: rows of one matrix, or three */
  readonly queryKeyValue: (block: string, width: number) => readonly [LinearPlace, LinearPlace, LinearPlace]
}

const huggingFace = (textPrefix: string): ClipKeys => ({
  classEmbedding: 'vision_model.embeddings.class_embedding',
  visionPositions: 'vision_model.embeddings.position_embedding.weight',
  patch: 'vision_model.embeddings.patch_embedding.weight',
  visionPreNorm: 'vision_model.pre_layrnorm',
  visionPostNorm: 'vision_model.post_layernorm',
  visionProjection: 'visual_projection.weight',
  visionBlock: (index) => `vision_model.encoder.layers.${index}`,
  tokens: `${textPrefix}embeddings.token_embedding.weight`,
  textPositions: `${textPrefix}embeddings.position_embedding.weight`,
  textFinalNorm: `${textPrefix}final_layer_norm`,
  textProjection: 'text_projection.weight',
  textBlock: (index) => `${textPrefix}encoder.layers.${index}`,
  projectionsTransposed: false,
  norm1: 'layer_norm1',
  norm2: 'layer_norm2',
  mlp1: 'mlp.fc1',
  mlp2: 'mlp.fc2',
  attentionOut: 'self_attn.out_proj',
  queryKeyValue: (block, width) => {
    const part = (name: string): LinearPlace => linearOfKey(`${block}.self_attn.${name}_proj`, width, width)
    return [part('q'), part('k'), part('v')]
  },
})

const openClip = (prefix: string, textPrefix: string): ClipKeys => ({
  classEmbedding: `${prefix}visual.class_embedding`,
  visionPositions: `${prefix}visual.positional_embedding`,
  patch: `${prefix}visual.conv1.weight`,
  visionPreNorm: `${prefix}visual.ln_pre`,
  visionPostNorm: `${prefix}visual.ln_post`,
  visionProjection: `${prefix}visual.proj`,
  visionBlock: (index) => `${prefix}visual.transformer.resblocks.${index}`,
  tokens: `${textPrefix}token_embedding.weight`,
  textPositions: `${textPrefix}positional_embedding`,
  textFinalNorm: `${textPrefix}ln_final`,
  textProjection: `${textPrefix}text_projection`,
  textBlock: (index) => `${textPrefix}transformer.resblocks.${index}`,
  projectionsTransposed: true,
  norm1: 'ln_1',
  norm2: 'ln_2',
  mlp1: 'mlp.c_fc',
  mlp2: 'mlp.c_proj',
  attentionOut: 'attn.out_proj',
  queryKeyValue: (block, width) => {
    const part = (index: number): LinearPlace => ({
      weight: `${block}.attn.in_proj_weight`, bias: `${block}.attn.in_proj_bias`, inputSize: width, storedRows: 3 * width, rows: [index * width, (index + 1) * width],
    })
    return [part(0), part(1), part(2)]
  },
})

/**
 * Which family this checkpoint is of, by the keys it has: Hugging Face (with or without the `text_model.` prefix that
 * transformers 5 drops for a bare text encoder), open_clip or OpenAI (with or without `module.` or a custom text tower's `text.`).
 * @throws EngineError 'bad-file' when it is no CLIP
 */
export function clipKeys(checkpoint: Checkpoint): ClipKeys {
  const has = (name: string): boolean => checkpoint.tensors.has(name)
  for (const prefix of ['', 'module.']) {
    if (!has(`${prefix}visual.class_embedding`)) continue
    return openClip(prefix, has(`${prefix}text.token_embedding.weight`) ? `${prefix}text.` : prefix)
  }
  for (const prefix of ['text_model.', '']) {
    if (has(`${prefix}embeddings.token_embedding.weight`)) return huggingFace(prefix)
  }
  if (has('vision_model.embeddings.class_embedding')) return huggingFace('text_model.')
  throw new EngineError('bad-file', `${checkpoint.path}: this is no CLIP: it has neither "visual.class_embedding", "vision_model.embeddings.class_embedding" nor "text_model.embeddings.token_embedding.weight"; it has ${[...checkpoint.tensors.keys()].slice(0, 5).join(', ') || 'no tensors'}`)
}
