import { noClicks, type ClickState, type Nearest, type WindowClick } from './click-state.ts'
import { leastChange, type ClickWindow, type Kinds } from './click-window.ts'
import { pxEvidence, within, type Looks } from './px-evidence.ts'

/** A click counts as this share of the window's px for the colours around it, this far, px. */
const CLICK_SHARE = 1 / 1000, CLICK_PX = 2

/**
 * A new click and all that is known: the state with it, and what each px is judged by then (px-evidence.ts).
 * @returns evidence  f32[EVIDENCE_COUNT, height, width]. O(px · EVIDENCE_COUNT)
 */
export function clickEvidence(window: ClickWindow, known: ClickState, click: WindowClick): { readonly state: ClickState; readonly evidence: Float32Array } {
  const { width, height, allowed, size } = window
  const first = known.clicks.length === 0, blank = first && !window.boxed
  const before = first ? allowed : known.mask
  const depth = blank ? new Float32Array(width * height).fill(size / 2) : depthOf(before, width, height)
  const reach = reachOf(window, known, click, Math.abs(depth[pxOf(window, click)]))
  const { state, now } = withClick(window, known, click, reach)
  return { state, evidence: pxEvidence({ window, state, first, blank, sort: click.include ? 1 : -1, reach, now, before, depth, looks: looksOf(window, state, before, first, blank) }) }
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
function looksOf({ width, height, kinds }: ClickWindow, { clicks }: ClickState, before: Uint8Array, first: boolean, blank: boolean): Looks {
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
