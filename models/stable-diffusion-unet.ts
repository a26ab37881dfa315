import { EngineError } from '../main/contract/errors.ts'
import { AffinitySum, ClassMapSum, type AffinityWeights, type LevelGrid } from './affinity-maps.ts'
import type { Checkpoint } from './checkpoint.ts'
import { fromTokens, residualBlock, toTokens, type FeatureMap, type NormSettings } from './diffusion-layers.ts'
import { GraphBuilder, type ComputeType, type Network, type Value } from './graph-builder.ts'
import { attentionPlaces, type UNetConfig } from './unet-config.ts'

/** What the network is run for; nothing after the last map that is asked for is computed. */
export interface UNetOutputs {
  /** output `affinity` f16[n, n]: all self-attention layers */
  readonly affinity?: AffinityWeights
  /**
   * output `sharp` f16[n, n] from the first two layers of the last up block (METHODS §2.1): each head's map divided by its
   * column maximum, entries below 0.1 dropped, rows to sum 1. `per-head`: product over the layers, mean over heads;
   * `chain`: product over layers and heads, as the published code does it (twice the work)
   */
  readonly sharp?: 'per-head' | 'chain'
  /** output `class_maps` f32[n, columns] = cross-attention · `selection`, all layers */
  readonly classMaps?: boolean
  /** outputs `self/KEY` f32[n_l, n_l] and `cross/KEY` f32[n_l, tokens] of every layer, heads averaged: to compare and to study */
  readonly layers?: boolean
  /** output `prediction` f32[1, c, h, w]: the whole network; to compare */
  readonly prediction?: boolean
}

export interface UNetOptions {
  /** of the latents; multiples of 2^(levels − 1) */
  readonly grid: LevelGrid
  readonly outputs: UNetOutputs
  readonly compute?: ComputeType
  /** bytes of one layer's attention above which it is computed head by head; 64 MiB unless told */
  readonly headByHeadBytes?: number
}

const TRANSFORMER_NORM_EPSILON = 1e-6
const LAYER_NORM_EPSILON = 1e-5
const HEAD_BY_HEAD_BYTES = 64 * 2 ** 20
const SHARP_FLOOR = 0.1
/** added to both divisors, as in the published code: a row of which nothing is left stays zero */
const SHARP_EPSILON = 1e-5

/**
 * The UNet of Stable Diffusion 1.x and 2.x for its attention (REFERENCE §3.3–3.6). Inputs: `sample` f32[1, c, h, w] the noised
 * latents, `time` f32[1, channels₀] the sinusoid (`timeEmbedding`), `context` f32[tokens, size], and for class maps `selection`
 * f32[tokens, columns]. n = h · w.
 * @throws EngineError 'bad-input' for a grid that the levels do not divide; 'bad-file' naming a tensor
 */
export function unetNetwork(checkpoint: Checkpoint, config: UNetConfig, options: UNetOptions): Network {
  const factor = 2 ** (config.channels.length - 1)
  const { h, w } = options.grid
  if (h < factor || w < factor || h % factor !== 0 || w % factor !== 0) throw new EngineError('bad-input', `the UNet takes latents in multiples of ${factor}; ${w}×${h} is not`)
  return new UNet(checkpoint, config, options).build()
}

/** One layer of the sharp affinity: what its maps are made again from, so that no map has to wait for the other layer's. */
interface QueryKey {
  readonly queries: readonly Value[]
  readonly keys: readonly Value[]
}

class UNet {
  readonly #b: GraphBuilder
  readonly #config: UNetConfig
  readonly #outputs: UNetOutputs
  readonly #grids: readonly LevelGrid[]
  readonly #sharpKeys: readonly string[]
  readonly #sharp: QueryKey[] = []
  readonly #affinity: AffinitySum | null
  readonly #classMaps: ClassMapSum | null
  readonly #norm: NormSettings
  readonly #headByHeadBytes: number
  readonly #context: Value
  readonly #time: { readonly value: Value; readonly size: number }
  readonly #layerOutputs: { readonly name: string; readonly value: Value; readonly shape: readonly (number | string)[] }[] = []
  /** one number that depends on the newest sum: see `#after` */
  #newest: Value | null = null
  /** maps still to come */
  #left: number

  constructor(checkpoint: Checkpoint, config: UNetConfig, options: UNetOptions) {
    const { outputs } = options
    const b = new GraphBuilder('unet', checkpoint, options.compute)
    this.#b = b
    this.#config = config
    this.#outputs = outputs
    this.#headByHeadBytes = options.headByHeadBytes ?? HEAD_BY_HEAD_BYTES
    this.#norm = { groups: config.groups, epsilon: config.epsilon }
    this.#grids = config.channels.map((_, level) => ({ h: options.grid.h / 2 ** level, w: options.grid.w / 2 ** level }))
    const places = attentionPlaces(config)
    const layers = config.channels.map((_, level) => places.filter((place) => place.level === level).length)
    this.#affinity = outputs.affinity === undefined ? null : new AffinitySum(b, this.#grids, layers, outputs.affinity)
    this.#classMaps = outputs.classMaps === true ? new ClassMapSum(b, this.#grids, layers) : null
    this.#sharpKeys = outputs.sharp === undefined ? [] : places.filter(({ key }) => key.startsWith(`up_blocks.${config.channels.length - 1}.`)).slice(0, 2).map(({ key }) => key)
    if (outputs.sharp !== undefined && this.#sharpKeys.length < 2) throw new EngineError('bad-input', `${checkpoint.path}: its last up block has ${this.#sharpKeys.length} attention layers; the sharp affinity needs 2`)
    this.#left = outputs.prediction === true ? Infinity : places.reduce((sum, { key }) => sum + (this.#wantsSelf(key) ? 1 : 0) + (this.#wantsCross() ? 1 : 0), 0)
    if (this.#left === 0) throw new Error('a UNet without any output was asked for')

    const size = 4 * config.channels[0]
    const time = b.input('time', 'float32', [1, config.channels[0]])
    const hidden = b.silu(b.linearOf(time, 'time_embedding.linear_1', config.channels[0], size))
    // every block takes SiLU of it, so it is made once
    this.#time = { value: b.silu(b.linearOf(hidden, 'time_embedding.linear_2', size, size)), size }
    this.#context = b.input('context', 'float32', ['tokens', config.contextSize])
  }

  #wantsSelf(key: string): boolean {
    return this.#outputs.affinity !== undefined || this.#outputs.layers === true || this.#sharpKeys.includes(key)
  }

  #wantsCross(): boolean {
    return this.#outputs.classMaps === true || this.#outputs.layers === true
  }

  build(): Network {
    const b = this.#b
    const { channels, inputChannels } = this.#config
    const [{ h, w }] = this.#grids
    const sample = b.input('sample', 'float32', [1, inputChannels, h, w])
    const start = { value: b.convolution(sample, 'conv_in', inputChannels, channels[0], 3, 1, [1, 1, 1, 1]), channels: channels[0], h, w }
    const end = this.#blocks(start)
    if (end !== null && this.#outputs.prediction === true) {
      const normal = b.silu(b.groupNorm(end.value, 'conv_norm_out', end.channels, this.#config.groups, this.#config.epsilon, end))
      b.output('prediction', b.convolution(normal, 'conv_out', end.channels, this.#config.outputChannels, 3, 1, [1, 1, 1, 1]), 'float32', [1, this.#config.outputChannels, h, w])
    }
    const cells = h * w
    if (this.#affinity !== null) b.output('affinity', this.#affinity.finish(), 'float16', [cells, cells])
    if (this.#classMaps !== null) b.output('class_maps', this.#classMaps.finish(b.input('selection', 'float32', ['tokens', 'columns'])), 'float32', [cells, 'columns'])
    if (this.#outputs.sharp !== undefined) b.output('sharp', this.#sharpAffinity(cells), 'float16', [cells, cells])
    for (const { name, value, shape } of this.#layerOutputs) b.output(name, value, 'float32', shape)
    return b.finish()
  }

  /** Down, mid and up; null as soon as nothing that follows is needed. */
  #blocks(start: FeatureMap): FeatureMap | null {
    const { channels, layersPerBlock, downAttention, upAttention, midBlock, downsamplePadding: pad } = this.#config
    const b = this.#b
    const levels = channels.length
    let x: FeatureMap | null = start
    const skips: FeatureMap[] = [start]
    for (let i = 0; i < levels; i++) {
      for (let j = 0; j < layersPerBlock[i]; j++) {
        x = this.#layer(x, `down_blocks.${i}`, j, i, channels[i], downAttention[i])
        if (x === null) return null
        skips.push(x)
      }
      if (i === levels - 1) break
      const pads: readonly [number, number, number, number] = pad === 0 ? [0, 0, 1, 1] : [pad, pad, pad, pad]
      x = { ...this.#grids[i + 1], channels: channels[i], value: b.convolution(x.value, `down_blocks.${i}.downsamplers.0.conv`, channels[i], channels[i], 3, 2, pads) }
      skips.push(x)
    }
    if (midBlock) {
      const size = channels[levels - 1]
      x = this.#layer(x, 'mid_block', 0, levels - 1, size, true)
      if (x === null) return null
      x = residualBlock(b, x, 'mid_block.resnets.1', size, this.#norm, this.#time)
    }
    for (let i = 0; i < levels; i++) {
      const level = levels - 1 - i
      for (let j = 0; j <= layersPerBlock[level]; j++) {
        const skip = skips.pop()
        if (skip === undefined) throw new Error('more up layers than skips')
        const joined: FeatureMap = { value: b.concat([x.value, skip.value], 1), channels: x.channels + skip.channels, h: x.h, w: x.w }
        x = this.#layer(joined, `up_blocks.${i}`, j, level, channels[level], upAttention[i])
        if (x === null) return null
      }
      if (level === 0) break
      const grid = this.#grids[level - 1]
      const scales = this.#b.apply('Resize', [x.value, '', '', b.integers([1, x.channels, grid.h, grid.w])], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' })
      x = { ...grid, channels: x.channels, value: b.convolution(scales, `up_blocks.${i}.upsamplers.0.conv`, x.channels, x.channels, 3, 1, [1, 1, 1, 1]) }
    }
    return x
  }

  /** A residual block and, where the block has attention, its transformer. */
  #layer(x: FeatureMap, block: string, index: number, level: number, channels: number, attends: boolean): FeatureMap | null {
    const hidden = residualBlock(this.#b, x, `${block}.resnets.${index}`, channels, this.#norm, this.#time)
    return attends ? this.#transformer(hidden, `${block}.attentions.${index}`, level) : hidden
  }

  #transformer(x: FeatureMap, key: string, level: number): FeatureMap | null {
    const b = this.#b
    const { channels: size } = x
    const { linearProjection, transformerLayers, groups } = this.#config
    const normal = { ...x, value: b.groupNorm(x.value, `${key}.norm`, size, groups, TRANSFORMER_NORM_EPSILON, x) }
    let tokens = linearProjection
      ? b.linearOf(toTokens(b, normal), `${key}.proj_in`, size, size)
      : toTokens(b, { ...x, value: b.convolution(normal.value, `${key}.proj_in`, size, size, 1, 1, [0, 0, 0, 0]) })
    for (let k = 0; k < transformerLayers; k++) {
      const layer = `${key}.transformer_blocks.${k}`
      const own = this.#selfAttention(b.layerNorm(tokens, `${layer}.norm1`, size, LAYER_NORM_EPSILON), layer, x, level)
      if (own === null) return null
      tokens = b.add(tokens, own)
      const cross = this.#crossAttention(b.layerNorm(tokens, `${layer}.norm2`, size, LAYER_NORM_EPSILON), layer, x, level)
      if (cross === null) return null
      tokens = b.add(tokens, cross)
      const [first, gate] = b.split(b.linearOf(b.layerNorm(tokens, `${layer}.norm3`, size, LAYER_NORM_EPSILON), `${layer}.ff.net.0.proj`, size, 8 * size), 2, 1)
      tokens = b.add(tokens, b.linearOf(b.multiply(first, b.gelu(gate, 'gelu')), `${layer}.ff.net.2`, 4 * size, size))
    }
    const out = linearProjection
      ? fromTokens(b, b.linearOf(tokens, `${key}.proj_out`, size, size), x)
      : b.convolution(fromTokens(b, tokens, x), `${key}.proj_out`, size, size, 1, 1, [0, 0, 0, 0])
    return { ...x, value: b.add(x.value, out) }
  }

  /** Self-attention of LN(tokens) [n, size]; null when its map was the last thing wanted. */
  #selfAttention(x: Value, layer: string, map: FeatureMap, level: number): Value | null {
    const b = this.#b
    const key = `${layer}.attn1`
    const size = map.channels
    const heads = this.#headsAt(level, size)
    const n = map.h * map.w
    const headSize = size / heads
    const project = (name: string): Value => b.linearOf(x, `${key}.${name}`, size, size, false)
    const queries = b.heads(b.scaled(project('to_q'), headSize ** -0.5), n, heads, headSize)
    const keys = b.headsTransposed(project('to_k'), n, heads, headSize)
    const wanted = this.#wantsSelf(layer)
    if (this.#sharpKeys.includes(layer)) this.#sharp.push({ queries: b.split(queries, heads, 0), keys: b.split(keys, heads, 0) })
    if (wanted) this.#left--
    const last = this.#left === 0
    const mapsNeeded = this.#affinity !== null || this.#outputs.layers === true
    if (last && !mapsNeeded) return null
    const values = last ? null : b.heads(project('to_v'), n, heads, headSize)
    const headByHead = heads * n * n * 4 > this.#headByHeadBytes
    const mixed = headByHead ? this.#headByHead(queries, keys, values, heads, layer, level, n) : this.#allHeads(queries, keys, values, layer, level, n)
    return mixed === null ? null : b.linearOf(b.joinHeads(mixed, n, heads, headSize), `${key}.to_out.0`, size, size)
  }

  #headsAt(level: number, size: number): number {
    const heads = this.#config.heads[level]
    if (size % heads !== 0) throw new EngineError('bad-file', `by its config the UNet has ${heads} heads at ${size} channels, which do not divide`)
    return heads
  }

  #allHeads(queries: Value, keys: Value, values: Value | null, layer: string, level: number, n: number): Value | null {
    const b = this.#b
    const maps = b.softmax(b.product(queries, keys))
    let sum: Value | null = null
    if (this.#affinity !== null || this.#outputs.layers === true) {
      const mean = b.reduce('ReduceMean', maps, [0], false)
      if (this.#affinity !== null) sum = this.#affinity.addLayer(level, mean)
      if (this.#outputs.layers === true) this.#layerOutputs.push({ name: `self/${layer}`, value: mean, shape: [n, n] })
    }
    if (values === null) return null
    const mixed = b.product(maps, values)
    return sum === null ? mixed : this.#after(mixed, [sum])
  }

  /** One head at a time, in an order that lets each map go before the next is made (INFERENCE.md, "The memory trap"). */
  #headByHead(queries: Value, keys: Value, values: Value | null, heads: number, layer: string, level: number, n: number): Value | null {
    const b = this.#b
    const [qs, ks] = [b.split(queries, heads, 0), b.split(keys, heads, 0)]
    const vs = values === null ? null : b.split(values, heads, 0)
    const mixed: Value[] = []
    let layerSum: Value | null = null
    for (let head = 0; head < heads; head++) {
      const map = b.softmax(b.product(this.#newest === null ? qs[head] : b.add(qs[head], this.#newest), ks[head]))
      const done: Value[] = []
      if (vs !== null) {
        mixed.push(b.product(map, vs[head]))
        done.push(mixed[head])
      }
      if (this.#outputs.layers === true || (this.#affinity !== null && level > 0)) {
        const share = b.scaled(map, 1 / heads)
        layerSum = layerSum === null ? share : b.add(layerSum, share)
        done.push(layerSum)
      }
      if (this.#affinity !== null && level === 0) done.push(this.#affinity.addHead(map, heads))
      this.#remember(done)
    }
    if (layerSum !== null) {
      const mean = b.reshape(layerSum, [n, n])
      if (this.#affinity !== null && level > 0) this.#remember([this.#affinity.addLayer(level, mean)])
      if (this.#outputs.layers === true) this.#layerOutputs.push({ name: `self/${layer}`, value: mean, shape: [n, n] })
    }
    return vs === null ? null : this.#after(b.concat(mixed, 0), [])
  }

  /**
   * ONNX Runtime orders nodes by reverse depth-first search, so a sum that nothing waits for is added up at the very end, with
   * every map alive until then. So what follows waits for it: 0 · one element of each is added to it. Costs nothing measurable.
   * All values here have three axes.
   */
  #remember(done: readonly Value[]): void {
    const b = this.#b
    const element = (value: Value): Value => b.reshape(b.apply('Slice', [value, b.integers([0, 0, 0]), b.integers([1, 1, 1]), b.integers([0, 1, 2])]), [1])
    const sum = done.map(element).reduce((total, one) => b.add(total, one))
    this.#newest = b.multiply(sum, b.floats([0], [1]))
  }

  #after(value: Value, done: readonly Value[]): Value {
    if (done.length > 0) this.#remember(done)
    return this.#newest === null ? value : this.#b.add(value, this.#newest)
  }

  #crossAttention(x: Value, layer: string, map: FeatureMap, level: number): Value | null {
    const b = this.#b
    const key = `${layer}.attn2`
    const { channels: size } = map
    const { contextSize } = this.#config
    const heads = this.#headsAt(level, size)
    const n = map.h * map.w
    const headSize = size / heads
    const queries = b.heads(b.scaled(b.linearOf(x, `${key}.to_q`, size, size, false), headSize ** -0.5), n, heads, headSize)
    const keys = b.headsTransposed(b.linearOf(this.#context, `${key}.to_k`, contextSize, size, false), -1, heads, headSize)
    const maps = b.softmax(b.product(queries, keys))
    if (this.#wantsCross()) {
      this.#left--
      const mean = b.reduce('ReduceMean', maps, [0], false)
      this.#classMaps?.addLayer(level, mean)
      if (this.#outputs.layers === true) this.#layerOutputs.push({ name: `cross/${layer}`, value: mean, shape: [n, 'tokens'] })
      if (this.#left === 0) return null
    }
    const values = b.heads(b.linearOf(this.#context, `${key}.to_v`, contextSize, size, false), -1, heads, headSize)
    return b.linearOf(b.joinHeads(b.product(maps, values), n, heads, headSize), `${key}.to_out.0`, size, size)
  }

  /** METHODS §2.1 from the queries and keys of two layers, later layer first, as published. */
  #sharpAffinity(cells: number): Value {
    const b = this.#b
    const [earlier, later] = this.#sharp
    const heads = later.queries.length
    const sharpened = (layer: QueryKey, head: number): Value => {
      const query = this.#newest === null ? layer.queries[head] : b.add(layer.queries[head], this.#newest)
      const map = b.softmax(b.product(query, layer.keys[head]))
      const epsilon = b.floats([SHARP_EPSILON], [1])
      const relative = b.divide(map, b.add(b.reduce('ReduceMax', map, [1], true), epsilon))
      const kept = b.above(relative, SHARP_FLOOR)
      return b.divide(kept, b.add(b.reduce('ReduceSum', kept, [2], true), epsilon))
    }
    let result: Value | null = null
    if (this.#outputs.sharp === 'chain') {
      for (const layer of [later, earlier]) {
        for (let head = 0; head < heads; head++) {
          const map = sharpened(layer, head)
          result = result === null ? map : b.product(result, map)
          this.#remember([result])
        }
      }
    } else {
      for (let head = 0; head < heads; head++) {
        const product = b.scaled(b.product(sharpened(later, head), sharpened(earlier, head)), 1 / heads)
        result = result === null ? product : b.add(result, product)
        this.#remember([result])
      }
    }
    if (result === null) throw new Error('the sharp affinity has no heads')
    return b.reshape(result, [cells, cells])
  }
}
