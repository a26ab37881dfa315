import { guidedLabels } from '../segment/guided-upsampling.ts'
import { cellsOf, mergeTree, partsAround, type MergeTree } from '../segment/merge-tree.ts'
import { photoGuide, type PhotoGuide } from '../segment/photo-guide.ts'
import type { ClickGraph } from '../segment/smart-click.ts'

/** Value of the cells of a part in the membership that becomes a mask; outside, its negative. */
const SURE = 1

/** A step of the wheel from part to whole: how far it is from the region that the clicks mean by themselves. */
export interface PartStep {
  readonly offset: number
  /** f32[guideHeight, guideWidth], positive inside */
  readonly values: Float32Array
}

/** The hierarchy of one photo, made when it is first asked for. */
export interface ClickParts {
  /**
   * @param alike   f32[cells]  positive where the clicks mean; offset 0 is the region most like it
   * @param offset  steps to the whole (positive) or to a part (negative); what is too far stops at the end
   * @returns undefined when no region holds the included cells without the excluded
   */
  at(include: readonly number[], exclude: readonly number[], alike: Float32Array, offset: number): PartStep | undefined
}

/** @param guide  u8[guideHeight, guideWidth, 3] */
export function createClickParts(graph: ClickGraph, guide: Uint8Array, guideWidth: number, guideHeight: number): ClickParts {
  let tree: MergeTree | undefined, edges: PhotoGuide | undefined
  return {
    at(include, exclude, alike, offset) {
      tree ??= mergeTree(graph)
      const parts = partsAround(tree, include, exclude)
      if (parts.length === 0) return undefined
      const known = tree
      const start = mostAlike(parts.map((node) => cellsOf(known, node)), alike)
      const place = Math.max(0, Math.min(parts.length - 1, start + offset))
      const inside = cellsOf(tree, parts[place])
      const planes = new Float32Array(2 * inside.length)
      inside.forEach((value, cell) => { planes[(value === 1 ? 0 : inside.length) + cell] = 1 })
      edges ??= photoGuide(guide, guideWidth, guideHeight, graph.columns, graph.rows)
      const labels = guidedLabels(planes, 2, edges)
      return { offset: place - start, values: Float32Array.from(labels, (label) => (label === 0 ? SURE : -SURE)) }
    },
  }
}

/** Place of the region with the largest IoU with what is positive. */
function mostAlike(regions: readonly Uint8Array[], alike: Float32Array): number {
  let best = 0, highest = -1
  regions.forEach((region, place) => {
    let both = 0, either = 0
    for (let i = 0; i < region.length; i++) {
      if (region[i] === 1 && alike[i] > 0) both++
      if (region[i] === 1 || alike[i] > 0) either++
    }
    if (both / either > highest) [highest, best] = [both / either, place]
  })
  return best
}
