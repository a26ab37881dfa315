import { EMPTY_MASK, type Mask } from './mask.ts'
import { VARINT_BYTES_MAX, writeVarint } from './rle.ts'

/** A box in which positions count row-major: both masks and the outcome are read and written as stretches of one line. */
interface Frame {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Reads a mask's runs of ones, in order, as stretches [start, stop) of positions in a frame that holds all its set pixels. */
class Stretches {
  start = 0
  stop = 0
  /** Set pixels of the runs read so far, px². */
  area = 0
  /** Position in the mask's box of the end of the row that `start` is in; kept only where rows are split. */
  rowEnd: number
  private readonly runs: Uint8Array
  private readonly width: number
  private readonly total: number
  private readonly split: boolean
  private readonly shiftPerRow: number
  private shift: number // position in the frame less position in the box, in this row
  private offset = 0
  private from = 0 // what is left of the run being read, positions in the box
  private to = 0

  /** @param byRow whether stretches are to end at the end of each row of the box also where the frame is as wide */
  constructor(mask: Mask, frame: Frame, byRow = false) {
    this.runs = mask.runs
    this.width = mask.width
    this.total = mask.width * mask.height
    this.shiftPerRow = frame.width - mask.width
    this.split = byRow || this.shiftPerRow !== 0
    this.shift = (mask.y - frame.y) * frame.width + mask.x - frame.x
    this.rowEnd = mask.width
  }

  /** Goes to the next stretch; false at the end. @throws RangeError when the runs are longer than the box, or end inside a number */
  next(): boolean {
    if (this.from === this.to) {
      do {
        if (this.offset >= this.runs.length) return false
        this.from = this.to + this.run()
        // a final run of zeros may be there, though we never write one
        this.to = this.offset < this.runs.length ? this.from + this.run() : this.from
        if (this.to > this.total) throw new RangeError(`mask: the runs cover ${this.to} px or more, the box only ${this.width}×${this.total / this.width} = ${this.total}`)
      } while (this.from === this.to)
      this.area += this.to - this.from
    }
    if (!this.split) {
      this.start = this.from + this.shift
      this.stop = this.to + this.shift
      this.from = this.to
      return true
    }
    if (this.from >= this.rowEnd) {
      const rows = this.from < this.rowEnd + this.width ? 1 : Math.floor((this.from - this.rowEnd) / this.width) + 1
      this.rowEnd += rows * this.width
      this.shift += rows * this.shiftPerRow
    }
    const stop = this.to < this.rowEnd ? this.to : this.rowEnd
    this.start = this.from + this.shift
    this.stop = stop + this.shift
    this.from = stop
    return true
  }

  private run(): number {
    const { runs } = this
    let offset = this.offset
    let byte = runs[offset++]
    let length = byte & 0x7f
    if (byte >= 0x80 && offset < runs.length) {
      byte = runs[offset++]
      length |= (byte & 0x7f) << 7
    }
    for (let scale = 0x4000; byte >= 0x80; scale *= 0x80) {
      if (offset >= runs.length) throw new RangeError('mask: the runs end inside a number')
      byte = runs[offset++]
      length += (byte & 0x7f) * scale
    }
    this.offset = offset
    return length
  }
}

/** Writes stretches, in order, as runs; touching and overlapping ones are joined, as the canonical encoding wants. */
class RunWriter {
  private bytes: Uint8Array<ArrayBuffer>
  private at = 0
  private end = 0 // position after the last written run of ones
  private from = -1 // the run of ones being gathered
  private to = 0

  constructor(bytesExpected: number) {
    this.bytes = new Uint8Array(bytesExpected + 4 * VARINT_BYTES_MAX)
  }

  add(start: number, stop: number): void {
    if (this.from >= 0 && start <= this.to) {
      if (stop > this.to) this.to = stop
      return
    }
    if (this.from >= 0) this.flush()
    this.from = start
    this.to = stop
  }

  /** The bytes of all runs; none when nothing was added. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.from >= 0) this.flush()
    return this.bytes.slice(0, this.at)
  }

  private flush(): void {
    let { bytes, at } = this
    if (at + 2 * VARINT_BYTES_MAX > bytes.length) {
      bytes = new Uint8Array(bytes.length * 2)
      bytes.set(this.bytes)
      this.bytes = bytes
    }
    const zeros = this.from - this.end
    const ones = this.to - this.from
    // nearly all runs take one or two bytes; a call costs more than they do
    if (zeros < 0x80) bytes[at++] = zeros
    else if (zeros < 0x4000) {
      bytes[at++] = (zeros & 0x7f) | 0x80
      bytes[at++] = zeros >> 7
    } else at = writeVarint(bytes, at, zeros)
    if (ones < 0x80) bytes[at++] = ones
    else if (ones < 0x4000) {
      bytes[at++] = (ones & 0x7f) | 0x80
      bytes[at++] = ones >> 7
    } else at = writeVarint(bytes, at, ones)
    this.at = at
    this.end = this.to
  }
}

/** The smallest box that holds both boxes; as they are tight, also that of the union. */
function boxAround(a: Mask, b: Mask): Omit<Mask, 'runs'> {
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return { x, y, width: Math.max(a.x + a.width, b.x + b.width) - x, height: Math.max(a.y + a.height, b.y + b.height) - y }
}

/** The same pixels in a tight box. O(runs + rows). */
function tightened(loose: Mask): Mask {
  const pieces = new Stretches(loose, loose, true)
  let left = loose.width
  let right = 0
  let top = -1
  let rowEnd = 0
  while (pieces.next()) {
    rowEnd = pieces.rowEnd
    if (top < 0) top = rowEnd / loose.width - 1
    const row = rowEnd - loose.width
    if (pieces.start - row < left) left = pieces.start - row
    if (pieces.stop - row > right) right = pieces.stop - row
  }
  if (top < 0) return EMPTY_MASK
  const box = { x: loose.x + left, y: loose.y + top, width: right - left, height: rowEnd / loose.width - top }
  // rows above and columns beside change the numbers, rows below don't: we write no final run of zeros
  if (top === 0 && box.width === loose.width) return { ...box, runs: loose.runs }
  const out = new RunWriter(loose.runs.length)
  const moved = new Stretches(loose, box)
  while (moved.next()) out.add(moved.start, moved.stop)
  return { ...box, runs: out.finish() }
}

const boxesMeet = (a: Mask, b: Mask): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Pixels in a or b. O(runs + rows). */
export function unionMasks(a: Mask, b: Mask): Mask {
  if (a.width === 0) return b
  if (b.width === 0) return a
  const box = boxAround(a, b)
  const left = new Stretches(a, box)
  const right = new Stretches(b, box)
  const out = new RunWriter(a.runs.length + b.runs.length)
  let more = left.next()
  let moreRight = right.next()
  while (more && moreRight) {
    if (left.start <= right.start) {
      out.add(left.start, left.stop)
      more = left.next()
    } else {
      out.add(right.start, right.stop)
      moreRight = right.next()
    }
  }
  for (; more; more = left.next()) out.add(left.start, left.stop)
  for (; moreRight; moreRight = right.next()) out.add(right.start, right.stop)
  return { ...box, runs: out.finish() }
}

/** Pixels in any of the masks. O((runs + rows)·log masks). */
export function unionAll(masks: readonly Mask[]): Mask {
  let layer = masks
  while (layer.length > 1) {
    const next: Mask[] = []
    for (let i = 0; i < layer.length; i += 2) next.push(i + 1 < layer.length ? unionMasks(layer[i], layer[i + 1]) : layer[i])
    layer = next
  }
  return layer[0] ?? EMPTY_MASK
}

/** Pixels in a and not in b. O(runs + rows). */
export function subtractMasks(a: Mask, b: Mask): Mask {
  if (!boxesMeet(a, b)) return a
  const box = boxAround(a, b)
  const kept = new Stretches(a, box)
  const cut = new Stretches(b, box)
  const out = new RunWriter(a.runs.length + b.runs.length)
  let cutting = cut.next()
  while (kept.next()) {
    let from = kept.start
    while (cutting && cut.start < kept.stop) {
      if (cut.start > from) out.add(from, cut.start)
      if (cut.stop > from) from = cut.stop
      if (cut.stop > kept.stop) break
      cutting = cut.next()
    }
    if (from < kept.stop) out.add(from, kept.stop)
  }
  return tightened({ ...box, runs: out.finish() })
}

/** Pixels in a and in none of the masks; those whose box is elsewhere cost nothing: among 1,000 masks of a picture, nearly all. O((runs + rows of the others)·log others). */
export const subtractAll = (a: Mask, masks: readonly Mask[]): Mask => subtractMasks(a, unionAll(masks.filter((mask) => boxesMeet(a, mask))))

/** Pixels in both. O(runs + rows). */
export function intersectMasks(a: Mask, b: Mask): Mask {
  if (!boxesMeet(a, b)) return EMPTY_MASK
  const box = boxAround(a, b)
  const left = new Stretches(a, box)
  const right = new Stretches(b, box)
  const out = new RunWriter(Math.max(a.runs.length, b.runs.length))
  let more = left.next() && right.next()
  while (more) {
    const start = left.start > right.start ? left.start : right.start
    const stop = left.stop < right.stop ? left.stop : right.stop
    if (start < stop) out.add(start, stop)
    more = left.stop < right.stop ? left.next() : right.next()
  }
  return tightened({ ...box, runs: out.finish() })
}

/** Whether both set the same pixels; the encoding is canonical, so this compares bytes. O(runs). */
export function sameMask(a: Mask, b: Mask): boolean {
  if (a.x !== b.x || a.y !== b.y || a.width !== b.width || a.height !== b.height || a.runs.length !== b.runs.length) return false
  for (let i = 0; i < a.runs.length; i++) if (a.runs[i] !== b.runs[i]) return false
  return true
}

/** Adds up the pixels in both while reading, px². */
function overlapOf(left: Stretches, right: Stretches): number {
  let area = 0
  let more = left.next() && right.next()
  while (more) {
    const start = left.start > right.start ? left.start : right.start
    const stop = left.stop < right.stop ? left.stop : right.stop
    if (start < stop) area += stop - start
    more = left.stop < right.stop ? left.next() : right.next()
  }
  return area
}

/** Number of pixels in both, px². O(runs + rows). */
export function intersectionArea(a: Mask, b: Mask): number {
  if (!boxesMeet(a, b)) return 0
  const box = boxAround(a, b)
  return overlapOf(new Stretches(a, box), new Stretches(b, box))
}

/** Intersection over union in [0, 1]; 0 for two empty masks. One pass. O(runs + rows). */
export function iou(a: Mask, b: Mask): number {
  if (!boxesMeet(a, b)) return 0
  const box = boxAround(a, b)
  const left = new Stretches(a, box)
  const right = new Stretches(b, box)
  const both = overlapOf(left, right)
  while (left.next());
  while (right.next());
  const either = left.area + right.area - both
  return either === 0 ? 0 : both / either
}
