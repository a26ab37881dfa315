import { colourCost, fitColourMixture } from './colour-mixture.ts'
import { FlowGraph } from './max-flow.ts'
import type { Click } from './smart-click.ts'

/** Weights of what the clicks say of a px, of its colour, and of the border; a click is sure this far around it, px. Chosen on 15 objects (docs/effort.md). */
const CLICKS = 2, COLOURS = 0.6, BORDER = 30, SURE_PX = 2.2
/** What one px may say at most. */
const CLICKS_MAX = 3, COLOURS_MAX = 6
/** Larger than any border. */
const CERTAIN = 1e6
/** A px of less than half this is certainly outside. */
export const BARRED = -100

/** The contrast of a picture, once for all clicks on it: neighbours (4) that look alike are costly to part. */
export interface CutPicture {
  readonly width: number
  readonly height: number
  /** f64[3, height, width]  0 … 1 */
  readonly colours: Float64Array
  /** f32[height, width]  [0, 1] to the right and to below */
  readonly right: Float32Array
  readonly below: Float32Array
}

/** @param colours f64[3, height, width] 0 … 1 */
export function prepareCut(colours: Float64Array, width: number, height: number): CutPicture {
  const m = width * height
  const right = new Float32Array(m), below = new Float32Array(m)
  const squared = (i: number, j: number): number => (colours[i] - colours[j]) ** 2 + (colours[m + i] - colours[m + j]) ** 2 + (colours[2 * m + i] - colours[2 * m + j]) ** 2
  let sum = 0, pairs = 0
  for (let i = 0; i < m; i++) {
    if (i % width < width - 1) {
      right[i] = squared(i, i + 1)
      sum += right[i]
      pairs++
    }
    if (i + width < m) {
      below[i] = squared(i, i + width)
      sum += below[i]
      pairs++
    }
  }
  const beta = sum > 0 ? pairs / (2 * sum) : 0
  for (let i = 0; i < m; i++) {
    right[i] = Math.exp(-beta * right[i])
    below[i] = Math.exp(-beta * below[i])
  }
  return { width, height, colours, right, below }
}

/**
 * The border that costs least between what clicks mean and what not: colour mixtures of both sides (Rother et al. 2004), what
 * the clicks say, contrast-weighted smoothness; a px that was clicked, or barred, is certain.
 * @param values  f32[height, width]  positive where the clicks mean, BARRED where nothing can be
 * @param clicks  px of this picture
 * @param rounds  1: colours are fitted to both sides as the clicks mean them; with more, again to those of the cut before
 * @returns u8[height, width]. O(rounds · cut)
 */
export function clickCut(picture: CutPicture, values: Float32Array, clicks: readonly Click[], rounds = 1): Uint8Array {
  let inside = Uint8Array.from(values, (value) => (value > 0 ? 1 : 0))
  for (let round = 0; round < rounds; round++) inside = cutOnce(picture, values, clicks, inside)
  return inside
}

/** @param before  u8[height, width]  the sides that colours are fitted to; where there is only one, it stays */
function cutOnce({ width, height, colours, right, below }: CutPicture, values: Float32Array, clicks: readonly Click[], before: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const m = width * height
  const object = fitColourMixture(colours, m, (i) => before[i] === 1), rest = fitColourMixture(colours, m, (i) => before[i] === 0)
  if (object === null || rest === null) return before
  const graph = new FlowGraph(m, 2 * m)
  const sure = new Int8Array(m)
  for (const { x, y, include } of clicks) {
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const column = Math.floor(x) + dx, row = Math.floor(y) + dy
        if (dx * dx + dy * dy <= SURE_PX * SURE_PX && column >= 0 && row >= 0 && column < width && row < height) sure[row * width + column] = include ? 1 : -1
      }
    }
  }
  for (let i = 0; i < m; i++) {
    const colour = colourCost(rest, colours[i], colours[m + i], colours[2 * m + i]) - colourCost(object, colours[i], colours[m + i], colours[2 * m + i])
    const said = CLICKS * Math.max(-CLICKS_MAX, Math.min(CLICKS_MAX, values[i])) + COLOURS * Math.max(-COLOURS_MAX, Math.min(COLOURS_MAX, colour))
    graph.addTerminals(i, sure[i] === 1 ? CERTAIN : Math.max(0, said), sure[i] === -1 || values[i] < BARRED / 2 ? CERTAIN : Math.max(0, -said))
    if (i % width < width - 1) graph.addEdge(i, i + 1, BORDER * right[i], BORDER * right[i])
    if (i + width < m) graph.addEdge(i, i + width, BORDER * below[i], BORDER * below[i])
  }
  graph.solve()
  return Uint8Array.from({ length: m }, (_, i) => (graph.withSource(i) ? 1 : 0))
}
