import type { ClickWindow } from './click-window.ts'
import { FlowGraph } from './max-flow.ts'

/** Cost of a border between neighbours that are quite alike, in log odds. */
const BORDER = 1
/** What one px may say at most. */
const ODDS_MAX = 6
/** Larger than any border. */
const CERTAIN = 1e6

/**
 * The border that costs least between what is likely inside and what not, where the picture changes (Boykov & Jolly 2001, 8 neighbours);
 * a clicked px with its four neighbours is certain, and so is what is not allowed.
 * @param odds    f32[height, width]  log odds, positive inside
 * @param clicks  px of the window, the last one first in doubt
 * @returns u8[height, width]. O(px) in practice
 */
export function clickCut({ width, height, allowed, alike: [right, below, belowRight, belowLeft] }: Pick<ClickWindow, 'width' | 'height' | 'allowed' | 'alike'>, odds: Float32Array, clicks: readonly { readonly x: number; readonly y: number; readonly include: boolean }[]): Uint8Array {
  const n = width * height
  const certain = new Int8Array(n)
  for (const { x, y, include } of clicks) {
    for (const [dx, dy] of [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const column = Math.floor(x) + dx, row = Math.floor(y) + dy
      if (column >= 0 && row >= 0 && column < width && row < height) certain[row * width + column] = include ? 1 : -1
    }
  }
  const graph = new FlowGraph(n, 4 * n)
  const edge = (from: number, to: number, weight: number): void => { if (weight > 0) graph.addEdge(from, to, BORDER * weight, BORDER * weight) }
  for (let i = 0; i < n; i++) {
    const said = Math.max(-ODDS_MAX, Math.min(ODDS_MAX, odds[i]))
    const out = allowed[i] === 0 || certain[i] === -1
    graph.addTerminals(i, out ? 0 : certain[i] === 1 ? CERTAIN : Math.max(0, said), out ? CERTAIN : certain[i] === 1 ? 0 : Math.max(0, -said))
    edge(i, i + 1, right[i])
    edge(i, i + width, below[i])
    edge(i, i + width + 1, belowRight[i])
    edge(i, i + width - 1, belowLeft[i])
  }
  graph.solve()
  const inside = new Uint8Array(n)
  for (let i = 0; i < n; i++) if (graph.withSource(i)) inside[i] = 1
  return inside
}
