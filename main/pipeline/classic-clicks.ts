import { stat } from 'node:fs/promises'
import { classicAffinity } from '../attention/classic-affinity.ts'
import { CELL_PX, classicFeatures, GRID_SIDE } from '../attention/classic-features.ts'
import { labPlanes } from '../attention/lab-colour.ts'
import { decodeRgb } from '../images/decode.ts'
import { levelMask } from '../masks/level-mask.ts'
import { EMPTY_MASK, type Mask } from '../masks/mask.ts'
import type { Products } from '../products/products.ts'
import { resize } from '../resample/resize.ts'
import { prepareGeodesic } from '../segment/click-geodesic.ts'
import { createClickWays, type ClickWays } from '../segment/click-ways.ts'
import { areaAverage } from '../segment/area-average.ts'
import { BARRED, clickCut, prepareCut, type CutPicture } from '../segment/click-cut.ts'
import { arrivalTimes, clickMembership, prepareClicks, sweepThreshold, type Click, type ClickGraph } from '../segment/smart-click.ts'
import type { ClickQuestion } from '../contract/smart-click.ts'
import { createClickParts, type ClickParts } from './click-parts.ts'
import type { PipelineAnswers, PipelineRequests } from './messages.ts'
import type { AffinityMap } from './pack-maps.ts'

/** Longer side of the picture that edges are followed on. */
const GUIDE_SIDE_MAX = 320
/** Colour changes beyond this say no more; those below the other nothing yet (Lab, hundredths). */
const COLOUR_FAR = 0.35, COLOUR_NEAR = 0.02
/** Value of what is inside but not connected with an including click. */
const APART = -0.3

/** What clicks on one photo need, made once. `times` fills up with the clicks. */
export interface ClickablePhoto {
  readonly graph: ClickGraph
  /** least colour change from including and from excluding clicks */
  readonly inside: ClickWays
  readonly outside: ClickWays
  readonly guideWidth: number
  readonly guideHeight: number
  readonly width: number
  readonly height: number
  readonly times: Map<number, Float32Array>
  readonly parts: ClickParts
  /** the picture in the px that the border is looked for in: without a box, and with one */
  readonly freeCut: CutPicture
  readonly boxCut: CutPicture
}

/** @throws EngineError from decoding */
export async function prepareClassicClicks(path: string, products: Products): Promise<ClickablePhoto> {
  const squashed = await decodeRgb(path, { width: GRID_SIDE * CELL_PX, height: GRID_SIDE * CELL_PX })
  return prepareClickablePhoto(path, { values: await classicAffinity(classicFeatures(squashed.rgb, GRID_SIDE, GRID_SIDE), products), w: GRID_SIDE, h: GRID_SIDE })
}

/** @param affinity  f32[n, n] of h · w cells, of any pack. @throws EngineError from decoding */
export async function prepareClickablePhoto(path: string, affinity: AffinityMap): Promise<ClickablePhoto> {
  const { width, height } = await decodeRgb(path)
  const guide = await decodeRgb(path, { maxSide: GUIDE_SIDE_MAX })
  const graph = prepareClicks(affinity.values, affinity.w, affinity.h)
  const colours = prepareGeodesic(labPlanes(guide.rgb, guide.width * guide.height), guide.width, guide.height)
  return {
    graph, freeCut: cutPicture(guide.rgb, guide.width, guide.height, FREE_CUT_SIDE), boxCut: cutPicture(guide.rgb, guide.width, guide.height, BOX_CUT_SIDE), parts: createClickParts(graph, guide.rgb, guide.width, guide.height), inside: createClickWays(colours), outside: createClickWays(colours),
    guideWidth: guide.width, guideHeight: guide.height, width, height, times: new Map(),
  }
}

/** Seeds around a box that say where the object is not, and how far outside it they stand, in grid cells. */
const BOX_SEEDS = 16, BOX_MARGIN = 0.75

/**
 * The mask that clicks mean: walks on the affinity (smart-click.ts) and least colour change (click-geodesic.ts) vote, the
 * nearest click wins; a cut by colours finds the border (click-cut.ts), what no including click is connected with falls away. A box is a click in its middle and excluding
 * ones around it. With a step in the hierarchy, the region of that step instead (click-parts.ts).
 * O(steps · kept affinity) for a new click, then O(pixels) and the cut
 */
export function clickMask(photo: ClickablePhoto, question: ClickQuestion): { mask: Mask; part: number | null } {
  const { graph, times, guideWidth, guideHeight, width, height } = photo
  const { threshold, box } = question
  const clicks = box === null ? question.clicks : [...question.clicks, ...clicksOfBox(photo, box, question.clicks.some(({ include }) => include))]
  const cells = clicks.map(({ x, y }) => placeIn(y, height, graph.rows) * graph.columns + placeIn(x, width, graph.columns))
  const each = cells.map((cell) => {
    const known = times.get(cell) ?? arrivalTimes(graph, cell)
    times.set(cell, known)
    return known
  })
  const including = each.filter((_, k) => clicks[k].include)
  if (including.length === 0) return { mask: EMPTY_MASK, part: null }
  const soonest = including.slice(1).reduce((least, one) => least.map((time, i) => Math.min(time, one[i])), including[0])
  const membership = clickMembership(clicks, each, threshold * sweepThreshold(graph, soonest))
  const own = question.clicks.length === 0 ? clicks : question.clicks
  const step = question.part === null ? undefined : photo.parts.at(
    own.flatMap(({ include }, k) => (include ? [cells[k]] : [])), own.flatMap(({ include }, k) => (include ? [] : [cells[k]])), membership, question.part)
  const scaled = clicks.map(({ x, y, include }) => ({ x: (x * guideWidth) / width, y: (y * guideHeight) / height, include }))
  const values = step?.values ?? Float32Array.from(resize(membership, graph.rows, graph.columns, 1, guideHeight, guideWidth, 'bilinear'))
  if (step === undefined) {
    const seeds = (kind: boolean): number[] => scaled.flatMap(({ x, y, include }) => (include === kind ? [placeIn(y, guideHeight, guideHeight) * guideWidth + placeIn(x, guideWidth, guideWidth)] : []))
    const inside = photo.inside.from(seeds(true), COLOUR_FAR * threshold), outside = photo.outside.from(seeds(false), COLOUR_FAR)
    for (let i = 0; i < values.length; i++) {
      values[i] += Math.log((Math.min(COLOUR_FAR, outside[i]) + COLOUR_NEAR) / (Math.min(COLOUR_FAR * threshold, inside[i]) + COLOUR_NEAR))
    }
    if (box !== null) keepInBox(values, photo, box)
    cutOut(box === null ? photo.freeCut : photo.boxCut, values, guideWidth, guideHeight, scaled, box === null ? 1 : BOX_ROUNDS)
    keepConnected(values, guideWidth, guideHeight, scaled)
  }
  return { mask: levelMask(values, guideWidth, guideHeight, width, height), part: step?.offset ?? null }
}

/** Px along the longer side of the picture that the border is looked for in. Without a box the finer one gained nothing and is slower (docs/effort.md). */
const FREE_CUT_SIDE = 160, BOX_CUT_SIDE = 200
/** How much the cut says of a px; the rest is said by the clicks, and makes the border finer than the cut's own px. */
const CUT_SAYS = 2
/** Rounds of the cut where a box keeps colours of elsewhere out; without one a second round gained nothing (docs/effort.md). */
const BOX_ROUNDS = 2

function cutPicture(rgb: Uint8Array, width: number, height: number, side: number): CutPicture {
  const scale = Math.min(1, side / Math.max(width, height))
  const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale))
  return prepareCut(areaAverage(rgb, width, height, w, h), w, h)
}

/** In place: the sign becomes that of the cut, but for a border of a px or two where the clicks decide. */
function cutOut(cut: CutPicture, values: Float32Array, width: number, height: number, clicks: readonly Click[], rounds: number): void {
  const coarse = Float32Array.from(resize(values, height, width, 1, cut.height, cut.width, 'bilinear'))
  const inside = clickCut(cut, coarse, clicks.map(({ x, y, include }) => ({ x: (x * cut.width) / width, y: (y * cut.height) / height, include })), rounds)
  const signs = resize(Float32Array.from(inside, (value) => (value === 1 ? CUT_SAYS : -CUT_SAYS)), cut.height, cut.width, 1, height, width, 'bilinear')
  for (let i = 0; i < values.length; i++) values[i] = signs[i] + Math.max(-0.5, Math.min(0.5, values[i]))
}

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

function keepInBox(values: Float32Array, { guideWidth, guideHeight, width, height }: ClickablePhoto, [x0, y0, x1, y1]: ClickBox): void {
  for (let y = 0, at = 0; y < guideHeight; y++) {
    const outside = ((y + 0.5) * height) / guideHeight < y0 || ((y + 0.5) * height) / guideHeight > y1
    for (let x = 0; x < guideWidth; x++, at++) {
      const across = ((x + 0.5) * width) / guideWidth
      if (outside || across < x0 || across > x1) values[at] = BARRED
    }
  }
}

const placeIn = (position: number, length: number, cells: number): number => Math.max(0, Math.min(cells - 1, Math.floor((position * cells) / length)))

function keepConnected(values: Float32Array, width: number, height: number, clicks: readonly Click[]): void {
  const kept = new Uint8Array(values.length)
  const open: number[] = []
  const visit = (at: number): void => {
    if (kept[at] === 1 || values[at] <= 0) return
    kept[at] = 1
    open.push(at)
  }
  for (const { x, y, include } of clicks) if (include) visit(placeIn(y, height, height) * width + placeIn(x, width, width))
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width
    if (x > 0) visit(at - 1)
    if (x + 1 < width) visit(at + 1)
    if (at >= width) visit(at - width)
    if (at + width < values.length) visit(at + width)
  }
  for (let i = 0; i < values.length; i++) if (kept[i] === 0) values[i] = Math.min(values[i], APART)
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
    return { ...clickMask(photo, question), width: photo.width, height: photo.height, milliseconds: performance.now() - from }
  }
}
