import { STEPS_MAX } from './smart-click.ts'
import { leastChange, type ClickWindow, type Kinds } from './click-window.ts'

/** A click in px of the window. @property walk  f32[height, width]  when a walk on the affinity from there arrives (arrivalTimes) */
export interface WindowClick { readonly x: number; readonly y: number; readonly include: boolean; readonly walk: Float32Array }

/** What is nearest to a px of the clicks of one sort, each f32[height, width]. */
interface Nearest {
  /** way of least colour change, distance in px, difference of colour and texture, arrival of the walk */
  readonly way: Float32Array
  readonly far: Float32Array
  readonly unlike: Float32Array
  readonly walk: Float32Array
}

/** The clicks so far and what came of them; a step makes a new one. */
export interface ClickState {
  /** `reach`: px around it that are surely meant as it is, at most */
  readonly clicks: readonly { readonly x: number; readonly y: number; readonly include: boolean; readonly reach: number }[]
  readonly inside: Nearest
  readonly outside: Nearest
  /** f32[height, width]  [−1, 1]: of the click that says most of a px, how much and which sort */
  readonly said: Float32Array
  /** u8[height, width] and f32[height, width]: what the window showed after the last click, and how sure it was (log odds) */
  readonly mask: Uint8Array
  readonly odds: Float32Array
}

const UNREACHED = 1e9
/** Ways and walks longer than this are not told apart. */
const WAY_MAX = 2, WALK_MAX = STEPS_MAX + 1
/** Added to both where ways, walks or shares are put in relation. */
const WAY_LEAST = 0.03, WALK_LEAST = 0.5
/** A click counts as this share of the window's px for the colours around it, this far, px. */
const CLICK_SHARE = 1 / 1000, CLICK_PX = 2

export function noClicks({ width, height }: ClickWindow): ClickState {
  const n = width * height
  const nearest = (): Nearest => ({ way: new Float32Array(n).fill(UNREACHED), far: new Float32Array(n).fill(UNREACHED), unlike: new Float32Array(n).fill(UNREACHED), walk: new Float32Array(n).fill(UNREACHED) })
  return { clicks: [], inside: nearest(), outside: nearest(), said: new Float32Array(n), mask: new Uint8Array(n), odds: new Float32Array(n) }
}

/** What a new click and all that is known say of each px: one plane f32[height, width] for each of EVIDENCE, about −3 … 3, 0 where nothing is allowed. */
export interface Evidence { readonly state: ClickState; readonly planes: readonly Float32Array[] }

/** All that one px is judged by. */
interface Look {
  readonly window: ClickWindow
  readonly state: ClickState
  readonly first: boolean
  /** a first click without a box corrects nothing */
  readonly blank: boolean
  /** 1 or −1: the new click includes or not */
  readonly sort: number
  readonly reach: number
  readonly now: Nearest
  /** u8[height, width]  what the click corrects: the mask so far, all of the box for the first click */
  readonly before: Uint8Array
  /** f32[height, width]  px to the border of `before`, negative outside */
  readonly depth: Float32Array
  readonly looks: { readonly soft: Float32Array; readonly colour: Float32Array; readonly place: Float32Array; readonly colourShare: Float32Array; readonly placeShare: Float32Array }
}

const within = (value: number, least: number, most: number): number => (value < least ? least : value > most ? most : value)

/** What a px is judged by, in the order of the network's inputs (click-weights.ts). */
const EVIDENCE: readonly ((look: Look, i: number) => number)[] = [
  ({ first }) => (first ? 1 : 0),
  ({ state }) => Math.min(2, Math.log(state.clicks.length)),
  ({ window }, i) => (window.boxed ? Math.min(2, Math.max(window.across[i], window.down[i])) : 0),
  ({ window }, i) => (window.boxed ? Math.min(2, window.across[i] ** 2 + window.down[i] ** 2) : 0),
  ({ window }, i) => within(window.inwards[i], -0.5, 1),
  ({ window }, i) => Math.min(2, 2 * window.fromOutside[i]),
  ({ state }, i) => Math.min(2, 2 * state.inside.way[i]),
  ({ state }, i) => Math.min(2, 2 * state.outside.way[i]),
  ({ state }, i) => within(Math.log((Math.min(WAY_MAX, state.outside.way[i]) + WAY_LEAST) / (Math.min(WAY_MAX, state.inside.way[i]) + WAY_LEAST)), -3, 3),
  ({ state, window }, i) => Math.min(2, state.inside.far[i] / window.size),
  ({ state, window }, i) => Math.min(2, state.outside.far[i] / window.size),
  ({ state }, i) => state.said[i],
  ({ sort, now, reach }, i) => sort * Math.exp(-now.far[i] / reach),
  ({ sort, now, reach }, i) => sort * Math.exp(-1.5 * (now.far[i] / reach) ** 2),
  ({ sort, now }, i) => sort * Math.exp(-8 * now.way[i]),
  ({ sort, now }, i) => sort * Math.exp(-10 * now.unlike[i]),
  ({ reach, window }) => Math.min(2, (3 * reach) / window.size),
  ({ state }, i) => Math.min(1, 3 * state.inside.unlike[i]),
  ({ state }, i) => Math.min(1, 3 * state.outside.unlike[i]),
  ({ state }, i) => within(Math.log((Math.min(WALK_MAX, state.outside.walk[i]) + WALK_LEAST) / (Math.min(WALK_MAX, state.inside.walk[i]) + WALK_LEAST)), -3, 3),
  ({ first, before }, i) => (first ? 0 : before[i] === 1 ? 1 : -1),
  ({ first, state }, i) => (first ? 0 : within(state.odds[i], -4, 4) / 2),
  ({ blank, depth, window }, i) => (blank ? 0 : within((5 * depth[i]) / window.size, -2, 2)),
  ({ blank, depth, reach }, i) => (blank ? 0 : within(depth[i] / reach, -2, 2)),
  ({ first, before, sort }, i) => (!first && before[i] === (sort > 0 ? 0 : 1) ? sort : 0),
  ({ looks, window }, i) => looks.soft[window.kinds.soft.of[i]],
  ({ looks, window }, i) => looks.colour[window.kinds.colour.of[i]],
  ({ looks, window }, i) => looks.place[window.kinds.place.of[i]],
  ({ window }, i) => 5 * window.texture[i],
  ({ sort, now, window }, i) => sort * Math.exp((-10 * now.far[i]) / window.size),
  ({ window, state }, i) => within(Math.log((window.fromOutside[i] + WAY_LEAST) / (Math.min(WAY_MAX, state.inside.way[i]) + WAY_LEAST)), -3, 3),
  ({ looks, window }, i) => looks.colourShare[window.kinds.colour.of[i]],
  ({ looks, window }, i) => looks.placeShare[window.kinds.place.of[i]],
]
export const EVIDENCE_COUNT = EVIDENCE.length

/** O(px · EVIDENCE_COUNT) */
export function clickEvidence(window: ClickWindow, known: ClickState, click: WindowClick): Evidence {
  const { width, height, allowed, size } = window
  const n = width * height
  const first = known.clicks.length === 0, blank = first && !window.boxed
  const before = first ? allowed : known.mask
  const depth = blank ? new Float32Array(n).fill(size / 2) : depthOf(before, width, height)
  const reach = reachOf(window, known, click, Math.abs(depth[pxOf(window, click)]))
  const { state, now } = withClick(window, known, click, reach)
  const look: Look = { window, state, first, blank, sort: click.include ? 1 : -1, reach, now, before, depth, looks: looksOf(window, state, before, first, blank) }
  const planes = EVIDENCE.map((judge) => {
    const plane = new Float32Array(n)
    for (let i = 0; i < n; i++) if (allowed[i] === 1) plane[i] = judge(look, i)
    return plane
  })
  return { state, planes }
}

const pxOf = ({ width, height }: ClickWindow, { x, y }: { readonly x: number; readonly y: number }): number =>
  within(Math.floor(y), 0, height - 1) * width + within(Math.floor(x), 0, width - 1)

/** A click in the middle of an error says that all is wrong around it, but not further than to the mask's border or a click of the other sort. */
function reachOf(window: ClickWindow, { clicks }: ClickState, click: WindowClick, depth: number): number {
  const free = clicks.length > 0 && !window.boxed
  let reach = free ? depth : Math.min(depth, window.inwards[pxOf(window, click)] * window.inwardsPx)
  reach = Math.min(window.size, Math.max(1, reach))
  for (const { x, y, include } of clicks) if (include !== click.include) reach = Math.min(reach, Math.max(1, Math.hypot(x - click.x, y - click.y)))
  return reach
}

/** The state with one more click; mask and odds are still those before it. */
function withClick(window: ClickWindow, known: ClickState, click: WindowClick, reach: number): { state: ClickState; now: Nearest } {
  const said = known.said.slice()
  const now: Nearest = { way: leastChange(window, [pxOf(window, click)]), ...nearTo(window, click, reach, said), walk: click.walk }
  const nearest = (one: Nearest): Nearest => ({ way: least(one.way, now.way), far: least(one.far, now.far), unlike: least(one.unlike, now.unlike), walk: least(one.walk, now.walk) })
  const { x, y, include } = click
  return { now, state: { ...known, clicks: [...known.clicks, { x, y, include, reach }], said, ...(include ? { inside: nearest(known.inside) } : { outside: nearest(known.outside) }) } }
}

/** What all clicks so far say in another window, without a mask. O(clicks · px), ways but once for each sort. */
export function clicksAgain(window: ClickWindow, clicks: readonly (WindowClick & { readonly reach: number })[]): ClickState {
  const state = noClicks(window)
  let { inside, outside } = state
  for (const click of clicks) {
    const { far, unlike } = nearTo(window, click, click.reach, state.said), known = click.include ? inside : outside
    const nearer = { way: known.way, far: least(known.far, far), unlike: least(known.unlike, unlike), walk: least(known.walk, click.walk) }
    if (click.include) inside = nearer
    else outside = nearer
  }
  const waysOf = (sort: boolean): Float32Array => leastChange(window, clicks.filter(({ include }) => include === sort).map((click) => pxOf(window, click)))
  return { ...state, clicks: clicks.map(({ x, y, include, reach }) => ({ x, y, include, reach })), inside: { ...inside, way: waysOf(true) }, outside: { ...outside, way: waysOf(false) } }
}

/** @param said  made stronger in place where this click says more */
function nearTo(window: ClickWindow, { x, y, include }: WindowClick, reach: number, said: Float32Array): Pick<Nearest, 'far' | 'unlike'> {
  const { width, height, soft: [lightness, a, b], texture } = window
  const n = width * height, at = pxOf(window, { x, y })
  const far = new Float32Array(n), unlike = new Float32Array(n)
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      far[i] = Math.sqrt((column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2)
      unlike[i] = Math.sqrt((lightness[i] - lightness[at]) ** 2 + (a[i] - a[at]) ** 2 + (b[i] - b[at]) ** 2 + (texture[i] - texture[at]) ** 2)
      const says = Math.exp(-far[i] / reach)
      if (says > Math.abs(said[i])) said[i] = include ? says : -says
    }
  }
  return { far, unlike }
}

function least(a: Float32Array, b: Float32Array): Float32Array {
  const found = new Float32Array(a.length)
  for (let i = 0; i < found.length; i++) found[i] = a[i] < b[i] ? a[i] : b[i]
  return found
}

/** How much more each kind of px is inside than outside (log odds), and the log odds of its own px, by halves and thirds. */
function looksOf({ width, height, kinds }: ClickWindow, { clicks }: ClickState, before: Uint8Array, first: boolean, blank: boolean): Look['looks'] {
  const n = width * height, floor = 2e-4 + 4 / n
  const counts = ({ count, of }: Kinds): { inside: Float32Array; outside: Float32Array } => {
    const inside = new Float32Array(count), outside = new Float32Array(count)
    for (let i = 0; i < n; i++) {
      if (before[i] === 1) inside[of[i]]++
      else outside[of[i]]++
    }
    return { inside, outside }
  }
  const odds = (own: Kinds): Float32Array => {
    const { inside, outside } = counts(own)
    for (const { x, y, include } of clicks) {
      for (let row = Math.max(0, Math.floor(y) - CLICK_PX); row <= Math.min(height - 1, Math.floor(y) + CLICK_PX); row++) {
        for (let column = Math.max(0, Math.floor(x) - CLICK_PX); column <= Math.min(width - 1, Math.floor(x) + CLICK_PX); column++) (include ? inside : outside)[own.of[row * width + column]] += CLICK_SHARE * n
      }
    }
    const sum = (values: Float32Array): number => Math.max(1, values.reduce((total, value) => total + value, 0))
    const all = sum(inside), rest = sum(outside)
    return inside.map((value, kind) => (blank ? 0 : within(Math.log((value / all + floor) / (outside[kind] / rest + floor)), -4, 4) / 2))
  }
  const share = (own: Kinds): Float32Array => {
    const { inside, outside } = counts(own)
    return inside.map((value, kind) => (first ? 0 : Math.log((value + 1) / (outside[kind] + 1)) / 3))
  }
  return { soft: odds(kinds.soft), colour: odds(kinds.colour), place: odds(kinds.place), colourShare: share(kinds.colour), placeShare: share(kinds.place) }
}

/**
 * Px to the nearest px of the other side of a mask (chamfer 1 and √2), negative outside it; the picture's border is none.
 * @param mask  u8[height, width]
 * @returns f32[height, width], 10⁶ where there is no other side. O(px)
 */
export function depthOf(mask: Uint8Array, width: number, height: number): Float32Array {
  const n = width * height, depth = new Float32Array(n).fill(1e6)
  for (let pass = 0; pass < 2; pass++) {
    // from above and the left, then from below and the right
    const back = pass === 0 ? -1 : 1
    for (let k = 0; k < n; k++) {
      const at = pass === 0 ? k : n - 1 - k, x = at % width, side = mask[at]
      let least = depth[at]
      if (pass === 0 ? x > 0 : x < width - 1) least = Math.min(least, mask[at + back] === side ? depth[at + back] + 1 : 1)
      const row = at + back * width
      if (row >= 0 && row < n) {
        least = Math.min(least, mask[row] === side ? depth[row] + 1 : 1)
        if (x > 0) least = Math.min(least, mask[row - 1] === side ? depth[row - 1] + Math.SQRT2 : Math.SQRT2)
        if (x < width - 1) least = Math.min(least, mask[row + 1] === side ? depth[row + 1] + Math.SQRT2 : Math.SQRT2)
      }
      depth[at] = least
    }
  }
  for (let at = 0; at < n; at++) if (mask[at] === 0) depth[at] = -depth[at]
  return depth
}
