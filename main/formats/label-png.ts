import { decode, encode } from 'fast-png'
import { EngineError } from '../contract/errors.ts'

/** Label of a pixel that belongs to no class, whatever the file's own code for it. */
export const NO_LABEL = 0xffff

export interface LabelMap {
  readonly width: number
  readonly height: number
  /** u16[height, width]: place in the class list, NO_LABEL for none */
  readonly labels: Uint16Array
}

/** The VOC palette: bits of the index spread over the channels, as VOCcode's colormap does. */
export const vocPalette = (size: number): [number, number, number][] => Array.from({ length: size }, (_, index) => {
  const channel = (shift: number) => { let value = 0; for (let bit = 0; bit < 8; bit++) value |= ((index >> (3 * bit + shift)) & 1) << (7 - bit); return value }
  return [channel(0), channel(1), channel(2)]
})

/**
 * Writes a label map as DESIGN.md fixes it: 8-bit indexed with 255 = none for up to 255 classes, else 16-bit grey
 * with 65535 = none. O(pixels).
 */
export function encodeLabelPng({ width, height, labels }: LabelMap, classCount: number): Uint8Array {
  if (classCount > 255) return encode({ width, height, data: labels, depth: 16, channels: 1 })
  const data = Uint8Array.from(labels, (label) => (label === NO_LABEL ? 255 : label))
  return encode({ width, height, data, depth: 8, channels: 1, palette: vocPalette(256) })
}

/**
 * Reads the raw values of an indexed or single-channel PNG: palette indices, or grey values (8 or 16 bit).
 * @throws EngineError 'bad-file' naming the file
 */
export function decodeRawLabels(bytes: Uint8Array, name: string): { width: number; height: number; values: Uint16Array; depth: number } {
  let png: ReturnType<typeof decode>
  try {
    png = decode(bytes)
  } catch (error) {
    throw new EngineError('bad-file', `${name}: not a readable PNG (${(error as Error).message})`)
  }
  const { width, height, depth, channels, data } = png
  if (channels !== 1) throw new EngineError('bad-file', `${name}: a label map has one channel or a palette, this PNG has ${channels} channels`)
  if (depth >= 8) return { width, height, values: Uint16Array.from(data), depth }
  // 1, 2 and 4 bit: samples are packed high bit first, each row padded to whole bytes
  const rowBytes = Math.ceil((width * depth) / 8)
  const values = new Uint16Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      values[y * width + x] = (data[y * rowBytes + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
    }
  }
  return { width, height, values, depth }
}

/** Reads a label PNG in our own coding: value = place in the class list, 255 (or 65535 at 16 bit) = none. */
export function decodeLabelPng(bytes: Uint8Array, name: string): LabelMap {
  const { width, height, values, depth } = decodeRawLabels(bytes, name)
  if (depth < 16) for (let i = 0; i < values.length; i++) if (values[i] === 255) values[i] = NO_LABEL
  return { width, height, labels: values }
}
