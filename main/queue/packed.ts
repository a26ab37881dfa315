import { decode, encode, ExtensionCodec } from '@msgpack/msgpack'

/** Typed arrays that keep their type; plain bytes are msgpack's own. The place in the list is the type's number: only ever append. */
const TYPES = [Float32Array, Float64Array, Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array] as const

const codec = new ExtensionCodec()
for (const [type, Typed] of TYPES.entries()) {
  codec.register({
    type,
    encode: (value) => (value instanceof Typed ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null),
    // copied, as the bytes need not lie on a multiple of the element's size
    decode: (bytes) => new Typed(new Uint8Array(bytes).buffer),
  })
}

/** Any data (masks, feature vectors, requests) as text for a queue that holds JSON: msgpack in base64. O(bytes) */
export const pack = (data: unknown): string => Buffer.from(encode(data, { extensionCodec: codec, ignoreUndefined: true })).toString('base64')

/** What `pack` was given. Throws RangeError or DecodeError when the text is not that. */
export const unpack = (text: string): unknown => plain(decode(Buffer.from(text, 'base64'), { extensionCodec: codec }))

/** Bytes as Uint8Arrays of their own: those of msgpack are views into the whole message, and would keep it. O(bytes) */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
