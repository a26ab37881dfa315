import type { Mask } from './mask.ts'
import { encodeSpans, spansOf } from './rle.ts'
import { transposeSpans } from './transpose.ts'

const PIXELS_MAX = 0x7fffffff

/**
 * COCO's run lengths of a mask: column-major, starting with zeros, summing to width·height.
 * @returns i32[n] run lengths, as pycocotools writes them
 * @throws RangeError when the mask reaches out of the image. O(runs + box).
 */
export function toCocoRuns(mask: Mask, width: number, height: number): Int32Array {
  if (mask.x + mask.width > width || mask.y + mask.height > height) {
    throw new RangeError(`mask box ${mask.x},${mask.y} ${mask.width}×${mask.height} does not fit an image of ${width}×${height} px`)
  }
  const columns = transposeSpans(spansOf(mask))
  const runs = new Int32Array((columns.length / 3) * 2 + 1)
  let count = 0
  let end = 0
  for (let i = 0; i < columns.length; i += 3) {
    const column = columns[i] * height
    const start = column + columns[i + 1]
    const stop = column + columns[i + 2]
    if (start === end && count > 0) runs[count - 1] += stop - start
    else {
      runs[count++] = start - end
      runs[count++] = stop - start
    }
    end = stop
  }
  if (end < width * height || count === 0) runs[count++] = width * height - end
  return runs.subarray(0, count)
}

/**
 * COCO's compressed counts: 5 payload bits a character, + 48, delta against the run two before from the fourth on
 * (cocoapi maskApi.c, rleToString). O(runs + box).
 */
export function toCocoCounts(mask: Mask, width: number, height: number): string {
  const runs = toCocoRuns(mask, width, height)
  const bytes = new Uint8Array(runs.length * 7)
  let at = 0
  for (let i = 0; i < runs.length; i++) {
    let rest = i > 2 ? runs[i] - runs[i - 2] : runs[i]
    for (;;) {
      const bits = rest & 0x1f
      rest >>= 5
      const more = (bits & 0x10) === 0 ? rest !== 0 : rest !== -1
      bytes[at++] = (more ? bits | 0x20 : bits) + 48
      if (!more) break
    }
  }
  return asciiOf(bytes.subarray(0, at))
}

function asciiOf(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += Reflect.apply(String.fromCharCode, null, bytes.subarray(i, i + 8192))
  return text
}

/**
 * The mask of COCO counts.
 * @param counts compressed (string) or uncompressed (list) run lengths, column-major, from a run of zeros
 * @throws RangeError when a run is no whole number ≥ 0, a character is none of the alphabet, or the runs do not sum to width·height
 * Cost O(runs + box).
 */
export function fromCocoCounts(counts: string | readonly number[], width: number, height: number): Mask {
  const total = width * height
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 0 || height < 0 || total > PIXELS_MAX) {
    throw new RangeError(`RLE size [${height}, ${width}] is no picture size`)
  }
  const runs: ArrayLike<number> = typeof counts === 'string' ? decompress(counts) : counts
  let sum = 0
  let pieces = 0
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i]
    if (!Number.isInteger(run) || run < 0) throw new RangeError(`RLE run ${i} is ${String(run)}; a whole number ≥ 0 is expected`)
    if (i % 2 === 1 && run > 0 && height > 0) pieces += Math.floor((sum + run - 1) / height) - Math.floor(sum / height) + 1
    sum += run
    if (sum > total) break
  }
  if (sum !== total) throw new RangeError(`RLE counts sum to ${sum > total ? 'more than ' : ''}${Math.min(sum, total)}, but the size [${height}, ${width}] has ${total} px`)
  const columns = new Int32Array(pieces * 3)
  let at = 0
  let position = 0
  for (let i = 0; i < runs.length; i++) {
    let rest = runs[i]
    if (i % 2 === 0) {
      position += rest
      continue
    }
    while (rest > 0) {
      const column = Math.floor(position / height)
      const from = position - column * height
      const taken = Math.min(rest, height - from)
      // A one-run that continues the last one (a zero-length run of zeros between) is the same span.
      if (at > 0 && columns[at - 3] === column && columns[at - 1] === from) columns[at - 1] = from + taken
      else {
        columns[at] = column
        columns[at + 1] = from
        columns[at + 2] = from + taken
        at += 3
      }
      position += taken
      rest -= taken
    }
  }
  return encodeSpans(transposeSpans(columns, at))
}

function decompress(text: string): Float64Array {
  const runs = new Float64Array(text.length)
  let count = 0
  let at = 0
  while (at < text.length) {
    let value = 0
    let shift = 0
    let bits
    do {
      bits = text.charCodeAt(at) - 48
      if (Number.isNaN(bits)) throw new RangeError('RLE counts end inside a number')
      if (bits < 0 || bits > 63) throw new RangeError(`RLE counts hold the character ${JSON.stringify(text[at])} at place ${at}; only '0' to 'o' are possible`)
      if (shift > 30) throw new RangeError(`RLE counts hold a number of more than 35 bits at place ${at}`)
      value += (bits & 0x1f) * 2 ** shift
      shift += 5
      at++
      if ((bits & 0x20) === 0 && (bits & 0x10) !== 0) value -= 2 ** shift
    } while ((bits & 0x20) !== 0)
    if (count > 2) value += runs[count - 2]
    runs[count++] = value
  }
  return runs.subarray(0, count)
}
