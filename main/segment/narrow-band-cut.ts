import { colourCost, fitColourMixture, type ColourMixture } from './colour-mixture.ts'
import { FlowGraph } from './max-flow.ts'

export interface BandOptions {
  /** pixels farther than this from a border keep their label */
  readonly radiusPx: number
  /** weight of the smoothness term against the colours */
  readonly smoothness: number
}

/**
 * Measured after guided upsampling on 24 COCO photos at full size, 50 ms each: borders wrong by about a cell mIoU 0.701 →
 * 0.730, Boundary IoU 0.329 → 0.377; borders right to the cell lose, 0.869 → 0.854 and 0.684 → 0.617. So it is an option.
 */
export const BAND_DEFAULTS: BandOptions = { radiusPx: 4, smoothness: 15 }

/**
 * Moves the borders of a label map to the photo's edges inside a narrow band: one α-expansion sweep over the labels (Boykov,
 * Veksler & Zabih 2001), colour mixtures of each label's own pixels, contrast-weighted Potts smoothness on 4 neighbours.
 * O(labels · band pixels) in practice.
 * @param labels u16[height, width] @param photo u8[height, width, 3]
 * @returns u16[height, width]
 */
export function narrowBandCut(labels: Uint16Array, width: number, height: number, photo: Uint8Array, options: BandOptions = BAND_DEFAULTS): Uint16Array {
  if (photo.length !== labels.length * 3) throw new RangeError(`the photo holds ${photo.length} bytes, but ${width}×${height}×3 are needed`)
  const m = width * height
  const result = labels.slice()
  const colours = new Float64Array(3 * m)
  for (let c = 0, to = 0; c < 3; c++) for (let at = c; to < (c + 1) * m; at += 3, to++) colours[to] = photo[at] / 255
  const mixtures = new Map<number, ColourMixture>()
  const places = placesByLabel(labels)
  for (const [label, pixels] of places) {
    const mixture = fitColourMixture(colours, m, pixels)
    if (mixture !== null) mixtures.set(label, mixture)
  }
  if (mixtures.size < 2) return result
  const beta = contrast(colours, width, height)
  const nodes = new Int32Array(m).fill(-1)
  for (const [label, pixels] of places) expand(result, width, colours, mixtures, label, bandOf(result, width, label, pixels, options.radiusPx, nodes), nodes, beta, options)
  return result
}

/** The pixels of each label, ascending; labels ascending. */
function placesByLabel(labels: Uint16Array): Map<number, Int32Array> {
  const ends = new Int32Array(LABELS)
  for (let i = 0; i < labels.length; i++) ends[labels[i]]++
  for (let label = 1; label < LABELS; label++) ends[label] += ends[label - 1]
  const next = new Int32Array(LABELS)
  next.set(ends.subarray(0, LABELS - 1), 1)
  const sorted = new Int32Array(labels.length)
  for (let i = 0; i < labels.length; i++) sorted[next[labels[i]]++] = i
  const places = new Map<number, Int32Array>()
  for (let label = 0, from = 0; label < LABELS; from = ends[label++]) if (from < ends[label]) places.set(label, sorted.subarray(from, ends[label]))
  return places
}

const LABELS = 65536

/**
 * Pixels of a band around the borders of `label`, numbered in `nodes`, which is −1 before and elsewhere.
 * @param before  the label's pixels at first; others may have taken some since, and it has taken none
 */
function bandOf(labels: Uint16Array, width: number, label: number, before: Int32Array, radius: number, nodes: Int32Array): number[] {
  const pixels: number[] = []
  const take = (i: number): void => {
    if (nodes[i] !== -1) return
    nodes[i] = pixels.length
    pixels.push(i)
  }
  for (let p = 0; p < before.length; p++) {
    const i = before[p], x = i % width
    if (labels[i] !== label) continue
    const left = x > 0 && labels[i - 1] !== label, right = x + 1 < width && labels[i + 1] !== label
    const above = i >= width && labels[i - width] !== label, below = i + width < labels.length && labels[i + width] !== label
    if (!left && !right && !above && !below) continue
    take(i)
    if (left) take(i - 1)
    if (right) take(i + 1)
    if (above) take(i - width)
    if (below) take(i + width)
  }
  let from = 0
  for (let ring = 1; ring < radius; ring++) {
    const end = pixels.length
    for (let p = from; p < end; p++) {
      const i = pixels[p]
      const x = i % width
      if (x > 0) take(i - 1)
      if (x + 1 < width) take(i + 1)
      if (i >= width) take(i - width)
      if (i + width < labels.length) take(i + width)
    }
    from = end
  }
  return pixels
}

/** Lets `alpha` take what it gains by, of the pixels of its band; clears their numbers. */
function expand(
  labels: Uint16Array, width: number, colours: Float64Array, mixtures: ReadonlyMap<number, ColourMixture>, alpha: number, pixels: readonly number[], nodes: Int32Array, beta: number, options: BandOptions,
): void {
  const own = mixtures.get(alpha)
  if (pixels.length === 0 || own === undefined) return
  const m = labels.length
  const graph = new FlowGraph(pixels.length, 2 * pixels.length)
  const weight = (a: number, b: number): number => options.smoothness
    * Math.exp(-beta * ((colours[a] - colours[b]) ** 2 + (colours[m + a] - colours[m + b]) ** 2 + (colours[2 * m + a] - colours[2 * m + b]) ** 2))
  // with the source = keeps its label, with the sink = takes alpha
  const keepCost = new Float64Array(pixels.length)
  const takeCost = new Float64Array(pixels.length)
  const pair = (a: number, b: number): void => {
    const w = weight(a, b)
    const p = nodes[a]
    const q = nodes[b]
    const keepBoth = labels[a] === labels[b] ? 0 : w
    const takeB = labels[a] === alpha ? 0 : w
    const takeA = labels[b] === alpha ? 0 : w
    if (p >= 0 && q >= 0) {
      takeCost[p] += takeA - keepBoth
      takeCost[q] -= takeA
      graph.addEdge(p, q, takeB + takeA - keepBoth, 0)
    } else if (p >= 0) {
      keepCost[p] += keepBoth
      takeCost[p] += takeA
    } else if (q >= 0) {
      keepCost[q] += keepBoth
      takeCost[q] += takeB
    }
  }
  for (let p = 0; p < pixels.length; p++) {
    const i = pixels[p], x = i % width
    const red = colours[i], green = colours[m + i], blue = colours[2 * m + i]
    const current = mixtures.get(labels[i]) ?? own
    keepCost[p] += colourCost(current, red, green, blue)
    takeCost[p] += colourCost(own, red, green, blue)
    if (x + 1 < width) pair(i, i + 1)
    if (i + width < m) pair(i, i + width)
    if (x > 0 && nodes[i - 1] === -1) pair(i - 1, i)
    if (i >= width && nodes[i - width] === -1) pair(i - width, i)
  }
  for (let p = 0; p < pixels.length; p++) {
    const difference = takeCost[p] - keepCost[p]
    graph.addTerminals(p, Math.max(difference, 0), Math.max(-difference, 0))
  }
  graph.solve()
  for (let p = 0; p < pixels.length; p++) {
    if (!graph.withSource(p)) labels[pixels[p]] = alpha
    nodes[pixels[p]] = -1
  }
}

/** β = 1/(2⟨‖Δ‖²⟩) over neighbours. */
function contrast(colours: Float64Array, width: number, height: number): number {
  const m = width * height
  const squared = (a: number, b: number): number => (colours[a] - colours[b]) ** 2 + (colours[m + a] - colours[m + b]) ** 2 + (colours[2 * m + a] - colours[2 * m + b]) ** 2
  let sum = 0
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x + 1 < width) sum += squared(i, i + 1)
      if (y + 1 < height) sum += squared(i, i + width)
    }
  }
  const count = height * (width - 1) + width * (height - 1)
  return sum > 0 ? count / (2 * sum) : 0
}
