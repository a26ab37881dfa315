import { EngineError } from '../main/contract/errors.ts'
import { requireTensor, type Checkpoint } from './checkpoint.ts'
import { modelBytes, type Attribute, type Dimension, type ElementType, type GraphConstant, type GraphNode, type GraphValue } from './onnx-graph.ts'
import { floatToHalf } from './half.ts'
import { linearOfKey, quantisedKey, scaleKey, type LinearPlace } from './linear-place.ts'

/** A value of the graph under construction, by its name. */
export type Value = string

/** What activations are computed in. Weights of another type are cast when they are used and stay as they are on disk. */
export type ComputeType = 'float32' | 'float16'

/** A network ready for a session: the graph as bytes, its weights where the checkpoint has them. */
export interface Network {
  readonly name: string
  readonly model: Uint8Array
  /** ONNX Runtime's external data folder; null when every constant is inside `model` */
  readonly folder: string | null
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  /** how many numbers of the checkpoint the graph uses */
  readonly parameters: number
  /** weights are stored in half the size they are computed in: the session must not fold the casts into full copies (INFERENCE.md) */
  readonly widensWeights: boolean
  /** 8-bit weights are in it: they are fast only when the session lays them out for the processor (models/int8-checkpoint.ts) */
  readonly quantised: boolean
}

const STORED: Readonly<Partial<Record<string, ElementType>>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }
/** ONNX Runtime's own operators */
const MICROSOFT = 'com.microsoft'
const BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 }

/**
 * Writes a network node by node. Weights become ONNX's external data: a place in the checkpoint's own file, so that
 * nothing is converted or copied and ONNX Runtime can map them. Names are made up in order, so equal calls give equal bytes.
 */
export class GraphBuilder {
  readonly compute: ComputeType
  readonly #name: string
  readonly #checkpoint: Checkpoint | null
  readonly #nodes: GraphNode[] = []
  readonly #constants = new Map<string, GraphConstant>()
  readonly #cast = new Map<string, Value>()
  readonly #used = new Map<string, number>()
  readonly #inputs: GraphValue[] = []
  readonly #outputs: GraphValue[] = []
  #widensWeights = false
  #quantised = false
  #count = 0

  constructor(name: string, checkpoint: Checkpoint | null, compute: ComputeType = 'float32') {
    this.#name = name
    this.#checkpoint = checkpoint
    this.compute = compute
  }

  #fresh(hint: string): Value {
    return `${hint}_${this.#count++}`
  }

  /** A graph input; floats are taken as float32 whatever is computed in. */
  input(name: string, type: 'float32' | 'int64', shape: readonly Dimension[]): Value {
    this.#inputs.push({ name, type, shape })
    return type === 'float32' && this.compute === 'float16' ? this.apply('Cast', [name], { to: 10 }) : name
  }

  /** Names a value as a graph output of this type. */
  output(name: string, value: Value, type: 'float32' | 'float16', shape: readonly Dimension[]): void {
    this.#outputs.push({ name, type, shape })
    this.#nodes.push({ op: type === this.compute ? 'Identity' : 'Cast', inputs: [value], outputs: [name], ...(type === this.compute ? {} : { attributes: { to: type === 'float16' ? 10 : 1 } }) })
  }

  apply(op: string, inputs: readonly Value[], attributes?: Readonly<Record<string, Attribute>>): Value {
    return this.applyMany(op, inputs, 1, attributes)[0]
  }

  applyMany(op: string, inputs: readonly Value[], outputCount: number, attributes?: Readonly<Record<string, Attribute>>): readonly Value[] {
    const outputs = Array.from({ length: outputCount }, () => this.#fresh(op))
    this.#nodes.push({ op, inputs, outputs, ...(attributes === undefined ? {} : { attributes }) })
    return outputs
  }

  /** A small constant in the compute type, kept inside the graph. */
  floats(values: Float32Array | readonly number[], shape: readonly number[]): Value {
    const data = Float32Array.from(values)
    const half = this.compute === 'float16'
    return this.#constant(this.compute, shape, new Uint8Array((half ? floatToHalf(data) : data).buffer))
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#constant('int64', shape, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer))
  }

  #constant(type: ElementType, shape: readonly number[], data: Uint8Array): Value {
    const key = `${type}[${shape.join()}]${data.length <= 64 ? Buffer.from(data).toString('hex') : ''}`
    const name = data.length <= 64 ? key : this.#fresh(key)
    this.#constants.set(name, { name, type, shape, data })
    return name
  }

  /** Whether the checkpoint holds this tensor. */
  has(name: string): boolean {
    return this.#checkpoint?.tensors.has(name) ?? false
  }

  /**
   * A tensor of the checkpoint, in the compute type. `rows` takes some of its first axis (a view, no copy), `as` gives
   * the same numbers another shape.
   * @throws EngineError 'bad-file' naming the tensor, the shape expected and found, or a dtype that is no float
   */
  weight(name: string, shape: readonly number[], view: { readonly rows?: readonly [number, number]; readonly as?: readonly number[]; readonly cast?: boolean } = {}): Value {
    if (this.#checkpoint === null) throw new Error(`graph ${this.#name} has no checkpoint to take "${name}" from`)
    const entry = requireTensor(this.#checkpoint, name, shape)
    const type = STORED[entry.dtype]
    if (type === undefined) throw new EngineError('bad-file', `${this.#checkpoint.path}: tensor "${name}" is ${entry.dtype}; F32, F16 or BF16 is wanted`)
    const [from, to] = view.rows ?? [0, shape[0]]
    const rowBytes = shape.slice(1).reduce((product, side) => product * side, 1) * BYTES[entry.dtype]
    const stored = view.as ?? [to - from, ...shape.slice(1)]
    const key = `${name}[${from}:${to}]${stored.join('x')}`
    this.#used.set(`${name}[${from}:${to}]`, (to - from) * rowBytes / BYTES[entry.dtype])
    this.#constants.set(key, { name: key, type, shape: stored, data: { location: entry.location, offset: entry.offset + from * rowBytes, length: (to - from) * rowBytes } })
    if (type === this.compute || view.cast === false) return key
    let cast = this.#cast.get(key)
    if (cast === undefined) {
      this.#widensWeights ||= this.compute === 'float32'
      cast = this.apply('Cast', [key], { to: this.compute === 'float16' ? 10 : 1 })
      this.#cast.set(key, cast)
    }
    return cast
  }

  /** Casts to the compute type. */
  #computed(value: Value): Value {
    return this.apply('Cast', [value], { to: this.compute === 'float16' ? 10 : 1 })
  }

  /** A tensor stored as 8-bit numbers, as it is stored. */
  #int8(checkpoint: Checkpoint, name: string, shape: readonly number[]): Value {
    const { location, offset, length } = requireTensor(checkpoint, name, shape)
    this.#used.set(name, length)
    this.#constants.set(name, { name, type: 'int8', shape, data: { location, offset, length } })
    return name
  }

  /**
   * Rows of a table of the checkpoint, [indices…, width], in the compute type: gathered first, cast and scaled afterwards, so
   * that a table in another precision is never copied whole.
   */
  rowsAt(name: string, shape: readonly [number, number], indices: Value): Value {
    if (this.#checkpoint?.tensors.get(name)?.dtype !== 'I8') return this.#computed(this.apply('Gather', [this.weight(name, shape, { cast: false }), indices], { axis: 0 }))
    const gathered = this.#computed(this.apply('Gather', [this.#int8(this.#checkpoint, name, shape), indices], { axis: 0 }))
    return this.multiply(gathered, this.apply('Gather', [this.weight(scaleKey(name), [shape[0]], { as: [shape[0], 1] }), indices], { axis: 0 }))
  }

  add(a: Value, b: Value): Value { return this.apply('Add', [a, b]) }
  multiply(a: Value, b: Value): Value { return this.apply('Mul', [a, b]) }
  divide(a: Value, b: Value): Value { return this.apply('Div', [a, b]) }
  product(a: Value, b: Value): Value { return this.apply('MatMul', [a, b]) }
  scaled(a: Value, factor: number): Value { return factor === 1 ? a : this.multiply(a, this.floats([factor], [1])) }
  softmax(a: Value): Value { return this.apply('Softmax', [a], { axis: -1 }) }
  transpose(a: Value, perm: readonly number[]): Value { return this.apply('Transpose', [a], { perm }) }
  /** 0 keeps a size, −1 is worked out */
  reshape(a: Value, shape: readonly number[]): Value { return this.apply('Reshape', [a, this.integers(shape)]) }
  concat(parts: readonly Value[], axis: number): Value { return parts.length === 1 ? parts[0] : this.apply('Concat', parts, { axis }) }

  split(a: Value, parts: number, axis: number): readonly Value[] {
    return parts === 1 ? [a] : this.applyMany('Split', [a], parts, { axis, num_outputs: parts })
  }

  slice(a: Value, from: number, to: number, axis: number): Value {
    return this.apply('Slice', [a, this.integers([from]), this.integers([to]), this.integers([axis])])
  }

  reduce(op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceL2', a: Value, axes: readonly number[], keepdims: boolean): Value {
    return this.apply(op, [a, this.integers(axes)], { keepdims: keepdims ? 1 : 0 })
  }

  /** x / max(‖x‖, 1e-12) along the last axis, as torch's F.normalize. */
  unit(a: Value): Value {
    const norm = this.reduce('ReduceL2', a, [-1], true)
    return this.divide(a, this.apply('Max', [norm, this.floats([this.compute === 'float16' ? 6e-8 : 1e-12], [1])]))
  }

  /** x where it is above `floor`, else 0. One operator, but in half precision WebGPU has not got it. */
  above(x: Value, floor: number): Value {
    if (this.compute === 'float32') return this.apply('ThresholdedRelu', [x], { alpha: { float: floor } })
    return this.apply('Where', [this.apply('Greater', [x, this.floats([floor], [1])]), x, this.floats([0], [1])])
  }

  /** y[n, out] = x[n, in] · Wᵀ + b with W as PyTorch keeps it; `Gemm` because MatMul(Transpose(W)) copies W at load. */
  linear(x: Value, weight: Value, bias: Value | null): Value {
    return this.apply('Gemm', bias === null ? [x, weight] : [x, weight, bias], { transB: 1 })
  }

  /**
   * The linear layer at a place of the checkpoint. Where that holds it as 8-bit numbers (int8-checkpoint.ts), x is quantised at
   * run time as a whole and the product is one of whole numbers.
   */
  linearAt(x: Value, { weight, bias, rows, storedRows, inputSize }: LinearPlace): Value {
    const view = rows === null ? {} : { rows }
    const shift = bias === null ? null : this.weight(bias, [storedRows], view)
    const key = quantisedKey(weight, rows)
    if (this.#checkpoint?.tensors.get(key)?.dtype !== 'I8') return this.linear(x, this.weight(weight, [storedRows, inputSize], view), shift)
    if (this.compute !== 'float32') throw new Error(`graph ${this.#name}: 8-bit weights are computed with in float32 only`)
    const outputSize = rows === null ? storedRows : rows[1] - rows[0]
    this.#quantised = true
    const output = this.#fresh('DynamicQuantizeMatMul')
    const inputs = [x, this.#int8(this.#checkpoint, key, [inputSize, outputSize]), this.weight(scaleKey(key), [outputSize]), '', ...(shift === null ? [] : [shift])]
    this.#nodes.push({ op: 'DynamicQuantizeMatMul', domain: MICROSOFT, inputs, outputs: [output] })
    return output
  }

  /** Linear layer `key.weight` [out, in] and, unless told otherwise, `key.bias` [out]. */
  linearOf(x: Value, key: string, inputSize: number, outputSize: number, bias = true): Value {
    return this.linearAt(x, linearOfKey(key, inputSize, outputSize, bias))
  }

  /** Layer normalisation over the last axis with `key.weight`, `key.bias` [size]. */
  layerNorm(x: Value, key: string, size: number, epsilon: number): Value {
    return this.apply('LayerNormalization', [x, this.weight(`${key}.weight`, [size]), this.weight(`${key}.bias`, [size])], { axis: -1, epsilon: { float: epsilon } })
  }

  /** Convolution of [1, in, h, w] with `key.weight` [out, in, kernel, kernel] and bias; pads are top, left, bottom, right. */
  convolution(x: Value, key: string, inputSize: number, outputSize: number, kernel: number, stride: number, pads: readonly [number, number, number, number]): Value {
    return this.apply('Conv', [x, this.weight(`${key}.weight`, [outputSize, inputSize, kernel, kernel]), this.weight(`${key}.bias`, [outputSize])], { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [...pads] })
  }

  /**
   * Group normalisation of [1, channels, h, w]: instance normalisation of the groups as channels, then scale and shift.
   * ONNX's own GroupNormalization has no kernel on most devices.
   */
  groupNorm(x: Value, key: string, channels: number, groups: number, epsilon: number, grid: { readonly h: number; readonly w: number }): Value {
    const scale = this.weight(`${key}.weight`, [channels], { as: [channels, 1, 1] })
    const shift = this.weight(`${key}.bias`, [channels], { as: [channels, 1, 1] })
    const grouped = this.reshape(x, [1, groups, -1])
    const ones = this.floats(new Float32Array(groups).fill(1), [groups])
    const zeros = this.floats(new Float32Array(groups), [groups])
    const normal = this.apply('InstanceNormalization', [grouped, ones, zeros], { epsilon: { float: epsilon } })
    return this.add(this.multiply(this.reshape(normal, [1, channels, grid.h, grid.w]), scale), shift)
  }

  /** x · sigmoid(x) */
  silu(x: Value): Value {
    return this.multiply(x, this.apply('Sigmoid', [x]))
  }

  /** GELU by its name in a config: the sigmoid approximation of CLIP, or the exact one. */
  gelu(x: Value, kind: 'quick_gelu' | 'gelu'): Value {
    return kind === 'gelu' ? this.apply('Gelu', [x]) : this.multiply(x, this.apply('Sigmoid', [this.scaled(x, 1.702)]))
  }

  /** [n, heads · size] → [heads, n, size] */
  heads(x: Value, n: number, heads: number, size: number): Value {
    return this.transpose(this.reshape(x, [n, heads, size]), [1, 0, 2])
  }

  /** [n, heads · size] → [heads, size, n], ready to be the right factor of a product */
  headsTransposed(x: Value, n: number, heads: number, size: number): Value {
    return this.transpose(this.reshape(x, [n, heads, size]), [1, 2, 0])
  }

  /** [heads, n, size] → [n, heads · size] */
  joinHeads(x: Value, n: number, heads: number, size: number): Value {
    return this.reshape(this.transpose(x, [1, 0, 2]), [n, heads * size])
  }

  finish(): Network {
    const parameters = [...this.#used.values()].reduce((sum, size) => sum + size, 0)
    const model = modelBytes({ name: this.#name, inputs: this.#inputs, outputs: this.#outputs, nodes: this.#nodes, constants: [...this.#constants.values()], ...(this.#quantised ? { domains: { [MICROSOFT]: 1 } } : {}) })
    return { name: this.#name, model, folder: this.#checkpoint?.folder ?? null, inputs: this.#inputs, outputs: this.#outputs, parameters, widensWeights: this.#widensWeights, quantised: this.#quantised }
  }
}
