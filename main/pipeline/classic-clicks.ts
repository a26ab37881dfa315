import { stat } from 'node:fs/promises'
import { classicAffinity } from '../attention/classic-affinity.ts'
import { CELL_PX, classicFeatures, GRID_SIDE } from '../attention/classic-features.ts'
import type { ClickQuestion } from '../contract/smart-click.ts'
import { decodeRgb } from '../images/decode.ts'
import { levelMask } from '../masks/level-mask.ts'
import type { Mask } from '../masks/mask.ts'
import type { Products } from '../products/products.ts'
import { CLICK_NETWORKS } from '../segment/click-weights.ts'
import { arrivalTimes, clickMembership, prepareClicks, sweepThreshold, type ClickGraph } from '../segment/smart-click.ts'
import { createClickParts, type ClickParts } from './click-parts.ts'
import { createWindowClicks, type ClickNetworks, type WindowClicks } from './click-windows.ts'
import type { PipelineAnswers, PipelineRequests } from './messages.ts'
import type { AffinityMap } from './pack-maps.ts'

/** Longer side of the picture that parts are brought to the edges of, and of the one that windows are cut from. */
const GUIDE_SIDE_MAX = 320, FINE_SIDE_MAX = 2048

/** What clicks on one photo need, made once. `times` fills up with the clicks. */
export interface ClickablePhoto {
  readonly graph: ClickGraph
  readonly guideWidth: number
  readonly guideHeight: number
  readonly width: number
  readonly height: number
  readonly times: Map<number, Float32Array>
  readonly parts: ClickParts
  readonly windows: WindowClicks
}

/** @throws EngineError from decoding */
export async function prepareClassicClicks(path: string, products: Products, networks: ClickNetworks = CLICK_NETWORKS): Promise<ClickablePhoto> {
  const squashed = await decodeRgb(path, { width: GRID_SIDE * CELL_PX, height: GRID_SIDE * CELL_PX })
  return prepareClickablePhoto(path, { values: await classicAffinity(classicFeatures(squashed.rgb, GRID_SIDE, GRID_SIDE), products), w: GRID_SIDE, h: GRID_SIDE }, products, networks)
}

/** @param affinity  f32[n, n] of h · w cells, of any pack. @throws EngineError from decoding */
export async function prepareClickablePhoto(path: string, affinity: AffinityMap, products: Products, networks: ClickNetworks = CLICK_NETWORKS): Promise<ClickablePhoto> {
  const full = await decodeRgb(path), guide = await decodeRgb(path, { maxSide: GUIDE_SIDE_MAX })
  const { width, height } = full
  const fine = Math.max(width, height) <= FINE_SIDE_MAX ? full : await decodeRgb(path, { maxSide: FINE_SIDE_MAX })
  const graph = prepareClicks(affinity.values, affinity.w, affinity.h), times = new Map<number, Float32Array>()
  const { rows, columns } = graph
  const walkFrom = (x: number, y: number): { times: Float32Array; rows: number; columns: number } => ({ times: arrivals(graph, times, cellAt(graph, x / width, y / height)), rows, columns })
  return {
    graph, times, width, height, guideWidth: guide.width, guideHeight: guide.height,
    parts: createClickParts(graph, guide.rgb, guide.width, guide.height),
    windows: createWindowClicks({ width, height, fine, walkFrom }, networks, products),
  }
}

/** Seeds around a box that say where the object is not, and how far outside it they stand, in grid cells. */
const BOX_SEEDS = 16, BOX_MARGIN = 0.75

/**
 * The mask that clicks mean (click-windows.ts); with a step in the hierarchy, the region of that step instead (click-parts.ts).
 * O(steps · kept affinity) for a new click, then O(window)
 */
export async function clickMask(photo: ClickablePhoto, question: ClickQuestion): Promise<{ mask: Mask; part: number | null }> {
  return (question.part === null ? undefined : partOf(photo, question, question.part)) ?? { mask: await photo.windows.mask(question), part: null }
}

/** The region of a step: walks on the affinity say which is offset 0 (smart-click.ts); a box is excluding clicks around it. */
function partOf(photo: ClickablePhoto, question: ClickQuestion, offset: number): { mask: Mask; part: number } | undefined {
  const { graph, times, guideWidth, guideHeight, width, height } = photo
  const { threshold, box } = question
  const clicks = box === null ? question.clicks : [...question.clicks, ...clicksOfBox(photo, box, question.clicks.some(({ include }) => include))]
  const cells = clicks.map(({ x, y }) => cellAt(graph, x / width, y / height))
  const each = cells.map((cell) => arrivals(graph, times, cell))
  const including = each.filter((_, k) => clicks[k].include)
  if (including.length === 0) return undefined
  const soonest = including.slice(1).reduce((least, one) => least.map((time, i) => Math.min(time, one[i])), including[0])
  const membership = clickMembership(clicks, each, threshold * sweepThreshold(graph, soonest))
  const own = question.clicks.length === 0 ? clicks : question.clicks
  const step = photo.parts.at(
    own.flatMap(({ include }, k) => (include ? [cells[k]] : [])), own.flatMap(({ include }, k) => (include ? [] : [cells[k]])), membership, offset)
  return step === undefined ? undefined : { mask: levelMask(step.values, guideWidth, guideHeight, width, height), part: step.offset }
}

/** When a walk from a cell arrives at the others, found once. */
function arrivals(graph: ClickGraph, times: Map<number, Float32Array>, cell: number): Float32Array {
  const known = times.get(cell) ?? arrivalTimes(graph, cell)
  times.set(cell, known)
  return known
}

/** @param across  and down: [0, 1] of the photo */
const cellAt = ({ rows, columns }: ClickGraph, across: number, down: number): number => cellIn(down, rows) * columns + cellIn(across, columns)
const cellIn = (share: number, cells: number): number => Math.max(0, Math.min(cells - 1, Math.floor(share * cells)))

type ClickBox = NonNullable<ClickQuestion['box']>

function clicksOfBox({ graph, width, height }: ClickablePhoto, [x0, y0, x1, y1]: ClickBox, included: boolean): ClickQuestion['clicks'] {
  const right = (BOX_MARGIN * width) / graph.columns, down = (BOX_MARGIN * height) / graph.rows
  const around = Array.from({ length: BOX_SEEDS }, (_, k) => {
    const angle = (2 * Math.PI * k) / BOX_SEEDS
    // along the box itself, not an ellipse in it
    const stretch = 1 / Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle)))
    return { x: (x0 + x1) / 2 + ((x1 - x0) / 2 + right) * stretch * Math.cos(angle), y: (y0 + y1) / 2 + ((y1 - y0) / 2 + down) * stretch * Math.sin(angle), include: false }
  }).filter(({ x, y }) => x >= 0 && y >= 0 && x < width && y < height)
  return included ? around : [{ x: (x0 + x1) / 2, y: (y0 + y1) / 2, include: true }, ...around]
}

/** Keeps the photo that was clicked last ready: the first click on another one pays for its affinity. */
export function createClassicClicks(products: Products): (input: PipelineRequests['click']) => Promise<PipelineAnswers['click']> {
  let warm: { readonly key: string; readonly photo: Promise<ClickablePhoto> } | undefined
  return async ({ path, question }) => {
    const from = performance.now()
    const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }))
    const key = `${path} ${mtimeMs} ${size}`
    if (warm?.key !== key) {
      const photo = prepareClassicClicks(path, products)
      warm = { key, photo }
      photo.catch(() => { warm = undefined })
    }
    const photo = await warm.photo
    const answer = { ...await clickMask(photo, question), width: photo.width, height: photo.height, milliseconds: performance.now() - from }
    // once the answer is on its way
    setImmediate(() => { photo.windows.prepareNext() })
    return answer
  }
}
