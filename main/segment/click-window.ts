import { boxMean } from './box-mean.ts'
import { kMeans, kMeansPlusPlus, SCIKIT_LEARN_RULE } from './k-means.ts'
import { seededRandom } from './seeded-random.ts'

/** The part of a photo that an object is looked for in, in px of its own, and what all clicks on it need. */
export interface ClickWindow {
  readonly width: number
  readonly height: number
  /** root of the area that the object may have, px */
  readonly size: number
  readonly boxed: boolean
  /** u8[height, width]  1 where the object may be */
  readonly allowed: Uint8Array
  /** three planes f32[height, width] of Lab (hundredths), the mean around each px, and how much lightness varies there */
  readonly soft: readonly Float32Array[]
  readonly texture: Float32Array
  /** f32[height, width]  colour change to the px on the right and below */
  readonly stepRight: Float32Array
  readonly stepBelow: Float32Array
  /** four planes f32[height, width], [0, 1]: how alike a px and the one on the right, below, below right and below left are */
  readonly alike: readonly Float32Array[]
  /** px that look alike, by what they are told apart */
  readonly kinds: { readonly soft: Kinds; readonly colour: Kinds; readonly place: Kinds }
  /** f32[height, width]  from the middle of the box (0) to its sides (1), across and down */
  readonly across: Float32Array
  readonly down: Float32Array
  /** f32[height, width]  how far inside the nearest side, 1 in the middle of the shorter side; negative outside */
  readonly inwards: Float32Array
  /** px that `inwards` counts as one */
  readonly inwardsPx: number
  /** f32[height, width]  way of least colour change from outside */
  readonly fromOutside: Float32Array
}

/** Each px belongs to one of `count` kinds: i32[height, width]. */
export interface Kinds { readonly count: number; readonly of: Int32Array }

/** Radius of what is around a px: a share of the window's longer side. */
const AROUND = 1 / 50
const SOFT_KINDS = 24, COLOUR_KINDS = 64, PLACE_KINDS = 120
/** Weight of texture and of the place against colours where px are told apart. */
const TEXTURE = 1.5, PLACE = 0.8
/** Side of a block whose px are of one kind where means around px are told apart, px. */
const BLOCK = 2
const SAMPLES = 1000
/** A way across the whole window without any change of colour. */
const LENGTH = 0.5
const UNREACHED = 1e9

/**
 * @param lab  three planes f32[height, width], hundredths
 * @param box  x0, y0, x1, y1 in px of the window: nothing outside it; null: anywhere
 * O(px · kinds)
 */
export function prepareClickWindow(lab: readonly Float32Array[], width: number, height: number, box: readonly [number, number, number, number] | null): ClickWindow {
  const n = width * height, longer = Math.max(width, height)
  const radius = Math.max(1, Math.round(longer * AROUND))
  const around = (plane: Float32Array): Float32Array => {
    const mean = new Float64Array(n)
    boxMean(Float64Array.from(plane), width, height, radius, new Float64Array(n), mean)
    return Float32Array.from(mean)
  }
  const soft = lab.map(around)
  const texture = around(lab[0].map((value) => value * value)).map((square, i) => Math.sqrt(Math.max(0, square - soft[0][i] ** 2)))
  const [x0, y0, x1, y1] = box ?? [0, 0, width, height]
  const inwardsPx = Math.min(x1 - x0, y1 - y0) / 2
  const across = new Float32Array(n), down = new Float32Array(n), inwards = new Float32Array(n), column = new Float32Array(n), row = new Float32Array(n)
  for (let i = 0; i < n; i++) {
    const x = (i % width) + 0.5, y = Math.floor(i / width) + 0.5
    across[i] = Math.abs((2 * (x - x0)) / (x1 - x0) - 1)
    down[i] = Math.abs((2 * (y - y0)) / (y1 - y0) - 1)
    inwards[i] = Math.min(x - x0, x1 - x, y - y0, y1 - y) / inwardsPx
    column[i] = (PLACE * (i % width)) / longer
    row[i] = (PLACE * Math.floor(i / width)) / longer
  }
  const weighted = texture.map((value) => TEXTURE * value)
  const { stepRight, stepBelow, alike } = contrast(lab, width, height)
  const allowed = Uint8Array.from(inwards, (value) => (box === null || value > 0 ? 1 : 0))
  const outside: number[] = []
  for (let i = 0; i < n; i++) {
    const x = i % width, atSide = x === 0 || x === width - 1 || i < width || i >= n - width
    if (box === null ? atSide : allowed[i] === 0) outside.push(i)
  }
  return {
    width, height, size: box === null ? Math.sqrt(n) : Math.sqrt((x1 - x0) * (y1 - y0)), boxed: box !== null, allowed, soft, texture, stepRight, stepBelow, alike,
    kinds: {
      soft: kindsOf([...soft, weighted], width, height, BLOCK, SOFT_KINDS, 1),
      colour: kindsOf(lab, width, height, 1, COLOUR_KINDS, 2),
      place: kindsOf([...soft, weighted, column, row], width, height, BLOCK, PLACE_KINDS, 3),
    },
    across, down, inwards, inwardsPx, fromOutside: leastChange({ width, height, stepRight, stepBelow }, outside),
  }
}

/** Contrast of neighbours as Rother et al. (2004) weigh it: exp(−Δ² / 2⟨Δ²⟩) over their distance. */
function contrast(lab: readonly Float32Array[], width: number, height: number): Pick<ClickWindow, 'stepRight' | 'stepBelow' | 'alike'> {
  const n = width * height
  const [l, a, b] = lab
  const square = (i: number, j: number): number => (l[i] - l[j]) ** 2 + (a[i] - a[j]) ** 2 + (b[i] - b[j]) ** 2
  const alike = Array.from({ length: 4 }, () => new Float32Array(n).fill(Infinity))
  const [right, under, underRight, underLeft] = alike
  let sum = 0, pairs = 0
  for (let y = 0, i = 0; y < height; y++) {
    const below = y < height - 1
    for (let x = 0; x < width; x++, i++) {
      if (x < width - 1) {
        sum += right[i] = square(i, i + 1)
        pairs++
      }
      if (!below) continue
      sum += under[i] = square(i, i + width)
      pairs++
      if (x < width - 1) underRight[i] = square(i, i + width + 1)
      if (x > 0) underLeft[i] = square(i, i + width - 1)
    }
  }
  const beta = sum > 0 ? pairs / (2 * sum) : 0
  const stepRight = alike[0].map(Math.sqrt), stepBelow = alike[1].map(Math.sqrt)
  // without a neighbour there, nothing is alike
  for (const [k, plane] of alike.entries()) for (let i = 0; i < n; i++) plane[i] = plane[i] === Infinity ? 0 : Math.exp(-beta * plane[i]) / (k < 2 ? 1 : Math.SQRT2)
  return { stepRight, stepBelow, alike }
}

/** k-means of a sample; each px is of the kind of the centre nearest to it, or to the px at the upper left of its block. */
function kindsOf(planes: readonly Float32Array[], width: number, height: number, block: number, wanted: number, seed: number): Kinds {
  const n = width * height
  const d = planes.length, stride = Math.max(1, Math.floor(n / SAMPLES)), m = Math.floor((n - 1) / stride) + 1
  const points = new Float64Array(m * d)
  for (let i = 0; i < m; i++) for (let c = 0; c < d; c++) points[i * d + c] = planes[c][i * stride]
  const count = Math.min(wanted, m)
  const { centres } = kMeans(points, m, d, kMeansPlusPlus(points, m, d, count, seededRandom(seed)), count, { ...SCIKIT_LEARN_RULE, maxIterations: 8 })
  // by their first coordinate, so that a px is compared outwards from its neighbour's kind until that alone is too far
  const order = Array.from({ length: count }, (_, kind) => kind).sort((one, other) => centres[one * d] - centres[other * d])
  const sorted = Float64Array.from({ length: count * d }, (_, at) => centres[order[Math.floor(at / d)] * d + (at % d)])
  const of = new Int32Array(n)
  const own = new Float64Array(d)
  let last = 0
  for (let i = 0; i < n; i++) {
    const x = i % width, y = Math.floor(i / width), like = (y - (y % block)) * width + x - (x % block)
    if (like !== i) {
      of[i] = of[like]
      continue
    }
    for (let c = 0; c < d; c++) own[c] = planes[c][i]
    const begin = last
    let least = Infinity
    for (let place = begin, step = 1; ; place += step) {
      if (place === count) [place, step] = [begin - 1, -1]
      if (place < 0) break
      const first = own[0] - sorted[place * d]
      let sum = first * first
      if (sum > least && first * step < 0) {
        if (step < 0) break
        place = count - 1
        continue
      }
      for (let c = 1; c < d && sum <= least; c++) sum += (own[c] - sorted[place * d + c]) ** 2
      // of two as near, the one of the lower number
      if (sum < least || (sum === least && order[place] < order[last])) {
        least = sum
        last = place
      }
    }
    of[i] = order[last]
  }
  return { count, of }
}

/**
 * Least colour change on a way (4 neighbours) from the nearest seed to every px, plus a little for its length, by sweeps over the
 * window from its four corners: right but for ways that turn back more than twice.
 * @param seeds  px numbers
 * @returns f32[height, width]. O(px)
 */
export function leastChange({ width, height, stepRight, stepBelow }: Pick<ClickWindow, 'width' | 'height' | 'stepRight' | 'stepBelow'>, seeds: readonly number[]): Float32Array {
  const ways = new Float32Array(width * height).fill(UNREACHED), length = LENGTH / Math.max(width, height)
  for (const seed of seeds) ways[seed] = 0
  for (let sweep = 0; sweep < 8; sweep++) {
    const upwards = sweep % 4 === 1 || sweep % 4 === 3, leftwards = sweep % 4 === 1 || sweep % 4 === 2
    for (let k = 0; k < height; k++) {
      const from = (upwards ? height - 1 - k : k) * width
      if (k > 0) {
        // from the row before: its steps below lie with the upper of the two
        const before = upwards ? from + width : from - width, steps = upwards ? from : before
        for (let x = 0; x < width; x++) {
          const through = ways[before + x] + stepBelow[steps + x] + length
          if (through < ways[from + x]) ways[from + x] = through
        }
      }
      if (leftwards) {
        for (let at = from + width - 2; at >= from; at--) {
          const through = ways[at + 1] + stepRight[at] + length
          if (through < ways[at]) ways[at] = through
        }
      } else {
        for (let at = from + 1; at < from + width; at++) {
          const through = ways[at - 1] + stepRight[at - 1] + length
          if (through < ways[at]) ways[at] = through
        }
      }
    }
  }
  return ways
}
