import { open } from 'node:fs/promises'
import { EngineError } from '../main/contract/errors.ts'

/** Bytes per element of the dtypes the format knows. */
const ELEMENT_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, U16: 2, U32: 4, U64: 8, BOOL: 1 } as const
export type TensorDtype = keyof typeof ELEMENT_BYTES

export interface TensorEntry {
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  /** absolute byte range in the file */
  readonly offset: number
  readonly length: number
}

export interface SafetensorsHeader {
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly metadata: Readonly<Record<string, string>>
}

/** The format's own limit on the JSON header. */
const MAX_HEADER_BYTES = 100_000_000

/** First bytes of files that people mistake for safetensors, and what to say. */
const NOT_SAFETENSORS: readonly { readonly magic: readonly number[]; readonly what: string }[] = [
  { magic: [0x50, 0x4b, 0x03, 0x04], what: 'a PyTorch archive (a pickle inside a zip)' },
  { magic: [0x80, 0x02], what: 'a pickle' },
  { magic: [0x80, 0x03], what: 'a pickle' },
  { magic: [0x80, 0x04], what: 'a pickle' },
  { magic: [0x80, 0x05], what: 'a pickle' },
  { magic: [0x93, 0x4e, 0x55, 0x4d], what: 'a NumPy array' },
  { magic: [0x89, 0x48, 0x44, 0x46], what: 'an HDF5 file' },
]

/**
 * Reads and validates a safetensors header: length, JSON, duplicate keys, dtypes, shapes, bounds, overlaps, gaps.
 * Nothing but the header is read. O(header).
 * @throws EngineError 'bad-file' naming the file and what is wrong; 'not-found', 'no-permission' for the file itself
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const refuse = (reason: string): never => { throw new EngineError('bad-file', `${path}: ${reason}`) }
  const file = await openForReading(path)
  try {
    const { size } = await file.stat()
    const start = Buffer.alloc(8)
    const { bytesRead } = await file.read(start, 0, 8, 0)
    const mistaken = NOT_SAFETENSORS.find(({ magic }) => magic.every((byte, i) => start[i] === byte))
    if (mistaken !== undefined) refuse(`this is ${mistaken.what}, which can run code when loaded and is never opened here; get the .safetensors file of the same model`)
    if (bytesRead < 8) refuse(`not a safetensors file: ${size} bytes, a header length alone takes 8`)
    const headerBytes = start.readBigUInt64LE(0)
    if (headerBytes > BigInt(MAX_HEADER_BYTES)) refuse(`not a safetensors file: its header would be ${headerBytes} bytes, at most ${MAX_HEADER_BYTES} are allowed`)
    const length = Number(headerBytes)
    if (8 + length > size) refuse(`truncated: the header alone takes ${8 + length} bytes, the file has ${size}`)
    const text = Buffer.alloc(length)
    await file.read(text, 0, length, 8)
    return { path, ...parseHeader(text.toString('utf8'), 8 + length, size, refuse) }
  } finally {
    await file.close()
  }
}

async function openForReading(path: string) {
  try {
    return await open(path, 'r')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new EngineError('not-found', `${path}: no such file`)
    if (code === 'EACCES' || code === 'EPERM') throw new EngineError('no-permission', `${path}: no permission to read it`)
    throw new EngineError('bad-file', `${path}: ${(error as Error).message}`)
  }
}

function parseHeader(text: string, dataStart: number, fileBytes: number, refuse: (reason: string) => never): Omit<SafetensorsHeader, 'path'> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return refuse(`its header is not JSON: ${(error as Error).message}`)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return refuse('its header is not a JSON object')
  const names = topLevelKeys(text)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) refuse(`tensor ${JSON.stringify(twice)} is listed twice`)

  const tensors = new Map<string, TensorEntry>()
  let metadata: Record<string, string> = {}
  for (const [name, entry] of Object.entries(parsed)) {
    if (name === '__metadata__') {
      if (typeof entry !== 'object' || entry === null || Object.values(entry).some((value) => typeof value !== 'string')) refuse('its __metadata__ must map names to strings')
      metadata = entry as Record<string, string>
      continue
    }
    tensors.set(name, tensorEntry(name, entry, dataStart, fileBytes, refuse))
  }
  const byOffset = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length)
  let end = dataStart
  for (const [name, { offset, length }] of byOffset) {
    if (offset < end) refuse(`tensor ${JSON.stringify(name)} overlaps the one before it`)
    if (offset > end) refuse(`${offset - end} unused bytes before tensor ${JSON.stringify(name)}`)
    end = offset + length
  }
  if (end !== fileBytes) refuse(`the tensors end at byte ${end}, the file at ${fileBytes}`)
  return { tensors, metadata }
}

function tensorEntry(name: string, entry: unknown, dataStart: number, fileBytes: number, refuse: (reason: string) => never): TensorEntry {
  const { dtype, shape, data_offsets: range } = (entry ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown }
  const where = `tensor ${JSON.stringify(name)}`
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) return refuse(`${where} has dtype ${JSON.stringify(dtype)}; known are ${Object.keys(ELEMENT_BYTES).join(', ')}`)
  const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
  if (!Array.isArray(shape) || !shape.every(whole)) return refuse(`${where} has shape ${JSON.stringify(shape)}; whole numbers are wanted`)
  if (!Array.isArray(range) || range.length !== 2 || !range.every(whole) || range[1] < range[0]) return refuse(`${where} has data_offsets ${JSON.stringify(range)}`)
  const elements = shape.reduce((product: number, side: number) => product * side, 1)
  const bytes = elements * ELEMENT_BYTES[dtype as TensorDtype]
  if (!Number.isSafeInteger(bytes) || bytes !== range[1] - range[0]) refuse(`${where} of shape [${shape.join(', ')}] and dtype ${dtype} takes ${bytes} bytes, its data_offsets span ${range[1] - range[0]}`)
  if (dataStart + range[1] > fileBytes) refuse(`truncated: ${where} ends at byte ${dataStart + range[1]}, the file has ${fileBytes}`)
  return { dtype: dtype as TensorDtype, shape, offset: dataStart + range[0], length: bytes }
}

/** Keys of the outermost object as they stand in the text: JSON.parse silently keeps the last of two equal ones. */
function topLevelKeys(text: string): string[] {
  const keys: string[] = []
  let depth = 0
  let expectKey = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '"') {
      const start = i
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
      if (depth === 1 && expectKey) keys.push(JSON.parse(text.slice(start, i + 1)) as string)
      expectKey = false
    } else if (character === '{' || character === '[') {
      depth++
      expectKey = character === '{' && depth === 1
    } else if (character === '}' || character === ']') depth--
    else if (character === ',') expectKey = depth === 1
  }
  return keys
}

/**
 * Reads one tensor of dtype F32 or F16 as f32, row-major.
 * @throws EngineError 'bad-file' when it is missing, of another dtype, or not of this many dimensions
 */
export async function readFloatTensor(header: SafetensorsHeader, name: string, dimensions: number): Promise<{ data: Float32Array; shape: readonly number[] }> {
  const entry = header.tensors.get(name)
  if (entry === undefined) throw new EngineError('bad-file', `${header.path}: it has no tensor "${name}"; it has ${[...header.tensors.keys()].slice(0, 20).join(', ') || 'none'}`)
  if (entry.shape.length !== dimensions) throw new EngineError('bad-file', `${header.path}: tensor "${name}" has shape [${entry.shape.join(', ')}], ${dimensions} dimensions are wanted`)
  if (entry.dtype !== 'F32' && entry.dtype !== 'F16') throw new EngineError('bad-file', `${header.path}: tensor "${name}" has dtype ${entry.dtype}, F32 or F16 is wanted`)
  const bytes = new Uint8Array(entry.length)
  const file = await openForReading(header.path)
  try {
    for (let at = 0; at < entry.length;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(entry.length - at, 1 << 26), entry.offset + at)
      if (bytesRead === 0) throw new EngineError('bad-file', `${header.path}: ended while reading tensor "${name}"`)
      at += bytesRead
    }
  } finally {
    await file.close()
  }
  const data = entry.dtype === 'F32' ? new Float32Array(bytes.buffer) : halfToFloat(new Uint16Array(bytes.buffer))
  return { data, shape: entry.shape }
}

/** IEEE 754 binary16 bits to f32, exact, through a table of the 65,536 values (256 KiB, made once). O(n). */
export function halfToFloat(bits: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 65_536 }, (_, half) => {
    const exponent = (half >> 10) & 31
    const fraction = half & 1023
    const magnitude = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction === 0 ? Infinity : Number.NaN) : (1024 + fraction) * 2 ** (exponent - 25)
    return half & 0x8000 ? -magnitude : magnitude
  })
  // a loop: Float32Array.from with a function takes twenty times as long, two seconds for a map of 4096 × 4096
  const table = halfTable
  const out = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]]
  return out
}
let halfTable: Float32Array | undefined
