import type { ClickGraph } from './smart-click.ts'

/**
 * Every way from a cell to the whole picture by joining neighbours. Nodes 0 … n − 1 are the cells; each further node joins two.
 * @property parents  i32[nodes]  −1 for the last one
 * @property sizes    i32[nodes]  cells below it
 * @property leaks    f32[nodes]  [0, 1] share of its affinity that leads out of it
 */
export interface MergeTree {
  readonly parents: Int32Array
  readonly sizes: Int32Array
  readonly leaks: Float32Array
}

interface Candidate { readonly tie: number; readonly a: number; readonly b: number }

/**
 * Joins the neighbouring regions that belong together most, one pair after another: the tie of two regions is the affinity
 * between them over the cells of the smaller one, so a part is joined to what most of its affinity leads to.
 * O(kept affinity · log n) typical, by a heap and joining the smaller list into the larger
 */
export function mergeTree({ rows, columns, starts, cells, weights }: ClickGraph): MergeTree {
  const n = rows * columns
  const parents = new Int32Array(2 * n - 1).fill(-1)
  const sizes = new Int32Array(2 * n - 1).fill(1, 0, n)
  const leaks = new Float32Array(2 * n - 1)
  const links = Array.from({ length: n }, (_, i) => {
    const found = new Map<number, number>()
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      if (cells[at] === i) continue
      found.set(cells[at], weights[at])
      leaks[i] += weights[at]
    }
    return found
  })
  const borders = Array.from({ length: n }, (_, i) => {
    const x = i % columns, found = new Set<number>()
    if (x > 0) found.add(i - 1)
    if (x + 1 < columns) found.add(i + 1)
    if (i >= columns) found.add(i - columns)
    if (i + columns < n) found.add(i + columns)
    return found
  })
  const heap: Candidate[] = []
  const offer = (a: number, b: number): void => push(heap, { a, b, tie: Math.min(1, (links[a].get(b) ?? 0) / Math.min(sizes[a], sizes[b])) })
  for (let a = 0; a < n; a++) for (const b of borders[a]) if (a < b) offer(a, b)
  for (let node = n; node < 2 * n - 1; node++) {
    let best = pop(heap)
    while (best !== undefined && (parents[best.a] >= 0 || parents[best.b] >= 0)) best = pop(heap)
    if (best === undefined) break
    const { a, b } = best
    const [small, large] = links[a].size + borders[a].size < links[b].size + borders[b].size ? [a, b] : [b, a]
    parents[a] = node
    parents[b] = node
    sizes[node] = sizes[a] + sizes[b]
    leaks[node] = Math.max(0, leaks[a] * sizes[a] + leaks[b] * sizes[b] - 2 * (links[a].get(b) ?? 0)) / sizes[node]
    const joined = links[large], around = borders[large]
    for (const [other, weight] of links[small]) joined.set(other, (joined.get(other) ?? 0) + weight)
    for (const other of borders[small]) around.add(other)
    joined.delete(a)
    joined.delete(b)
    around.delete(a)
    around.delete(b)
    for (const [other, weight] of joined) {
      links[other].delete(a)
      links[other].delete(b)
      links[other].set(node, weight)
    }
    for (const other of around) {
      borders[other].delete(a)
      borders[other].delete(b)
      borders[other].add(node)
    }
    links.push(joined)
    borders.push(around)
    for (const other of around) offer(node, other)
  }
  return { parents, sizes, leaks }
}

/** A region is worth stopping at when growing by up to this much makes it no more apart; and from this many cells on. */
const GROWTH = 1.5, CELLS_MIN = 3

/**
 * The regions from part to whole that hold some cells and not others and stand apart: none that holds them and is up to
 * GROWTH times as large leaks less.
 * @param include  at least one cell
 * @returns nodes, the smallest first; empty when nothing holds the one without the other. O(depth²) at worst
 */
export function partsAround(tree: MergeTree, include: readonly number[], exclude: readonly number[]): number[] {
  const { sizes, leaks } = tree
  const barred = new Set(exclude.flatMap((cell) => wayUp(tree, cell)))
  const others = include.slice(1).map((cell) => new Set(wayUp(tree, cell)))
  const way = include.length === 0 ? [] : wayUp(tree, include[0]).filter((node) => sizes[node] >= CELLS_MIN && !barred.has(node) && others.every((other) => other.has(node)))
  return way.filter((node, at) => {
    for (let above = at + 1; above < way.length && sizes[way[above]] <= GROWTH * sizes[node]; above++) if (leaks[way[above]] <= leaks[node]) return false
    return true
  })
}

function wayUp({ parents }: MergeTree, cell: number): number[] {
  const way: number[] = []
  for (let node = cell; node >= 0; node = parents[node]) way.push(node)
  return way
}

/** u8[n]: 1 for the cells below a node. O(n) */
export function cellsOf({ parents }: MergeTree, node: number): Uint8Array {
  const n = (parents.length + 1) / 2
  const inside = new Uint8Array(parents.length)
  inside[node] = 1
  // a parent's number is always the greater one
  for (let at = node - 1; at >= 0; at--) if (parents[at] >= 0 && inside[parents[at]] === 1) inside[at] = 1
  return inside.slice(0, n)
}

function push(heap: Candidate[], candidate: Candidate): void {
  heap.push(candidate)
  let at = heap.length - 1
  while (at > 0) {
    const up = (at - 1) >> 1
    if (heap[up].tie >= candidate.tie) break
    heap[at] = heap[up]
    at = up
  }
  heap[at] = candidate
}

function pop(heap: Candidate[]): Candidate | undefined {
  const [top] = heap
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    let down = 2 * at + 1
    if (down >= heap.length) break
    if (down + 1 < heap.length && heap[down + 1].tie > heap[down].tie) down++
    if (heap[down].tie <= last.tie) break
    heap[at] = heap[down]
    at = down
  }
  heap[at] = last
  return top
}
