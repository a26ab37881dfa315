import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { decode } from 'fast-png'
import { EngineError } from '../contract/errors.ts'

/** Pixels of a PNG as they are stored: palette places are not looked up. */
export interface Png {
  readonly width: number
  readonly height: number
  /** bits of a sample in the file: 1, 2, 4, 8 or 16 */
  readonly depth: number
  /** 1 grey or palette, 2 grey + alpha, 3 RGB, 4 RGBA */
  readonly channels: number
  /** u8|u16[height, width, channels] */
  readonly values: Uint8Array | Uint16Array
  readonly palette: readonly (readonly [number, number, number])[] | null
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const PIXELS_MAX = 1 << 28
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Width and height of a PNG from its first 24 bytes, or null when they are none. */
export function pngSize(head: Uint8Array): { width: number; height: number } | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(SIGNATURE)) return null
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/**
 * Reads a PNG with memory bounded by what its header says, so that a small file that unpacks to gigabytes is refused.
 * O(pixels); interlaced ones go through fast-png.
 * @throws EngineError 'bad-file' naming the file
 */
export function decodePng(file: Uint8Array, name: string): Png {
  const bad = (why: string): never => { throw new EngineError('bad-file', `${name}: not a readable PNG (${why})`) }
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(SIGNATURE)) bad('it does not begin like one')
  const parts: Buffer[] = []
  let palette: [number, number, number][] | null = null
  let header: Buffer | null = null
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (at + 12 + length > bytes.length) bad('it breaks off')
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR' && length === 13) header = body
    else if (type === 'PLTE') palette = Array.from({ length: Math.floor(length / 3) }, (_, i): [number, number, number] => [body[i * 3], body[i * 3 + 1], body[i * 3 + 2]])
    else if (type === 'IDAT') parts.push(body)
    else if (type === 'IEND') break
    at += 12 + length
  }
  if (header === null) return bad('it has no header')
  const width = header.readUInt32BE(0)
  const height = header.readUInt32BE(4)
  const depth = header[8]
  const colour = header[9]
  const channels = CHANNELS[colour]
  if (width === 0 || height === 0 || width * height > PIXELS_MAX) bad(`it says ${width}×${height} px`)
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(depth) || (depth < 8 && channels > 1) || (colour === 3 && depth === 16)) return bad(`it says colour type ${colour} with ${depth} bits`)
  const rowBytes = Math.ceil((width * channels * depth) / 8)
  const interlaced = header[12] === 1
  // an interlaced picture has up to 7 filter bytes more a row
  const most = interlaced ? height * (rowBytes + 14) * 2 + 64 : height * (rowBytes + 1)
  let raw: Buffer
  try {
    raw = inflateSync(Buffer.concat(parts), { maxOutputLength: Math.max(64, most) })
  } catch (error) {
    return bad((error as Error).message)
  }
  if (interlaced) {
    try {
      const { data } = decode(file)
      return { width, height, depth, channels, palette, values: depth < 8 ? unpacked(Uint8Array.from(data), width, height, depth, rowBytes) : data instanceof Uint16Array ? data : Uint8Array.from(data) }
    } catch (error) {
      return bad((error as Error).message)
    }
  }
  if (raw.length < height * (rowBytes + 1)) bad('it has too few pixels')
  const data = unfiltered(raw, height, rowBytes, Math.max(1, (channels * depth) >> 3))
  if (data === null) return bad('it has an unknown filter')
  if (depth < 8) return { width, height, depth, channels, palette, values: unpacked(data, width, height, depth, rowBytes) }
  if (depth === 8) return { width, height, depth, channels, palette, values: data }
  const values = new Uint16Array(width * height * channels)
  for (let i = 0; i < values.length; i++) values[i] = (data[i * 2] << 8) | data[i * 2 + 1]
  return { width, height, depth, channels, palette, values }
}

/** PNG's row filters undone (PNG specification §9), or null. O(bytes). */
function unfiltered(raw: Buffer, height: number, rowBytes: number, step: number): Uint8Array | null {
  const out = new Uint8Array(height * rowBytes)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)]
    const from = y * (rowBytes + 1) + 1
    const to = y * rowBytes
    const up = to - rowBytes
    if (filter === 0) out.set(raw.subarray(from, from + rowBytes), to)
    else if (filter > 4) return null
    else {
      for (let i = 0; i < rowBytes; i++) {
        const a = i >= step ? out[to + i - step] : 0
        const b = y > 0 ? out[up + i] : 0
        const c = i >= step && y > 0 ? out[up + i - step] : 0
        let guess = a
        if (filter === 2) guess = b
        else if (filter === 3) guess = (a + b) >> 1
        else if (filter === 4) {
          const p = a + b - c
          const pa = Math.abs(p - a)
          const pb = Math.abs(p - b)
          const pc = Math.abs(p - c)
          guess = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
        }
        out[to + i] = raw[from + i] + guess
      }
    }
  }
  return out
}

/** Samples of 1, 2 or 4 bits, packed high bit first, each row padded to whole bytes. */
function unpacked(data: Uint8Array, width: number, height: number, depth: number, rowBytes: number): Uint8Array {
  const values = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      values[y * width + x] = (data[y * rowBytes + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
    }
  }
  return values
}

/**
 * Writes a PNG: 8-bit palette when one is given, else grey (8 or 16 bit, 1 channel) or RGB (8 bit, 3 channels). O(bytes).
 */
export function encodePng({ width, height, channels, values, palette }: Omit<Png, 'depth'>): Uint8Array {
  const wide = values instanceof Uint16Array
  const rowBytes = width * channels * (wide ? 2 : 1)
  const raw = Buffer.alloc(height * (rowBytes + 1))
  for (let y = 0; y < height; y++) {
    const to = y * (rowBytes + 1) + 1
    if (!wide) raw.set(values.subarray(y * rowBytes, (y + 1) * rowBytes), to)
    else for (let x = 0; x < width * channels; x++) raw.writeUInt16BE(values[y * width * channels + x], to + x * 2)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = wide ? 16 : 8
  header[9] = palette !== null ? 3 : channels === 3 ? 2 : 0
  return Buffer.concat([
    SIGNATURE, chunk('IHDR', header), ...(palette === null ? [] : [chunk('PLTE', Buffer.from(palette.flat()))]),
    chunk('IDAT', deflateSync(raw, { level: 5 })), chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, body: Buffer): Buffer {
  const out = Buffer.alloc(12 + body.length)
  out.writeUInt32BE(body.length, 0)
  out.write(type, 4, 'latin1')
  body.copy(out, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length)
  return out
}
