/**
 * ONNX models written as bytes: the few protobuf messages of onnx.proto that a graph needs, and nothing else.
 * Wire format: protobuf.dev/programming-guides/encoding; field numbers: onnx/onnx.proto (IR version 10).
 */

/** Element types of onnx.proto's TensorProto.DataType that we use. */
const ELEMENT = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const
export type ElementType = keyof typeof ELEMENT

/** A size, or the name of a size that is known only at run time. */
export type Dimension = number | string

export interface GraphValue {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly Dimension[]
}

/** A constant: its bytes (little-endian, row-major) here, or a place in a file (`location` relative to the model's data folder). */
export interface GraphConstant {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly data: Uint8Array | { readonly location: string; readonly offset: number; readonly length: number }
}

/** Whole numbers are written as ints; write `{ float: 1 }` for a float attribute that happens to be whole. */
export type Attribute = number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] } | { readonly tensor: GraphConstant }

export interface GraphNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** '' is ONNX's own operators */
  readonly domain?: string
}

export interface Graph {
  readonly name: string
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  readonly nodes: readonly GraphNode[]
  readonly constants?: readonly GraphConstant[]
  /** operator-set version of ONNX's own domain; 21 unless told */
  readonly opset?: number
  /** further domains by version, as `{ 'com.microsoft': 1 }` */
  readonly domains?: Readonly<Record<string, number>>
}

const IR_VERSION = 10
const DEFAULT_OPSET = 21
const VARINT = 0, LENGTH_DELIMITED = 2, FIXED32 = 5
const ATTRIBUTE_FLOAT = 1, ATTRIBUTE_INT = 2, ATTRIBUTE_STRING = 3, ATTRIBUTE_TENSOR = 4, ATTRIBUTE_FLOATS = 6, ATTRIBUTE_INTS = 7
const EXTERNAL = 1

/** One protobuf message under construction; parts are joined once, so that large constants are copied once per nesting level. */
class Message {
  readonly #parts: Uint8Array[] = []
  #length = 0

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.#length += bytes.length
  }

  #varint(value: number | bigint): void {
    const bytes: number[] = []
    // negative int64s take ten bytes of two's complement
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    bytes.push(Number(rest))
    this.#push(Uint8Array.from(bytes))
  }

  integer(field: number, value: number | bigint): this {
    this.#varint((field << 3) | VARINT)
    this.#varint(value)
    return this
  }

  float(field: number, value: number): this {
    this.#varint((field << 3) | FIXED32)
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    this.#push(bytes)
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint((field << 3) | LENGTH_DELIMITED)
    this.#varint(value.length)
    this.#push(value)
    return this
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  message(field: number, value: Message): this {
    this.#varint((field << 3) | LENGTH_DELIMITED)
    this.#varint(value.#length)
    for (const part of value.#parts) this.#push(part)
    return this
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }
}

function tensorMessage(constant: GraphConstant): Message {
  const message = new Message()
  for (const size of constant.shape) message.integer(1, size)
  message.integer(2, ELEMENT[constant.type]).text(8, constant.name)
  if (constant.data instanceof Uint8Array) return message.bytes(9, constant.data)
  const entries = { location: constant.data.location, offset: String(constant.data.offset), length: String(constant.data.length) }
  for (const [key, value] of Object.entries(entries)) message.message(13, new Message().text(1, key).text(2, value))
  return message.integer(14, EXTERNAL)
}

function attributeMessage(name: string, value: Attribute): Message {
  const message = new Message().text(1, name)
  if (typeof value === 'number') {
    return Number.isInteger(value) ? message.integer(3, value).integer(20, ATTRIBUTE_INT) : message.float(2, value).integer(20, ATTRIBUTE_FLOAT)
  }
  if (typeof value === 'string') return message.text(4, value).integer(20, ATTRIBUTE_STRING)
  if ('float' in value) return message.float(2, value.float).integer(20, ATTRIBUTE_FLOAT)
  if ('tensor' in value) return message.message(5, tensorMessage(value.tensor)).integer(20, ATTRIBUTE_TENSOR)
  if ('floats' in value) {
    for (const number of value.floats) message.float(7, number)
    return message.integer(20, ATTRIBUTE_FLOATS)
  }
  for (const number of value) message.integer(8, number)
  return message.integer(20, ATTRIBUTE_INTS)
}

function valueMessage(value: GraphValue): Message {
  const shape = new Message()
  for (const size of value.shape) shape.message(1, typeof size === 'number' ? new Message().integer(1, size) : new Message().text(2, size))
  const tensor = new Message().integer(1, ELEMENT[value.type]).message(2, shape)
  return new Message().text(1, value.name).message(2, new Message().message(1, tensor))
}

function nodeMessage(node: GraphNode): Message {
  const message = new Message()
  for (const input of node.inputs) message.text(1, input)
  for (const output of node.outputs) message.text(2, output)
  message.text(4, node.op)
  for (const [name, value] of Object.entries(node.attributes ?? {})) message.message(5, attributeMessage(name, value))
  if (node.domain !== undefined && node.domain !== '') message.text(7, node.domain)
  return message
}

/**
 * The graph as an ONNX ModelProto, ready for `InferenceSession.create(bytes)`.
 * Nodes have to stand in an order in which every input is made before it is used. O(bytes).
 */
export function modelBytes(graph: Graph): Uint8Array {
  const body = new Message()
  for (const node of graph.nodes) body.message(1, nodeMessage(node))
  body.text(2, graph.name)
  for (const constant of graph.constants ?? []) body.message(5, tensorMessage(constant))
  for (const input of graph.inputs) body.message(11, valueMessage(input))
  for (const output of graph.outputs) body.message(12, valueMessage(output))
  const model = new Message().integer(1, IR_VERSION).text(2, 'maskwright').message(7, body)
  const domains = { '': graph.opset ?? DEFAULT_OPSET, ...graph.domains }
  for (const [domain, version] of Object.entries(domains)) model.message(8, new Message().text(1, domain).integer(2, version))
  return model.finish()
}
