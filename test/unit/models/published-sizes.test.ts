import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Checkpoint, StoredTensor } from '../../../models/checkpoint.ts'
import { clipConfig } from '../../../models/clip-config.ts'
import { clipTextNetwork } from '../../../models/clip-text.ts'
import { clipVisionNetwork } from '../../../models/clip-vision.ts'
import { Config } from '../../../models/config.ts'

type Shapes = readonly (readonly [string, readonly number[]])[]

/** What Hugging Face's CLIPModel of these sizes has, written out from transformers' modules. */
function huggingFaceShapes(vision: { width: number; mlp: number; layers: number; patch: number; image: number }, text: { width: number; mlp: number; layers: number }, embedding: number): Shapes {
  const norm = (key: string, width: number): Shapes => [[`${key}.weight`, [width]], [`${key}.bias`, [width]]]
  const linear = (key: string, from: number, to: number): Shapes => [[`${key}.weight`, [to, from]], [`${key}.bias`, [to]]]
  const blocks = (key: string, { width, mlp, layers }: { width: number; mlp: number; layers: number }): Shapes => Array.from({ length: layers }, (_, i) => `${key}.encoder.layers.${i}`).flatMap((block): Shapes => [
    ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].flatMap((name) => linear(`${block}.self_attn.${name}`, width, width)),
    ...norm(`${block}.layer_norm1`, width), ...norm(`${block}.layer_norm2`, width), ...linear(`${block}.mlp.fc1`, width, mlp), ...linear(`${block}.mlp.fc2`, mlp, width),
  ])
  const cells = (vision.image / vision.patch) ** 2
  return [
    ['logit_scale', []], ['text_projection.weight', [embedding, text.width]], ['visual_projection.weight', [embedding, vision.width]],
    ['text_model.embeddings.token_embedding.weight', [49_408, text.width]], ['text_model.embeddings.position_embedding.weight', [77, text.width]],
    ...blocks('text_model', text), ...norm('text_model.final_layer_norm', text.width),
    ['vision_model.embeddings.class_embedding', [vision.width]], ['vision_model.embeddings.patch_embedding.weight', [vision.width, 3, vision.patch, vision.patch]], ['vision_model.embeddings.position_embedding.weight', [cells + 1, vision.width]],
    ...norm('vision_model.pre_layrnorm', vision.width), ...blocks('vision_model', vision), ...norm('vision_model.post_layernorm', vision.width),
  ]
}

const numbers = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)

/** Headers without a file: graphs are built from them alone. */
function headersOf(shapes: Shapes): Checkpoint {
  let offset = 0
  const tensors = new Map(shapes.map(([name, shape]): [string, StoredTensor] => {
    const entry: StoredTensor = { dtype: 'F32', shape, offset, length: 4 * numbers(shape), location: 'model.safetensors' }
    offset += entry.length
    return [name, entry]
  }))
  return { path: 'published', folder: '/', tensors }
}

const TEXT_512 = { width: 512, mlp: 2048, layers: 12 }
const B16 = { vision: { width: 768, mlp: 3072, layers: 12, patch: 16, image: 224 }, text: TEXT_512, embedding: 512 }
const SIZES = {
  'ViT-B/16': { ...B16, all: 149_620_737 },
  'ViT-B/32': { ...B16, vision: { ...B16.vision, patch: 32 }, all: 151_277_313 },
  'ViT-L/14': { vision: { width: 1024, mlp: 4096, layers: 24, patch: 14, image: 224 }, text: { width: 768, mlp: 3072, layers: 12 }, embedding: 768, all: 427_616_513 },
} as const

test.each(Object.entries(SIZES))('CLIP %s at its published size: both towers use every number but the temperature', async (_, { vision, text, embedding, all }) => {
  const shapes = huggingFaceShapes(vision, text, embedding)
  expect(shapes.reduce((sum, [, shape]) => sum + numbers(shape), 0)).toBe(all)
  const config = clipConfig(new Config('config.json', {
    projection_dim: embedding,
    vision_config: { hidden_size: vision.width, intermediate_size: vision.mlp, num_hidden_layers: vision.layers, num_attention_heads: vision.width / 64, patch_size: vision.patch, hidden_act: 'quick_gelu' },
    text_config: { hidden_size: text.width, intermediate_size: text.mlp, num_hidden_layers: text.layers, num_attention_heads: text.width / 64, hidden_act: 'quick_gelu' },
  }))
  const checkpoint = headersOf(shapes)
  const side = { h: vision.image, w: vision.image }
  const tower = await clipVisionNetwork(checkpoint, config.vision, config.embedding, { size: side, variant: 'clip', imageEmbedding: true })
  const texts = clipTextNetwork(checkpoint, config.text, { output: { kind: 'embedding', size: config.embedding } })
  expect(tower.parameters + texts.parameters + 1).toBe(all)
  for (const variant of ['gem', 'maskclip', 'clip-surgery'] as const) expect((await clipVisionNetwork(checkpoint, config.vision, config.embedding, { size: side, variant })).parameters).toBeLessThanOrEqual(tower.parameters)
})

/** Key lists of the public checkpoints: not in the repository. MASKWRIGHT_CLIP_SAMPLES names the folder that has them. */
const SAMPLES = process.env.MASKWRIGHT_CLIP_SAMPLES ?? ''

test('the names and shapes are those of the public ViT-B/16, and open_clip’s names give the same networks', async ({ skip }) => {
  skip(!existsSync(join(SAMPLES, 'state-dict-hf-clip-vit-b-16.tsv')), 'the key lists are not in the repository; MASKWRIGHT_CLIP_SAMPLES may name a folder that has them')
  const listed = (file: string): Shapes => readFileSync(join(SAMPLES, file), 'utf8').split('\n').filter((line) => line.includes('\t') && !line.includes('position_ids') && !line.includes('attn_mask'))
    .map((line) => line.split('\t')).map(([name, shape]) => [name, [...shape.matchAll(/\d+/g)].map(([side]) => Number(side))] as const)
  const sorted = (shapes: Shapes) => shapes.map(([name, shape]) => `${name} ${shape.join('x')}`).toSorted()
  expect(sorted(listed('state-dict-hf-clip-vit-b-16.tsv'))).toEqual(sorted(huggingFaceShapes(B16.vision, B16.text, B16.embedding)))
  const openClip = headersOf(listed('state-dict-open_clip-vit-b-16.tsv'))
  const config = clipConfig(new Config('open_clip_config.json', { embed_dim: 512, quick_gelu: true, vision_cfg: { layers: 12, width: 768, patch_size: 16 }, text_cfg: { context_length: 77, width: 512, heads: 8, layers: 12 } }))
  const vision = await clipVisionNetwork(openClip, config.vision, config.embedding, { size: { h: 224, w: 224 }, variant: 'clip', imageEmbedding: true })
  const text = clipTextNetwork(openClip, config.text, { output: { kind: 'embedding', size: config.embedding } })
  expect(vision.parameters + text.parameters + 1).toBe(149_620_737)
})
