import type { ClickState, Nearest } from './click-state.ts'
import type { ClickWindow } from './click-window.ts'
import { STEPS_MAX } from './smart-click.ts'

/** How much more each kind of px is inside than outside, by what kinds are told apart: f32[kinds] each. */
export interface Looks { readonly soft: Float32Array; readonly colour: Float32Array; readonly place: Float32Array; readonly colourShare: Float32Array; readonly placeShare: Float32Array }

/** All that px are judged by. */
export interface Judged {
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
  readonly looks: Looks
}

/** Places of the network's inputs (click-weights.ts). */
const AT = {
  first: 0, clicks: 1, boxSide: 2, boxRound: 3, inwards: 4, fromOutside: 5, insideWay: 6, outsideWay: 7, ways: 8, insideFar: 9, outsideFar: 10, said: 11,
  near: 12, nearest: 13, way: 14, alike: 15, reach: 16, insideUnlike: 17, outsideUnlike: 18, walks: 19, mask: 20, odds: 21, depth: 22, depthByReach: 23, corrects: 24,
  soft: 25, colour: 26, place: 27, texture: 28, far: 29, wayOut: 30, colourShare: 31, placeShare: 32,
} as const
export const EVIDENCE_COUNT = 33

/** Ways and walks longer than this are not told apart. */
const WAY_MAX = 2, WALK_MAX = STEPS_MAX + 1
/** Added to both where ways or walks are put in relation. */
const WAY_LEAST = 0.03, WALK_LEAST = 0.5

export const within = (value: number, least: number, most: number): number => (value < least ? least : value > most ? most : value)

/**
 * What each px is judged by, about −3 … 3.
 * @returns f32[EVIDENCE_COUNT, height, width], 0 where nothing is allowed. O(px · EVIDENCE_COUNT)
 */
export function pxEvidence(judged: Judged): Float32Array {
  const { allowed } = judged.window, n = allowed.length
  const evidence = new Float32Array(EVIDENCE_COUNT * n)
  const planeOf = (what: keyof typeof AT): Float32Array => evidence.subarray(AT[what] * n, (AT[what] + 1) * n)
  planeOf('first').fill(judged.first ? 1 : 0)
  planeOf('clicks').fill(Math.min(2, Math.log(judged.state.clicks.length)))
  planeOf('reach').fill(Math.min(2, (3 * judged.reach) / judged.window.size))
  fromPlace(judged.window, planeOf)
  fromAllClicks(judged, planeOf)
  fromNewClick(judged, planeOf)
  if (!judged.first) fromMask(judged, planeOf)
  if (!judged.blank) fromDepth(judged, planeOf)
  fromLooks(judged, planeOf)
  for (let i = 0; i < n; i++) if (allowed[i] === 0) for (let at = i; at < evidence.length; at += n) evidence[at] = 0
  return evidence
}

type PlaneOf = (what: keyof typeof AT) => Float32Array

function fromPlace({ boxed, across, down, inwards, fromOutside, texture }: ClickWindow, planeOf: PlaneOf): void {
  const sides = planeOf('boxSide'), round = planeOf('boxRound'), inward = planeOf('inwards'), outside = planeOf('fromOutside'), grain = planeOf('texture')
  for (let i = 0; i < inward.length; i++) {
    if (boxed) {
      sides[i] = Math.min(2, Math.max(across[i], down[i]))
      round[i] = Math.min(2, across[i] ** 2 + down[i] ** 2)
    }
    inward[i] = within(inwards[i], -0.5, 1)
    outside[i] = Math.min(2, 2 * fromOutside[i])
    grain[i] = 5 * texture[i]
  }
}

function fromAllClicks({ window: { size, fromOutside }, state: { inside, outside, said } }: Judged, planeOf: PlaneOf): void {
  planeOf('said').set(said)
  const insideWay = planeOf('insideWay'), outsideWay = planeOf('outsideWay'), ways = planeOf('ways'), wayOut = planeOf('wayOut')
  for (let i = 0; i < ways.length; i++) {
    const way = inside.way[i], other = outside.way[i], least = Math.min(WAY_MAX, way) + WAY_LEAST
    insideWay[i] = Math.min(2, 2 * way)
    outsideWay[i] = Math.min(2, 2 * other)
    ways[i] = within(Math.log((Math.min(WAY_MAX, other) + WAY_LEAST) / least), -3, 3)
    wayOut[i] = within(Math.log((fromOutside[i] + WAY_LEAST) / least), -3, 3)
  }
  const insideFar = planeOf('insideFar'), outsideFar = planeOf('outsideFar'), insideUnlike = planeOf('insideUnlike'), outsideUnlike = planeOf('outsideUnlike'), walks = planeOf('walks')
  for (let i = 0; i < walks.length; i++) {
    insideFar[i] = Math.min(2, inside.far[i] / size)
    outsideFar[i] = Math.min(2, outside.far[i] / size)
    insideUnlike[i] = Math.min(1, 3 * inside.unlike[i])
    outsideUnlike[i] = Math.min(1, 3 * outside.unlike[i])
    walks[i] = within(Math.log((Math.min(WALK_MAX, outside.walk[i]) + WALK_LEAST) / (Math.min(WALK_MAX, inside.walk[i]) + WALK_LEAST)), -3, 3)
  }
}

function fromNewClick({ window: { size }, sort, reach, now: { far, way, unlike } }: Judged, planeOf: PlaneOf): void {
  const near = planeOf('near'), nearest = planeOf('nearest'), ways = planeOf('way'), alike = planeOf('alike'), wide = planeOf('far')
  for (let i = 0; i < near.length; i++) {
    const reaches = far[i] / reach
    near[i] = sort * Math.exp(-reaches)
    nearest[i] = sort * Math.exp(-1.5 * reaches ** 2)
    ways[i] = sort * Math.exp(-8 * way[i])
    alike[i] = sort * Math.exp(-10 * unlike[i])
    wide[i] = sort * Math.exp((-10 * far[i]) / size)
  }
}

function fromMask({ state, before, sort }: Judged, planeOf: PlaneOf): void {
  const mask = planeOf('mask'), odds = planeOf('odds'), corrects = planeOf('corrects'), wrong = sort > 0 ? 0 : 1
  for (let i = 0; i < mask.length; i++) {
    mask[i] = before[i] === 1 ? 1 : -1
    odds[i] = within(state.odds[i], -4, 4) / 2
    corrects[i] = before[i] === wrong ? sort : 0
  }
}

function fromDepth({ window: { size }, depth, reach }: Judged, planeOf: PlaneOf): void {
  const bySize = planeOf('depth'), byReach = planeOf('depthByReach')
  for (let i = 0; i < bySize.length; i++) {
    bySize[i] = within((5 * depth[i]) / size, -2, 2)
    byReach[i] = within(depth[i] / reach, -2, 2)
  }
}

function fromLooks({ window: { kinds }, looks }: Judged, planeOf: PlaneOf): void {
  for (const [what, kind] of [['soft', 'soft'], ['colour', 'colour'], ['place', 'place'], ['colourShare', 'colour'], ['placeShare', 'place']] as const) {
    const plane = planeOf(what), own = looks[what], { of } = kinds[kind]
    for (let i = 0; i < plane.length; i++) plane[i] = own[of[i]]
  }
}
