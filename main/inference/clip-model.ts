import { Tensor } from 'onnxruntime-node'
import { openCheckpoint } from '../../models/checkpoint.ts'
import { readClipConfig } from '../../models/clip-config.ts'
import { clipTextNetwork } from '../../models/clip-text.ts'
import { readClipTokenizer, tokenBatch } from '../../models/clip-tokenizer.ts'
import { clipVisionNetwork, type DenseVariant } from '../../models/clip-vision.ts'
import type { ComputeType } from '../../models/graph-builder.ts'
import { int8Checkpoint } from './int8-cache.ts'
import { openNetwork, type NetworkOptions, type OpenNetwork } from './open-network.ts'
import { CLIP_NORMALISATION, pixelPlanes } from './pixel-planes.ts'

export interface DenseFeatures {
  /** f32[h · w, size], rows of length 1, row-major */
  readonly features: Float32Array
  readonly h: number
  readonly w: number
  readonly size: number
}

/** CLIP from a folder. Networks open when first used and one size of picture at a time; runs block the thread. */
export interface ClipModel {
  /** length of an embedding */
  readonly size: number
  /** pixels of a patch: pictures are multiples of it */
  readonly patch: number
  /** f32[prompts, size], rows of length 1; the cosine with a feature is their product */
  embedTexts(prompts: readonly string[]): Promise<Float32Array>
  /** @param rgb u8[h, w, 3], already resized (REFERENCE §1.1: to 448×448 by R4, aspect not kept) */
  denseFeatures(rgb: Uint8Array, h: number, w: number): Promise<DenseFeatures>
  close(): Promise<void>
}

export interface ClipModelOptions extends NetworkOptions {
  /** of activations; float32 unless told */
  readonly compute?: ComputeType
  /** use 8-bit weights, which are kept in there as the pack's */
  readonly int8?: { readonly folder: string; readonly pack: string }
}

/** Prompts in one run: memory grows with them, speed does not. */
const PROMPTS_A_RUN = 64
/**
 * Vision networks that stay open, one for each size of picture: as many as one photo is looked at in (scale-features.ts), where
 * that is cheap. A published ViT's 340 MB of weights are there once, and it is opened anew for each size (0.3 s).
 */
const SIZES_OPEN = 3, OPEN_BYTES_MAX = 2 ** 26
/** Of the weights of a block's four projections and its MLP, as they usually are: 12 · width² numbers a block. */
const visionBytes = ({ width, layers }: { readonly width: number; readonly layers: number }): number => 4 * 12 * layers * width ** 2

/**
 * Reads config, tokenizer and the weights' headers; no weights yet, unless they have to be made 8-bit first.
 * @throws EngineError naming the file and what is wrong with it
 */
export async function openClipModel(folder: string, variant: DenseVariant, options: ClipModelOptions): Promise<ClipModel> {
  const float = await openCheckpoint(folder)
  const config = await readClipConfig(folder)
  const checkpoint = options.int8 === undefined ? float : await int8Checkpoint(float, config, options.int8.folder, options.int8.pack)
  const { compute = 'float32' } = options
  const tokenizer = await readClipTokenizer(folder)
  let text: OpenNetwork | null = null
  /** by size, the one used last at the end */
  const vision = new Map<string, OpenNetwork>()
  const size = config.embedding
  const sizesOpen = visionBytes(config.vision) <= OPEN_BYTES_MAX ? SIZES_OPEN : 1
  return {
    size,
    patch: config.vision.patch,
    async embedTexts(prompts) {
      text ??= await openNetwork(clipTextNetwork(checkpoint, config.text, { output: { kind: 'embedding', size }, compute }), options)
      const all = new Float32Array(prompts.length * size)
      for (let from = 0; from < prompts.length; from += PROMPTS_A_RUN) {
        const batch = tokenBatch(tokenizer, prompts.slice(from, from + PROMPTS_A_RUN), config.text.context)
        const { embeddings } = await text.run({ tokens: new Tensor('int64', batch.tokens, [batch.prompts, batch.length]), ends: new Tensor('int64', batch.ends, [batch.prompts]) })
        all.set(embeddings.data as Float32Array, from * size)
      }
      return all
    },
    async denseFeatures(rgb, h, w) {
      const name = `${h}×${w}`
      const [oldest] = vision
      if (!vision.has(name) && vision.size >= sizesOpen) {
        vision.delete(oldest[0])
        await oldest[1].close()
      }
      const network = vision.get(name) ?? await openNetwork(await clipVisionNetwork(checkpoint, config.vision, size, { size: { h, w }, variant, compute }), options)
      vision.delete(name)
      vision.set(name, network)
      const { features } = await network.run({ pixels: pixelPlanes(rgb, h, w, CLIP_NORMALISATION) })
      return { features: features.data as Float32Array, h: h / config.vision.patch, w: w / config.vision.patch, size }
    },
    async close() {
      await text?.close()
      for (const network of vision.values()) await network.close()
      text = null
      vision.clear()
    },
  }
}
