import { EngineError } from '../main/contract/errors.ts'
import { resize } from '../main/resample/resize.ts'
import { requireTensor, type Checkpoint } from './checkpoint.ts'
import type { ClipVisionConfig } from './clip-config.ts'
import { clipKeys, type ClipKeys } from './clip-keys.ts'
import { GraphBuilder, type ComputeType, type Network, type Value } from './graph-builder.ts'
import { readStoredFloats } from './stored-floats.ts'

/**
 * How the dense features are made from CLIP's image tower:
 * `gem` a second stream of self-self attention paths through the last blocks (REFERENCE §2);
 * `maskclip` the last block's attention replaced by its value path (Zhou et al. 2022, residual and MLP kept as in their code);
 * `clip-surgery` a second stream of value-value attention, without MLP, through the last blocks (Li et al. 2023);
 * `clip` the ordinary tower, every token projected.
 */
export type DenseVariant = 'gem' | 'maskclip' | 'clip-surgery' | 'clip'

export interface ClipVisionOptions {
  /** pixels of the input; multiples of the patch */
  readonly size: { readonly h: number; readonly w: number }
  readonly variant: DenseVariant
  /** how many of the last blocks the second stream goes through; 6 unless told (what GEM calls depth 7), all of a shallower tower */
  readonly streamBlocks?: number
  readonly compute?: ComputeType
  /** also give `image` f32[embedding]: CLIP's own normalised embedding of the whole picture */
  readonly imageEmbedding?: boolean
}

const LAST_BLOCKS = 6

/**
 * CLIP's image tower. Input `pixels` f32[1, 3, h, w], normalised; output `features` f32[n, embedding], rows of length 1,
 * n = (h / patch) · (w / patch) row-major, the class token dropped. Position embeddings are resized by R2 (REFERENCE §0).
 * Nothing after the last value needed is computed. O(parameters) at most: weights stay in their file.
 * @throws EngineError 'bad-input' for a size that is no multiple of the patch; 'bad-file' naming a tensor
 */
export async function clipVisionNetwork(checkpoint: Checkpoint, config: ClipVisionConfig, embedding: number, options: ClipVisionOptions): Promise<Network> {
  const { size, variant } = options
  const { width, heads, patch, epsilon } = config
  if (size.h < patch || size.w < patch || size.h % patch !== 0 || size.w % patch !== 0) throw new EngineError('bad-input', `CLIP takes pictures in multiples of ${patch} pixels; ${size.w}×${size.h} is not`)
  if (width % heads !== 0) throw new EngineError('bad-file', `${checkpoint.path}: width ${width} does not divide into ${heads} heads`)
  const keys = clipKeys(checkpoint)
  const grid = { h: size.h / patch, w: size.w / patch }
  const cells = grid.h * grid.w
  const builder = new GraphBuilder(`clip-vision-${variant}`, checkpoint, options.compute)
  const tower = new VisionTower(builder, keys, config, cells + 1)

  const pixels = builder.input('pixels', 'float32', [1, 3, size.h, size.w])
  const patches = builder.apply('Conv', [pixels, builder.weight(keys.patch, [width, 3, patch, patch])], { kernel_shape: [patch, patch], strides: [patch, patch] })
  const rows = builder.transpose(builder.reshape(patches, [width, cells]), [1, 0])
  const start = builder.concat([builder.weight(keys.classEmbedding, [width], { as: [1, width] }), rows], 0)
  const positions = await resizedPositions(builder, checkpoint, keys, config, grid)
  let stream = builder.layerNorm(builder.add(start, positions), keys.visionPreNorm, width, epsilon)

  const last = config.layers - 1
  const streamBlocks = variant === 'maskclip' ? 1 : variant === 'clip' ? 0 : Math.min(options.streamBlocks ?? LAST_BLOCKS, config.layers)
  if (streamBlocks < 1 && variant !== 'clip') throw new EngineError('bad-input', `the second stream goes through ${streamBlocks} blocks; at least 1 is wanted`)
  const needsOrdinary = options.imageEmbedding === true || variant === 'clip'
  let dense: Value | null = null
  for (let index = 0; index <= last; index++) {
    const inStream = index > last - streamBlocks
    if (inStream) dense = tower.streamStep(index, variant, stream, dense ?? stream)
    if (index < last || needsOrdinary) stream = tower.block(index, stream)
  }
  const output = dense ?? stream
  builder.output('features', tower.projected(builder.slice(output, 1, cells + 1, 0), embedding), 'float32', [cells, embedding])
  if (options.imageEmbedding === true) builder.output('image', builder.reshape(tower.projected(builder.slice(stream, 0, 1, 0), embedding), [embedding]), 'float32', [embedding])
  return builder.finish()
}

/** The blocks of the image tower on tokens [n, width]; block parts that both streams need are made once. */
class VisionTower {
  readonly #builder: GraphBuilder
  readonly #keys: ClipKeys
  readonly #config: ClipVisionConfig
  readonly #tokens: number
  readonly #shared = new Map<number, { readonly normal: Value; readonly q: Value; readonly k: Value; readonly v: Value }>()

  constructor(builder: GraphBuilder, keys: ClipKeys, config: ClipVisionConfig, tokens: number) {
    this.#builder = builder
    this.#keys = keys
    this.#config = config
    this.#tokens = tokens
  }

  get #headSize(): number {
    return this.#config.width / this.#config.heads
  }

  /** ln_1 of the ordinary stream and q, k, v [heads, n, size] of it. */
  #attentionInput(index: number, stream: Value) {
    const made = this.#shared.get(index)
    if (made !== undefined) return made
    const { width, heads, epsilon } = this.#config
    const block = this.#keys.visionBlock(index)
    const normal = this.#builder.layerNorm(stream, `${block}.${this.#keys.norm1}`, width, epsilon)
    const [q, k, v] = this.#keys.queryKeyValue(block, width).map((place) =>
      this.#builder.heads(this.#builder.linearAt(normal, place), this.#tokens, heads, this.#headSize))
    const parts = { normal, q, k, v }
    this.#shared.set(index, parts)
    return parts
  }

  #out(index: number, perHead: Value): Value {
    const { width, heads } = this.#config
    return this.#builder.linearOf(this.#builder.joinHeads(perHead, this.#tokens, heads, this.#headSize), `${this.#keys.visionBlock(index)}.${this.#keys.attentionOut}`, width, width)
  }

  #withMlp(index: number, stream: Value): Value {
    const { width, mlp, activation, epsilon } = this.#config
    const block = this.#keys.visionBlock(index)
    const hidden = this.#builder.linearOf(this.#builder.layerNorm(stream, `${block}.${this.#keys.norm2}`, width, epsilon), `${block}.${this.#keys.mlp1}`, width, mlp)
    return this.#builder.add(stream, this.#builder.linearOf(this.#builder.gelu(hidden, activation), `${block}.${this.#keys.mlp2}`, mlp, width))
  }

  /** softmax(a·bᵀ · factor) [heads, n, n] */
  #attention(a: Value, b: Value, factor: Value): Value {
    return this.#builder.softmax(this.#builder.product(this.#builder.multiply(a, factor), this.#builder.transpose(b, [0, 2, 1])))
  }

  #scale(): Value {
    return this.#builder.floats([this.#headSize ** -0.5], [1])
  }

  block(index: number, stream: Value): Value {
    const { q, k, v } = this.#attentionInput(index, stream)
    return this.#withMlp(index, this.#builder.add(stream, this.#out(index, this.#builder.product(this.#attention(q, k, this.#scale()), v))))
  }

  /** One block of the second stream; its attention always looks at the ordinary stream. */
  streamStep(index: number, variant: DenseVariant, stream: Value, dense: Value): Value {
    const { normal, q, k, v } = this.#attentionInput(index, stream)
    if (variant === 'maskclip') return this.#withMlp(index, this.#builder.add(stream, this.#out(index, v)))
    if (variant === 'clip-surgery') return this.#builder.add(dense, this.#out(index, this.#builder.product(this.#attention(v, v, this.#scale()), v)))
    // β = mean ‖ln_1 row‖ · size^-½, one number for the picture
    const beta = this.#builder.multiply(this.#builder.reshape(this.#builder.reduce('ReduceMean', this.#builder.reduce('ReduceL2', normal, [-1], true), [0], true), [1]), this.#scale())
    const paths = [v, k, q].map((start) => {
      const unit = this.#builder.unit(start)
      const moved = this.#builder.unit(this.#builder.product(this.#attention(unit, unit, beta), unit))
      return this.#builder.product(this.#attention(moved, moved, beta), v)
    })
    const mean = this.#builder.scaled(this.#builder.add(this.#builder.add(paths[0], paths[1]), paths[2]), 1 / 3)
    return this.#builder.add(dense, this.#out(index, mean))
  }

  /** ln_post, projection, rows to length 1. */
  projected(tokens: Value, embedding: number): Value {
    const { width, epsilon } = this.#config
    return this.#builder.unit(projection(this.#builder, this.#builder.layerNorm(tokens, this.#keys.visionPostNorm, width, epsilon), this.#keys.visionProjection, width, embedding, this.#keys.projectionsTransposed))
  }
}

/** x[n, width] into the shared space; the family says which way round the matrix lies. */
export function projection(builder: GraphBuilder, x: Value, key: string, width: number, embedding: number, transposed: boolean): Value {
  return transposed
    ? builder.apply('Gemm', [x, builder.weight(key, [width, embedding])])
    : builder.linear(x, builder.weight(key, [embedding, width]), null)
}

/** Position embeddings [1 + cells, width]: the class token's row as it is, the square of the checkpoint resized by R2. */
async function resizedPositions(builder: GraphBuilder, checkpoint: Checkpoint, keys: ClipKeys, config: ClipVisionConfig, grid: { readonly h: number; readonly w: number }): Promise<Value> {
  const side = Math.trunc(config.image / config.patch)
  const shape = [side * side + 1, config.width]
  if (grid.h === side && grid.w === side) return builder.weight(keys.visionPositions, shape)
  const stored = await readStoredFloats(checkpoint, keys.visionPositions, requireTensor(checkpoint, keys.visionPositions, shape))
  const resized = new Float32Array((grid.h * grid.w + 1) * config.width)
  resized.set(stored.subarray(0, config.width))
  resized.set(resize(stored.subarray(config.width), side, side, config.width, grid.h, grid.w, 'bicubic-antialiased'), config.width)
  return builder.floats(resized, [grid.h * grid.w + 1, config.width])
}
