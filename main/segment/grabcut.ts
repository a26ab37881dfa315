import { resizeNearest } from '../resample/nearest.ts'
import { areaAverage } from './area-average.ts'
import { colourCost, fitColourMixture } from './colour-mixture.ts'
import { FlowGraph } from './max-flow.ts'

/** Longest side the cut runs at, its rounds of fitting and cutting, and GrabCut's edge weight γ. */
const LONGEST_SIDE = 128
const ROUNDS = 2
const EDGE_WEIGHT = 50
/** regions below this share of the picture have too few colours to model and stay as they are */
const LEAST_SHARE = 0.002

/**
 * One-versus-rest graph cut on colours from a label map (Rother et al. 2004, without hard seeds): for each class in turn two
 * colour mixtures and a minimum cut; a pixel claimed by one class goes to it, by several to the clearest claim, by none keeps
 * its label. It is the report's failed combination, kept for study: classes are cut apart without knowing of each other.
 * O(classes · cut of 128 × 128).
 * @param labels u16[height, width] @param photo u8[photoHeight, photoWidth, 3]
 * @returns u16[height, width]
 */
export function grabCut(labels: Uint16Array, width: number, height: number, photo: Uint8Array, photoWidth: number, photoHeight: number): Uint16Array {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height, 1), photoWidth / width, photoHeight / height)
  const w = Math.max(1, Math.round(width * scale))
  const h = Math.max(1, Math.round(height * scale))
  const start = resizeNearest(labels, height, width, h, w)
  const colours = areaAverage(photo, photoWidth, photoHeight, w, h)
  const m = w * h
  const areas = new Map<number, number>()
  for (const label of start) areas.set(label, (areas.get(label) ?? 0) + 1)
  if (areas.size < 2) return labels.slice()
  const edges = contrastEdges(colours, w, h)
  const result = start.slice()
  const claims = new Float64Array(m).fill(-Infinity)
  for (const [label, area] of [...areas].sort((a, b) => a[0] - b[0])) {
    if (area < LEAST_SHARE * m) continue
    const { inside, margin } = cutOne(start, label, colours, m, edges)
    for (let i = 0; i < m; i++) {
      if (inside[i] === 1 && margin[i] > claims[i]) {
        claims[i] = margin[i]
        result[i] = label
      }
    }
  }
  return resizeNearest(result, h, w, height, width)
}

interface Edges {
  readonly from: Int32Array
  readonly to: Int32Array
  readonly weights: Float64Array
}

function cutOne(start: Uint16Array, label: number, colours: Float64Array, m: number, edges: Edges): { inside: Uint8Array; margin: Float64Array } {
  const inside = Uint8Array.from(start, (value) => (value === label ? 1 : 0))
  const margin = new Float64Array(m)
  for (let round = 0; round < ROUNDS; round++) {
    const object = fitColourMixture(colours, m, placesOf(inside, 1))
    const rest = fitColourMixture(colours, m, placesOf(inside, 0))
    if (object === null || rest === null) break
    const graph = new FlowGraph(m, edges.from.length)
    for (let i = 0; i < m; i++) {
      const [red, green, blue] = [colours[i], colours[m + i], colours[2 * m + i]]
      margin[i] = colourCost(rest, red, green, blue) - colourCost(object, red, green, blue)
      graph.addTerminals(i, Math.max(margin[i], 0), Math.max(-margin[i], 0))
    }
    for (let e = 0; e < edges.from.length; e++) graph.addEdge(edges.from[e], edges.to[e], edges.weights[e], edges.weights[e])
    graph.solve()
    for (let i = 0; i < m; i++) inside[i] = graph.withSource(i) ? 1 : 0
  }
  return { inside, margin }
}

/** 8-connected edges weighted γ · exp(−β‖Δ‖²)/distance with β = 1/(2⟨‖Δ‖²⟩). */
function contrastEdges(colours: Float64Array, w: number, h: number): Edges {
  const m = w * h
  const from: number[] = []
  const to: number[] = []
  const squares: number[] = []
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (const [dx, dy] of [[1, 0], [0, 1], [1, 1], [-1, 1]]) {
        if (x + dx < 0 || x + dx >= w || y + dy >= h) continue
        const a = y * w + x
        const b = (y + dy) * w + x + dx
        from.push(a)
        to.push(b)
        squares.push((colours[a] - colours[b]) ** 2 + (colours[m + a] - colours[m + b]) ** 2 + (colours[2 * m + a] - colours[2 * m + b]) ** 2)
      }
    }
  }
  const mean = squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length)
  const beta = mean > 0 ? 1 / (2 * mean) : 0
  const weights = Float64Array.from(squares, (square, e) => (EDGE_WEIGHT * Math.exp(-beta * square)) / (Math.abs(to[e] - from[e]) === 1 || Math.abs(to[e] - from[e]) === w ? 1 : Math.SQRT2))
  return { from: Int32Array.from(from), to: Int32Array.from(to), weights }
}

/** Pixels that are so, ascending. */
function placesOf(inside: Uint8Array, value: 0 | 1): Int32Array {
  let count = 0
  for (let i = 0; i < inside.length; i++) if (inside[i] === value) count++
  const places = new Int32Array(count)
  for (let i = 0, at = 0; i < inside.length; i++) if (inside[i] === value) places[at++] = i
  return places
}
