import { EMPTY_MASK, type Mask } from './mask.ts'

/** Bytes of the longest varint we write or read: runs stay below 2^35. */
export const VARINT_BYTES_MAX = 5

/** Writes one LEB128 varint (below 2^35) and returns the next offset; it takes at most `VARINT_BYTES_MAX` bytes. Reading is inline in the loops below. */
export function writeVarint(out: Uint8Array, offset: number, value: number): number {
  let rest = value
  let at = offset
  if (rest > 0x7fffffff) { // too long for shifts
    out[at++] = (rest & 0x7f) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  while (rest >= 0x80) {
    out[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  out[at++] = rest
  return at
}

/**
 * Calls `emit` for every horizontal span of set pixels, in order of y, then x; spans of one row never touch.
 * @param emit (y, x0, x1) in px of the image, x1 exclusive
 * @throws RangeError when the runs are longer than the box, or end inside a number. Cost O(runs + rows).
 */
export function forEachSpan(mask: Mask, emit: (y: number, x0: number, x1: number) => void): void {
  const { runs, width } = mask
  const total = width * mask.height
  const right = mask.x + width
  let position = 0
  let y = mask.y
  let x = mask.x
  let set = false
  let offset = 0
  while (offset < runs.length) {
    let length = 0
    let scale = 1
    let byte
    do {
      byte = runs[offset++]
      if (byte === undefined) throw new RangeError('mask: the runs end inside a number')
      length += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80)
    position += length
    if (position > total) throw new RangeError(`mask: the runs cover ${position} px or more, the box only ${width}×${mask.height} = ${total}`)
    if (set) {
      let rest = length
      while (rest > 0) {
        const room = right - x
        if (rest < room) {
          emit(y, x, x + rest)
          x += rest
          rest = 0
        } else {
          emit(y, x, right)
          rest -= room
          x = mask.x
          y++
        }
      }
    } else if (length > 0) {
      const column = x - mask.x + length
      if (column < width) x += length
      else {
        const rows = Math.floor(column / width)
        y += rows
        x = mask.x + column - rows * width
      }
    }
    set = !set
  }
}

/** Number of horizontal spans. O(runs + rows). */
function countSpans(mask: Mask): number {
  let count = 0
  forEachSpan(mask, () => { count++ })
  return count
}

/** All spans of a mask as i32[n, 3] rows of (y, x0, x1), x1 exclusive, sorted by y, then x0. O(runs + rows). */
export function spansOf(mask: Mask): Int32Array {
  const spans = new Int32Array(countSpans(mask) * 3)
  let at = 0
  forEachSpan(mask, (y, x0, x1) => {
    spans[at] = y
    spans[at + 1] = x0
    spans[at + 2] = x1
    at += 3
  })
  return spans
}

/**
 * The mask of some spans.
 * @param spans i32[n, 3] rows of (y, x0, x1), x1 exclusive, ≥ 0, sorted by y, then x0; overlapping and touching ones are joined, empty ones skipped
 * @param length how many numbers of `spans` count (a multiple of 3)
 * @returns a mask with a tight box. O(n).
 */
export function encodeSpans(spans: Int32Array, length = spans.length): Mask {
  let left = 0x7fffffff
  let right = -1
  let top = -1
  let bottom = -1
  let count = 0
  for (let i = 0; i < length; i += 3) {
    if (spans[i + 2] <= spans[i + 1]) continue
    if (spans[i + 1] < left) left = spans[i + 1]
    if (spans[i + 2] > right) right = spans[i + 2]
    if (top < 0) top = spans[i]
    bottom = spans[i]
    count++
  }
  if (count === 0) return EMPTY_MASK
  const width = right - left
  const bytes = new Uint8Array(count * 2 * VARINT_BYTES_MAX)
  let at = 0
  let end = 0 // box position after the last written run of ones
  let from = -1 // start of the run of ones being gathered
  let to = 0
  for (let i = 0; i < length; i += 3) {
    if (spans[i + 2] <= spans[i + 1]) continue
    const row = (spans[i] - top) * width - left
    const start = row + spans[i + 1]
    const stop = row + spans[i + 2]
    if (from >= 0 && start <= to) {
      if (stop > to) to = stop
      continue
    }
    if (from >= 0) {
      at = writeVarint(bytes, at, from - end)
      at = writeVarint(bytes, at, to - from)
      end = to
    }
    from = start
    to = stop
  }
  at = writeVarint(bytes, at, from - end)
  at = writeVarint(bytes, at, to - from)
  return { x: left, y: top, width, height: bottom - top + 1, runs: bytes.slice(0, at) }
}

/**
 * The mask of a plane's set pixels. Stretches of equal pixels are passed 16 bytes at a time: most of a plane is such.
 * @param plane u8[height, width] row-major, nonzero = set
 * @returns a mask with a tight box. O(width·height).
 */
export function encodePlane(plane: Uint8Array, width: number, height: number): Mask {
  const total = width * height
  const lead = -plane.byteOffset & 3 // words start at a multiple of 4 in the buffer, the plane perhaps not
  const words = new Int32Array(plane.buffer, plane.byteOffset + lead, Math.max(0, (plane.length - lead) >> 2))
  let spans = new Int32Array(3 * 1024)
  let at = 0
  let p = 0
  for (;;) {
    p = endOfEqual(plane, words, lead, p, total, 0)
    if (p >= total) break
    const y = Math.floor(p / width)
    const row = y * width
    const end = row + width
    const start = p
    while (p < end && plane[p] !== 0) p = endOfEqual(plane, words, lead, p, end, plane[p])
    if (at === spans.length) {
      const larger = new Int32Array(spans.length * 2)
      larger.set(spans)
      spans = larger
    }
    spans[at] = y
    spans[at + 1] = start - row
    spans[at + 2] = p - row
    at += 3
  }
  return encodeSpans(spans, at)
}

/** The first place from p on, below end, whose byte isn't `value`, else end. `words` are the bytes from `lead` on, four at a time. */
function endOfEqual(bytes: Uint8Array, words: Int32Array, lead: number, from: number, end: number, value: number): number {
  let p = from
  // up to the next word; a short stretch ends here and never pays for the set-up below
  while (p < end && bytes[p] === value && ((p - lead) & 3) !== 0) p++
  if (p >= end || bytes[p] !== value) return p
  const pattern = Math.imul(value, 0x01010101)
  let w = (p - lead) >> 2
  const last = (end - lead) >> 2
  while (w + 4 <= last && ((words[w] ^ pattern) | (words[w + 1] ^ pattern) | (words[w + 2] ^ pattern) | (words[w + 3] ^ pattern)) === 0) w += 4
  while (w < last && words[w] === pattern) w++
  p = lead + w * 4
  while (p < end && bytes[p] === value) p++
  return p
}

/**
 * Writes `value` at every set pixel of the mask; the rest of the plane stays.
 * @param plane u8|u16[height, stride] row-major; the mask has to lie inside it
 * @param stride row length of the plane, px
 * Cost O(runs + set pixels).
 */
export function decodeInto(mask: Mask, plane: Uint8Array | Uint16Array, stride: number, value: number): void {
  forEachSpan(mask, (y, x0, x1) => {
    const row = y * stride
    if (x1 - x0 > 24) plane.fill(value, row + x0, row + x1)
    else for (let p = row + x0; p < row + x1; p++) plane[p] = value
  })
}

/** Number of set pixels, px². O(runs). */
export function areaOf(mask: Mask): number {
  const { runs } = mask
  const bytes = runs.length
  let area = 0
  let offset = 0
  while (offset < bytes) {
    while (runs[offset] >= 0x80) offset++ // the run of zeros
    if (++offset >= bytes) break
    let byte = runs[offset++]
    area += byte & 0x7f
    for (let scale = 0x80; byte >= 0x80 && offset < bytes; scale *= 0x80) {
      byte = runs[offset++]
      area += (byte & 0x7f) * scale
    }
  }
  return area
}

/** Whether the pixel (x, y) of the image is set. O(runs before it). */
export function contains(mask: Mask, x: number, y: number): boolean {
  const column = x - mask.x
  const row = y - mask.y
  if (column < 0 || row < 0 || column >= mask.width || row >= mask.height) return false
  const wanted = row * mask.width + column
  const { runs } = mask
  let position = 0
  let set = false
  let offset = 0
  while (offset < runs.length) {
    let length = 0
    let scale = 1
    let byte
    do {
      byte = runs[offset++]
      length += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80)
    position += length
    if (wanted < position) return set
    set = !set
  }
  return false
}
