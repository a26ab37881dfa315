import { labPlanes } from '../attention/lab-colour.ts'
import type { ClickQuestion } from '../contract/smart-click.ts'
import type { DecodedRgb } from '../images/decode.ts'
import { levelMask } from '../masks/level-mask.ts'
import { EMPTY_MASK, type Mask } from '../masks/mask.ts'
import { encodeSpans } from '../masks/rle.ts'
import { intersectMasks } from '../masks/set-operations.ts'
import type { Products } from '../products/products.ts'
import { areaAverage } from '../segment/area-average.ts'
import { clickCut } from '../segment/click-cut.ts'
import { clickEvidence, clicksAgain } from '../segment/click-evidence.ts'
import { clickOdds, type ClickNetwork } from '../segment/click-network.ts'
import { noClicks, type ClickState, type WindowClick } from '../segment/click-state.ts'
import { prepareClickWindow, type ClickWindow } from '../segment/click-window.ts'

/** Longer side of the window that the border is looked for in, px of its own. */
const WINDOW_SIDE = 128
/** Room around a box, share of its sides, and at least so many px of the photo. */
const BOX_ROOM = 0.12, BOX_ROOM_PX = 4
/** Room around what was found and clicked without a box: at least, and in a new window; and how much larger than that a window may be. */
const ROOM_LEAST = 0.12, ROOM = 0.4, ROOM_PX = 20, LARGER = 1.5
/** How much the cut says of a px, and the odds at most: they make the border finer than the window's px. */
const CUT_SAYS = 2, ODDS_SAY = 0.5
/** Log odds of what lay outside a window before. */
const OUTSIDE = -4

type Click = ClickQuestion['clicks'][number]
/** x0, y0, x1, y1, px of the photo */
type Frame = readonly [number, number, number, number]

/** A part of the photo, and the window made of it. */
export interface Framed { readonly frame: Frame; readonly window: ClickWindow }
/** What is there after a click. */
export interface Step { readonly clicks: readonly Click[]; readonly framed: Framed; readonly state: ClickState }

export interface WindowPhoto {
  readonly width: number
  readonly height: number
  /** the picture that windows are cut from, at most as large as the photo */
  readonly fine: DecodedRgb
  /** when a walk from a place of the photo arrives at the cells of the affinity: f32[rows, columns] */
  walkFrom(x: number, y: number): { readonly times: Float32Array; readonly rows: number; readonly columns: number }
}

export interface ClickNetworks { readonly boxed: ClickNetwork; readonly free: ClickNetwork }

export interface WindowClicks {
  /** @returns the mask in px of the photo; one question after the other. O(window) for a click more than the last time */
  mask(question: Pick<ClickQuestion, 'clicks' | 'box' | 'threshold'>): Promise<Mask>
  /** Makes the window that the next click probably needs, while the person looks at the answer; the answers stay the same. O(window + clicks · px), nothing if made or not needed */
  prepareNext(): void
  /** The same, step by step, for those who learn from it. */
  step(before: Step | null, click: Click, box: Frame | null, threshold: number): Promise<Step & { readonly evidence: Float32Array }>
  maskOf(step: Step, box: Frame | null): Mask
}

/**
 * Clicks answered in a window around the box, or around what was found so far: what each px looks like and how it lies to all clicks
 * (click-evidence.ts) becomes its odds (click-network.ts), a cut finds the border (click-cut.ts). Each click corrects the mask
 * that the ones before it gave, so the order counts.
 */
export function createWindowClicks(photo: WindowPhoto, networks: ClickNetworks, products: Products): WindowClicks {
  const whole = framed(photo, [0, 0, photo.width, photo.height], null)
  let key = '', boxed = false, steps: Step[] = []
  let alone: { readonly key: string; readonly step: Step } | undefined
  let inBox: { readonly key: string; readonly framed: Framed } | undefined
  let ahead: { readonly of: Step; readonly refitted: Refitted } | undefined

  /** The window around what was found, made once: every click on it, or not far beside it, takes that one. */
  function windowAround(before: Step): Refitted {
    if (ahead?.of !== before) ahead = { of: before, refitted: refitted(photo, before, objectOf(before)) }
    return ahead.refitted
  }

  function refittedFor(before: Step, click: Click): Refitted {
    const object = objectOf(before)
    const near = object[0] <= object[2] ? windowAround(before) : before, held = holding(object, click)
    return fits(photo, near.framed.frame, held) ? near : refitted(photo, before, held)
  }

  function windowOf(box: Frame): Framed {
    if (inBox?.key !== String(box)) inBox = { key: String(box), framed: framed(photo, roomOf(photo, box), box) }
    return inBox.framed
  }

  async function step(before: Step | null, click: Click, box: Frame | null, threshold: number): Promise<Step & { readonly evidence: Float32Array }> {
    const known = before === null ? { framed: box === null ? whole : windowOf(box), state: null } : box === null ? refittedFor(before, click) : before
    const { window } = known.framed
    const { state, evidence } = clickEvidence(window, known.state ?? noClicks(window), inWindow(photo, known.framed, click))
    const odds = await clickOdds(box === null ? networks.free : networks.boxed, evidence, window.allowed, products)
    const more = Math.log(threshold)
    return { clicks: [...(before?.clicks ?? []), click], framed: known.framed, state: { ...state, odds, mask: clickCut(window, more === 0 ? odds : odds.map((value) => value + more), state.clicks) }, evidence }
  }

  function maskOf({ framed: { frame: [x0, y0, x1, y1], window }, state: { mask, odds } }: Step, box: Frame | null): Mask {
    const values = odds.map((value, i) => (mask[i] === 1 ? CUT_SAYS : -CUT_SAYS) + Math.max(-ODDS_SAY, Math.min(ODDS_SAY, value)))
    const found = levelMask(values, window.width, window.height, x1 - x0, y1 - y0)
    if (found.width === 0) return EMPTY_MASK
    const moved = { ...found, x: found.x + x0, y: found.y + y0 }
    return box === null ? moved : intersectMasks(moved, boxMask(box, photo))
  }

  /** A box alone is begun in its middle. A first click on what it shows then says better where the object is; one beside it, or an excluding one, mends it. */
  async function beginsAnew(first: Click | undefined, box: Frame, threshold: number): Promise<boolean> {
    if (first === undefined || !first.include) return false
    if (alone?.key !== key) alone = { key, step: await step(null, middleOf(box), box, threshold) }
    const { framed: { frame: [x0, y0, x1, y1], window: { width, height } }, state: { mask } } = alone.step
    return mask[cellIn((first.y - y0) / (y1 - y0), height) * width + cellIn((first.x - x0) / (x1 - x0), width)] === 1
  }

  async function answer({ clicks, box, threshold }: Pick<ClickQuestion, 'clicks' | 'box' | 'threshold'>): Promise<Mask> {
    const asked = `${String(box)} ${threshold}`
    if (asked !== key) steps = []
    key = asked
    boxed = box !== null
    const all = box === null ? includingFirst(clicks) : await beginsAnew(clicks.at(0), box, threshold) ? clicks : [middleOf(box), ...clicks]
    let kept = 0
    while (kept < Math.min(steps.length, all.length) && sameClick(steps[kept].clicks[kept], all[kept])) kept++
    steps = steps.slice(0, kept)
    for (const one of all.slice(kept)) {
      const { evidence: _, ...next } = await step(steps.at(-1) ?? null, one, box, threshold)
      steps.push(next)
    }
    const last = steps.at(-1)
    return last === undefined ? EMPTY_MASK : maskOf(last, box)
  }

  let answered: Promise<unknown> = Promise.resolve()
  return {
    step,
    maskOf,
    mask(question) {
      const own = answered.then(() => answer(question))
      answered = own.catch(() => undefined)
      return own
    },
    prepareNext() {
      const last = steps.at(-1)
      if (last === undefined || boxed) return
      const object = objectOf(last)
      if (object[0] <= object[2]) windowAround(last)
    },
  }
}

/** @param share  [0, 1] of a side of so many px */
const cellIn = (share: number, px: number): number => Math.max(0, Math.min(px - 1, Math.floor(share * px)))

const sameClick = (a: Click, b: Click): boolean => a.x === b.x && a.y === b.y && a.include === b.include

/** What begins without a box has to be something. */
function includingFirst(clicks: readonly Click[]): readonly Click[] {
  const at = clicks.findIndex(({ include }) => include)
  return at <= 0 ? clicks : [clicks[at], ...clicks.slice(0, at), ...clicks.slice(at + 1)]
}

const middleOf = ([x0, y0, x1, y1]: Frame): Click => ({ x: (x0 + x1) / 2, y: (y0 + y1) / 2, include: true })

function roomOf({ width, height }: WindowPhoto, [x0, y0, x1, y1]: Frame): Frame {
  const across = Math.max(BOX_ROOM_PX, Math.round(BOX_ROOM * (x1 - x0))), down = Math.max(BOX_ROOM_PX, Math.round(BOX_ROOM * (y1 - y0)))
  return [Math.max(0, Math.floor(x0) - across), Math.max(0, Math.floor(y0) - down), Math.min(width, Math.ceil(x1) + across), Math.min(height, Math.ceil(y1) + down)]
}

/** The px whose middle a box holds. */
function boxMask([x0, y0, x1, y1]: Frame, { width, height }: WindowPhoto): Mask {
  const left = Math.max(0, Math.ceil(x0 - 0.5)), right = Math.min(width, Math.floor(x1 + 0.5)), spans: number[] = []
  if (right > left) for (let y = Math.max(0, Math.ceil(y0 - 0.5)); y < Math.min(height, Math.floor(y1 + 0.5)); y++) spans.push(y, left, right)
  return encodeSpans(Int32Array.from(spans))
}

function framed({ fine, width, height }: WindowPhoto, frame: Frame, box: Frame | null): Framed {
  const [x0, y0, x1, y1] = frame
  const scale = Math.min(1, WINDOW_SIDE / Math.max(x1 - x0, y1 - y0))
  // the part in px of the fine picture
  const left = Math.floor((x0 * fine.width) / width), top = Math.floor((y0 * fine.height) / height)
  const right = Math.max(left + 1, Math.round((x1 * fine.width) / width)), bottom = Math.max(top + 1, Math.round((y1 * fine.height) / height))
  const w = Math.max(1, Math.min(right - left, Math.round((x1 - x0) * scale))), h = Math.max(1, Math.min(bottom - top, Math.round((y1 - y0) * scale)))
  const part = new Uint8Array((right - left) * (bottom - top) * 3)
  for (let y = top; y < bottom; y++) part.set(fine.rgb.subarray((y * fine.width + left) * 3, (y * fine.width + right) * 3), (y - top) * (right - left) * 3)
  const colours = areaAverage(part, right - left, bottom - top, w, h), n = w * h, rgb = new Uint8Array(3 * n)
  for (let c = 0; c < 3; c++) for (let i = 0; i < n; i++) rgb[3 * i + c] = Math.round(255 * colours[c * n + i])
  const across = w / (x1 - x0), down = h / (y1 - y0)
  return { frame, window: prepareClickWindow(labPlanes(rgb, n), w, h, box === null ? null : [(box[0] - x0) * across, (box[1] - y0) * down, (box[2] - x0) * across, (box[3] - y0) * down]) }
}

/** A click and its walk in px of the window. */
function inWindow(photo: WindowPhoto, { frame: [x0, y0, x1, y1], window: { width, height } }: Framed, { x, y, include }: Click): WindowClick {
  const { times, rows, columns } = photo.walkFrom(x, y)
  const walk = new Float32Array(width * height)
  const held = (value: number, most: number): number => Math.max(0, Math.min(most, value))
  for (let row = 0, at = 0; row < height; row++) {
    const down = held(((y0 + ((row + 0.5) * (y1 - y0)) / height) * rows) / photo.height - 0.5, rows - 1), top = Math.floor(down), below = Math.min(rows - 1, top + 1), v = down - top
    for (let column = 0; column < width; column++, at++) {
      const across = held(((x0 + ((column + 0.5) * (x1 - x0)) / width) * columns) / photo.width - 0.5, columns - 1), left = Math.floor(across), right = Math.min(columns - 1, left + 1), u = across - left
      walk[at] = (1 - v) * ((1 - u) * times[top * columns + left] + u * times[top * columns + right]) + v * ((1 - u) * times[below * columns + left] + u * times[below * columns + right])
    }
  }
  return { x: held(((x - x0) * width) / (x1 - x0), width - 0.001), y: held(((y - y0) * height) / (y1 - y0), height - 0.001), include, walk }
}

type Refitted = Pick<Step, 'framed' | 'state'>

/** The window of the step before while it holds the object with room; else one around it, and the state in it. @param object  around what was found and all clicks that count */
function refitted(photo: WindowPhoto, { clicks, framed: old, state }: Step, object: Frame): Refitted {
  const [x0, y0, x1, y1] = old.frame
  if (fits(photo, old.frame, object)) return { framed: old, state }
  const wanted = around(photo, object, ROOM)
  const next = framed(photo, wanted, null)
  const { width, height } = old.window, { window } = next
  const closer = (window.width / (wanted[2] - wanted[0])) / (width / (x1 - x0))
  const told = clicksAgain(window, clicks.map((one, k) => ({ ...inWindow(photo, next, one), reach: Math.max(1, state.clicks[k].reach * closer) })))
  for (let row = 0, at = 0; row < window.height; row++) {
    const y = Math.floor(((wanted[1] + ((row + 0.5) * (wanted[3] - wanted[1])) / window.height - y0) * height) / (y1 - y0))
    for (let column = 0; column < window.width; column++, at++) {
      const x = Math.floor(((wanted[0] + ((column + 0.5) * (wanted[2] - wanted[0])) / window.width - x0) * width) / (x1 - x0))
      const from = x >= 0 && y >= 0 && x < width && y < height ? y * width + x : -1
      told.mask[at] = from < 0 ? 0 : state.mask[from]
      told.odds[at] = from < 0 ? OUTSIDE : state.odds[from]
    }
  }
  return { framed: next, state: told }
}

/** Whether a window holds an object with room, and is not much larger than one made for it. */
function fits(photo: WindowPhoto, frame: Frame, object: Frame): boolean {
  const least = around(photo, object, ROOM_LEAST)
  return frame[0] <= least[0] && frame[1] <= least[1] && frame[2] >= least[2] && frame[3] >= least[3] && longerOf(frame) < LARGER * longerOf(around(photo, object, ROOM))
}

/** Around all that is inside, and what was included. */
function objectOf({ clicks, framed: { frame: [x0, y0, x1, y1], window: { width, height } }, state: { mask } }: Step): Frame {
  const across = (x1 - x0) / width, down = (y1 - y0) / height
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity
  const hold = (fromX: number, fromY: number, toX: number, toY: number): void => {
    left = Math.min(left, fromX)
    top = Math.min(top, fromY)
    right = Math.max(right, toX)
    bottom = Math.max(bottom, toY)
  }
  for (const { x, y, include } of clicks) if (include) hold(x, y, x, y)
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue
    const x = x0 + (at % width) * across, y = y0 + Math.floor(at / width) * down
    hold(x, y, x + across, y + down)
  }
  return [left, top, right, bottom]
}

const holding = ([left, top, right, bottom]: Frame, { x, y }: Click): Frame => [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)]

const longerOf = ([x0, y0, x1, y1]: Frame): number => Math.max(x1 - x0, y1 - y0)

function around({ width, height }: WindowPhoto, [x0, y0, x1, y1]: Frame, room: number): Frame {
  const more = Math.max(ROOM_PX, room * longerOf([x0, y0, x1, y1]))
  return [Math.max(0, Math.floor(x0 - more)), Math.max(0, Math.floor(y0 - more)), Math.min(width, Math.ceil(x1 + more)), Math.min(height, Math.ceil(y1 + more))]
}
