import type { Mask } from './mask.ts'
import { spansOf } from './rle.ts'

/** Outlines of a mask along pixel edges. */
export interface Outlines {
  /** one ring a region of pixels that hang together by their sides: [x, y, x, y, …] px, clockwise on the screen, no two edges in one line */
  readonly outer: readonly Int32Array[]
  /** rings of holes (hanging together by sides or corners), anticlockwise */
  readonly holes: readonly Int32Array[]
  /** i32[holes] place in `outer` of the ring around each hole */
  readonly outerOf: Int32Array
  /** one closed line a region that walks its outline and, over bridges walked in and out, those of its holes */
  keyholes(): Int32Array[]
}

/**
 * Traces the edges between set and unset pixels at integer corners (FORMATS.md §11). Filled by COCO's rule the outer
 * rings without holes, or the keyhole lines, give the mask again to the pixel. O(edges + box width).
 */
export function traceEdges(mask: Mask): Outlines {
  const spans = spansOf(mask)
  const edges = horizontalEdges(spans)
  const { count, from, to, line } = edges
  // Corners by column; within a column they come from top to bottom, and where two regions touch at a corner the one of the pixel above comes first.
  const width = mask.width + 1
  const bucket = new Int32Array(width + 1)
  for (let e = 0; e < count; e++) {
    bucket[from[e] - mask.x + 1]++
    bucket[to[e] - mask.x + 1]++
  }
  for (let c = 0; c < width; c++) bucket[c + 1] += bucket[c]
  const corners = new Int32Array(count * 2) // edge·2 + (1: its end)
  const next = bucket.slice(0, width)
  for (let e = 0; e < count; e++) {
    corners[next[from[e] - mask.x]++] = e * 2
    corners[next[to[e] - mask.x]++] = e * 2 + 1
  }
  const follower = new Int32Array(count) // the edge after this one, over a vertical edge
  for (let i = 0; i + 1 < corners.length; i++) {
    const a = corners[i] >> 1
    const b = corners[i + 1] >> 1
    const sameCorner = cornerX(edges, corners[i]) === cornerX(edges, corners[i + 1]) && line[a] === line[b]
    if (sameCorner && to[a] > from[a] && to[b] < from[b]) {
      const below = corners[i]
      corners[i] = corners[i + 1]
      corners[i + 1] = below
    }
  }
  for (let i = 0; i < corners.length; i += 2) {
    const a = corners[i]
    const b = corners[i + 1]
    if ((a & 1) === 1) follower[a >> 1] = b >> 1
    else follower[b >> 1] = a >> 1
  }
  const ringOf = new Int32Array(count).fill(-1)
  const starts: number[] = []
  const isHole: boolean[] = []
  const rings: Int32Array[] = []
  for (let first = 0; first < count; first++) {
    if (ringOf[first] >= 0) continue
    const points: number[] = []
    let twiceArea = 0
    for (let e = first; ringOf[e] < 0; e = follower[e]) {
      ringOf[e] = starts.length
      points.push(from[e], line[e], to[e], line[e])
      // the vertical edges give nothing to this form of the area, ∑ −y·dx
      twiceArea -= line[e] * (to[e] - from[e])
    }
    starts.push(first)
    isHole.push(twiceArea < 0)
    rings.push(Int32Array.from(points))
  }
  const parents = holeParents(spans, edges, corners, bucket, mask, ringOf, starts, isHole)
  const place = new Int32Array(rings.length)
  const outer: Int32Array[] = []
  const holes: Int32Array[] = []
  rings.forEach((ring, i) => { place[i] = (isHole[i] ? holes.push(ring) : outer.push(ring)) - 1 })
  const outerOf = new Int32Array(holes.length)
  rings.forEach((_, i) => {
    if (!isHole[i]) return
    let up = i
    while (isHole[up]) up = parents[up].ring
    outerOf[place[i]] = place[up]
  })
  return { outer, holes, outerOf, keyholes: () => keyholeLines(edges, follower, starts, isHole, parents) }
}

interface Edges {
  readonly count: number
  /** i32[count] the pixel is on the right hand: walked to the right when it lies below the line, to the left when above */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly line: Int32Array
}
interface Parent {
  /** ring that the bridge starts from */
  readonly ring: number
  /** the bridge leaves from the vertical edge after this horizontal one, */
  readonly edge: number
  readonly x: number
  readonly y: number
}

const cornerX = ({ from, to }: Edges, corner: number): number => ((corner & 1) === 1 ? to[corner >> 1] : from[corner >> 1])

/** Where a row and the row above differ, from top to bottom and left to right. */
function horizontalEdges(spans: Int32Array): Edges {
  let capacity = Math.max(64, spans.length)
  let from = new Int32Array(capacity)
  let to = new Int32Array(capacity)
  let line = new Int32Array(capacity)
  let count = 0
  const add = (y: number, x0: number, x1: number, below: boolean): void => {
    if (count === capacity) {
      capacity *= 2
      from = larger(from, capacity)
      to = larger(to, capacity)
      line = larger(line, capacity)
    }
    from[count] = below ? x0 : x1
    to[count] = below ? x1 : x0
    line[count++] = y
  }
  const n = spans.length
  const END = 0x7fffffff
  let above = 0
  let aboveEnd = 0
  let row = 0
  while (row < n || above < aboveEnd) {
    // The line between the row of `above` spans and that of the `row` spans; an empty one when rows are left out.
    const y: number = above < aboveEnd ? spans[above] + 1 : spans[row]
    let rowEnd = row
    while (rowEnd < n && spans[rowEnd] === y) rowEnd += 3
    let i = above
    let j = row
    let inA = 0
    let inB = 0
    let start = 0
    let state = 0
    for (;;) {
      const nextA: number = i < aboveEnd ? spans[i + 1 + inA] : END
      const nextB: number = j < rowEnd ? spans[j + 1 + inB] : END
      const x = nextA < nextB ? nextA : nextB
      if (x === END) break
      if (nextA === x) {
        i += inA * 3
        inA ^= 1
      }
      if (nextB === x) {
        j += inB * 3
        inB ^= 1
      }
      const now = inA === inB ? 0 : inB === 1 ? 2 : 1
      if (now === state) continue
      if (state !== 0) add(y, start, x, state === 2)
      state = now
      start = x
    }
    above = row
    aboveEnd = rowEnd
    row = rowEnd
  }
  return { count, from: from.subarray(0, count), to: to.subarray(0, count), line: line.subarray(0, count) }
}

/** For each hole the vertical edge straight to the left of its leftmost corner: there its bridge goes. */
function holeParents(spans: Int32Array, edges: Edges, corners: Int32Array, bucket: Int32Array, mask: Mask, ringOf: Int32Array, starts: number[], isHole: readonly boolean[]): Parent[] {
  const parents: Parent[] = []
  if (!isHole.includes(true)) return parents
  const { count, from, to, line } = edges
  // Leftmost corner of each hole, the uppermost of them: there ends an edge of its upper border (walked to the left, its pixel lies above).
  const last = new Int32Array(starts.length).fill(-1)
  for (let e = 0; e < count; e++) {
    const ring = ringOf[e]
    if (!isHole[ring] || to[e] > from[e]) continue
    if (last[ring] < 0 || to[e] < to[last[ring]] || (to[e] === to[last[ring]] && line[e] < line[last[ring]])) last[ring] = e
  }
  for (let ring = 0; ring < starts.length; ring++) {
    if (!isHole[ring]) continue
    starts[ring] = last[ring]
    const y = line[last[ring]]
    const left = spanStart(spans, y, to[last[ring]])
    // corners of a column pair up to vertical edges
    let low = bucket[left - mask.x] >> 1
    let high = (bucket[left - mask.x + 1] >> 1) - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (line[corners[middle * 2 + 1] >> 1] <= y) low = middle + 1
      else high = middle
    }
    const a = corners[low * 2]
    const b = corners[low * 2 + 1]
    const edge = (a & 1) === 1 ? a >> 1 : b >> 1
    parents[ring] = { ring: ringOf[edge], edge, x: left, y }
  }
  return parents
}

/** x0 of the span of row y that ends at x. O(log spans). */
function spanStart(spans: Int32Array, y: number, x: number): number {
  let low = 0
  let high = spans.length / 3 - 1
  while (low < high) {
    const middle = (low + high) >> 1
    const row = spans[middle * 3]
    if (row < y || (row === y && spans[middle * 3 + 2] < x)) low = middle + 1
    else high = middle
  }
  return spans[low * 3 + 1]
}

/** Walks every outer ring; at a bridge it goes over to the hole, round it, and back. An explicit stack: noise has chains of thousands of holes. */
function keyholeLines({ from, to, line }: Edges, follower: Int32Array, starts: readonly number[], isHole: readonly boolean[], parents: readonly Parent[]): Int32Array[] {
  const bridges = new Map<number, number[]>()
  parents.forEach((parent, hole) => {
    const list = bridges.get(parent.edge)
    if (list === undefined) bridges.set(parent.edge, [hole])
    else list.push(hole)
  })
  for (const [edge, list] of bridges) {
    const down = line[follower[edge]] > line[edge]
    list.sort((a, b) => (down ? parents[a].y - parents[b].y : parents[b].y - parents[a].y))
  }
  return starts.flatMap((start, ring) => {
    if (isHole[ring]) return []
    const points: number[] = []
    // a frame: the edge to walk next, the one to stop before, the holes waiting on the vertical edge just reached
    const stack: { edge: number; readonly stop: number; begun: boolean; waiting: readonly number[]; at: number; readonly bridge: Parent | null }[] =
      [{ edge: start, stop: start, begun: false, waiting: [], at: 0, bridge: null }]
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (top.at < top.waiting.length) {
        const hole = top.waiting[top.at++]
        const parent = parents[hole]
        push(points, parent.x, parent.y)
        push(points, to[starts[hole]], parent.y)
        // walked from its leftmost corner; the edge that ends there is the last
        const first = follower[starts[hole]]
        stack.push({ edge: first, stop: first, begun: false, waiting: [], at: 0, bridge: parent })
      } else if (top.begun && top.edge === top.stop) {
        if (top.bridge !== null) push(points, top.bridge.x, top.bridge.y)
        stack.pop()
      } else {
        const { edge } = top
        top.begun = true
        push(points, from[edge], line[edge])
        push(points, to[edge], line[edge])
        top.waiting = bridges.get(edge) ?? []
        top.at = 0
        top.edge = follower[edge]
      }
    }
    return [Int32Array.from(points)]
  })
}

function push(points: number[], x: number, y: number): void {
  const n = points.length
  if (n >= 2 && points[n - 2] === x && points[n - 1] === y) return
  points.push(x, y)
}

function larger(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length)
  copy.set(array)
  return copy
}
