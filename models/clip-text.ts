import { EngineError } from '../main/contract/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ClipTextConfig } from './clip-config.ts'
import { clipKeys } from './clip-keys.ts'
import { projection } from './clip-vision.ts'
import { GraphBuilder, type ComputeType, type Network } from './graph-builder.ts'

export interface ClipTextOptions {
  /** `embedding`: one normalised row a prompt, for CLIP; `hidden`: every token after the last norm, for Stable Diffusion */
  readonly output: { readonly kind: 'embedding'; readonly size: number } | { readonly kind: 'hidden' }
  readonly compute?: ComputeType
}

/** Far below any score, and still a number in half precision. */
const MASKED = -60_000

/**
 * CLIP's text tower (REFERENCE §1.2, §3.4). Input `tokens` int64[prompts, length], length ≤ the config's context; prompts
 * may be padded with anything, since each token sees only those before it. For `embedding` also `ends` int64[prompts], the
 * place of each end token; output `embeddings` f32[prompts, size], rows of length 1. For `hidden` the output is
 * `hidden` f32[prompts, length, width].
 * @throws EngineError 'bad-file' naming a tensor
 */
export function clipTextNetwork(checkpoint: Checkpoint, config: ClipTextConfig, options: ClipTextOptions): Network {
  const { width, heads, mlp, context, epsilon, activation } = config
  if (width % heads !== 0) throw new EngineError('bad-file', `${checkpoint.path}: width ${width} does not divide into ${heads} heads`)
  const keys = clipKeys(checkpoint)
  const size = width / heads
  const b = new GraphBuilder(`clip-text-${options.output.kind}`, checkpoint, options.compute)
  const tokens = b.input('tokens', 'int64', ['prompts', 'length'])
  const ends = options.output.kind === 'embedding' ? b.input('ends', 'int64', ['prompts']) : null
  const shape = b.apply('Shape', [tokens])
  const length = b.slice(shape, 1, 2, 0)
  const zero = b.integers([0])
  const cut = (value: string, axes: readonly number[]): string =>
    b.apply('Slice', [value, axes.length === 1 ? zero : b.integers([0, 0]), axes.length === 1 ? length : b.concat([length, length], 0), b.integers(axes)])

  const gathered = b.rowsAt(keys.tokens, [config.vocabulary, width], tokens)
  const positions = cut(b.weight(keys.textPositions, [context, width]), [0])
  const causal = Float32Array.from({ length: context * context }, (_, i) => (i % context > Math.trunc(i / context) ? MASKED : 0))
  const mask = cut(b.floats(causal, [context, context]), [0, 1])
  // [prompts · length, width] throughout: Gemm wants two axes
  let stream = b.reshape(b.add(gathered, positions), [-1, width])
  const headShape = b.concat([shape, b.integers([heads, size])], 0)

  for (let index = 0; index < config.layers; index++) {
    const block = keys.textBlock(index)
    const normal = b.layerNorm(stream, `${block}.${keys.norm1}`, width, epsilon)
    const [q, k, v] = keys.queryKeyValue(block, width).map((place) => b.apply('Reshape', [b.linearAt(normal, place), headShape]))
    const scores = b.product(b.scaled(b.transpose(q, [0, 2, 1, 3]), size ** -0.5), b.transpose(k, [0, 2, 3, 1]))
    const mixed = b.product(b.softmax(b.add(scores, mask)), b.transpose(v, [0, 2, 1, 3]))
    const joined = b.reshape(b.transpose(mixed, [0, 2, 1, 3]), [-1, width])
    stream = b.add(stream, b.linearOf(joined, `${block}.${keys.attentionOut}`, width, width))
    const hidden = b.linearOf(b.layerNorm(stream, `${block}.${keys.norm2}`, width, epsilon), `${block}.${keys.mlp1}`, width, mlp)
    stream = b.add(stream, b.linearOf(b.gelu(hidden, activation), `${block}.${keys.mlp2}`, mlp, width))
  }

  const outShape = b.concat([shape, b.integers([width])], 0)
  if (options.output.kind === 'hidden' || ends === null) {
    b.output('hidden', b.apply('Reshape', [b.layerNorm(stream, keys.textFinalNorm, width, epsilon), outShape]), 'float32', ['prompts', 'length', width])
    return b.finish()
  }
  const atEnds = b.apply('GatherND', [b.apply('Reshape', [stream, outShape]), b.apply('Unsqueeze', [ends, b.integers([-1])])], { batch_dims: 1 })
  const normal = b.layerNorm(atEnds, keys.textFinalNorm, width, epsilon)
  b.output('embeddings', b.unit(projection(b, normal, keys.textProjection, width, options.output.size, keys.projectionsTransposed)), 'float32', ['prompts', options.output.size])
  return b.finish()
}
