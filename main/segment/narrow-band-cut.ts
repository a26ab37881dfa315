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
  for (let i = 0; i < m; i++) for (let c = 0; c < 3; c++) colours[c * m + i] = photo[i * 3 + c] / 255
  const mixtures = new Map<number, ColourMixture>()
  for (const label of new Set(labels)) {
    const mixture = fitColourMixture(colours, m, (i) => labels[i] === label)
    if (mixture !== null) mixtures.set(label, mixture)
  }
  if (mixtures.size < 2) return result
  const beta = contrast(colours, width, height)
  for (const label of [...mixtures.keys()].sort((a, b) => a - b)) expand(result, width, height, colours, mixtures, label, beta, options)
  return result
}

/** Pixels of a band around the borders of `label`, as node numbers; −1 outside. */
function bandOf(labels: Uint16Array, width: number, height: number, label: number, radius: number): { nodes: Int32Array; pixels: number[] } {
  const nodes = new Int32Array(labels.length).fill(-1)
  let pixels: number[] = []
  const take = (i: number): void => {
    if (nodes[i] !== -1) return
    nodes[i] = pixels.length
    pixels.push(i)
  }
  for (let i = 0; i < labels.length; i++) {
    const x = i % width
    const own = labels[i] === label
    if (x + 1 < width && (labels[i + 1] === label) !== own) [i, i + 1].forEach(take)
    if (i + width < labels.length && (labels[i + width] === label) !== own) [i, i + width].forEach(take)
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
      if (i + width < width * height) take(i + width)
    }
    from = end
  }
  return { nodes, pixels }
}

function expand(
  labels: Uint16Array, width: number, height: number, colours: Float64Array, mixtures: ReadonlyMap<number, ColourMixture>, alpha: number, beta: number, options: BandOptions,
): void {
  const { nodes, pixels } = bandOf(labels, width, height, alpha, options.radiusPx)
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
  for (const i of pixels) {
    const p = nodes[i]
    const x = i % width
    const [red, green, blue] = [colours[i], colours[m + i], colours[2 * m + i]]
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
  for (let p = 0; p < pixels.length; p++) if (!graph.withSource(p)) labels[pixels[p]] = alpha
}

/** β = 1/(2⟨‖Δ‖²⟩) over neighbours. */
function contrast(colours: Float64Array, width: number, height: number): number {
  const m = width * height
  let sum = 0
  let count = 0
  for (let i = 0; i < m; i++) {
    for (const j of [i % width < width - 1 ? i + 1 : -1, i + width < m ? i + width : -1]) {
      if (j < 0) continue
      sum += (colours[i] - colours[j]) ** 2 + (colours[m + i] - colours[m + j]) ** 2 + (colours[2 * m + i] - colours[2 * m + j]) ** 2
      count++
    }
  }
  return sum > 0 ? count / (2 * sum) : 0
}
