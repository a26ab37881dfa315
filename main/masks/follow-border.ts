import { EMPTY_MASK, type Mask } from './mask.ts'
import { areaOf, encodeSpans, forEachSpan } from './rle.ts'
import { sameMask, subtractMasks, unionMasks } from './set-operations.ts'

/** Owners of px that are no neighbour's place: nobody's, what stays whose it is, and what the changed mask gave up. */
const OPEN = -1
const KEPT = -2
const GIVEN_UP = -3

/**
 * The masks of neighbours after one mask changed and the borders they share with it went along. What it gained they
 * lose. What it gave up goes to the neighbours beside it, each px to the nearest; a part of it (4-connected) that lies
 * more along open ground than along neighbours stays open. Px that a neighbour had already stay its own, and nobody gets
 * those of what is fixed.
 * @param fixed masks whose px are to stay as they are: neither open ground nor a neighbour
 * @returns for each neighbour its mask now, or null: it is as it was. O(runs of the masks that meet what changed + px of the box given up).
 */
export function followBorder(before: Mask, after: Mask, neighbours: readonly Mask[], fixed: readonly Mask[], width: number, height: number): (Mask | null)[] {
  const gained = subtractMasks(after, before)
  const givenUp = subtractMasks(before, after)
  const taken = neighbours.map((mask) => subtractMasks(mask, gained))
  const added = givenUp.width === 0 ? [] : shareOut(givenUp, after, neighbours, fixed, width, height)
  return neighbours.map((mask, i) => {
    const next = added[i] === undefined ? taken[i] : unionMasks(taken[i], added[i])
    return next === mask || sameMask(mask, next) ? null : next
  })
}

/** What each neighbour gets of px that were given up. */
function shareOut(givenUp: Mask, after: Mask, neighbours: readonly Mask[], fixed: readonly Mask[], imageWidth: number, imageHeight: number): Mask[] {
  // one px around, as far as there is one: that is where neighbours begin
  const x0 = Math.max(0, givenUp.x - 1)
  const y0 = Math.max(0, givenUp.y - 1)
  const width = Math.min(imageWidth, givenUp.x + givenUp.width + 1) - x0
  const height = Math.min(imageHeight, givenUp.y + givenUp.height + 1) - y0
  const owner = new Int32Array(width * height).fill(OPEN)
  const paint = (mask: Mask, value: number, overAll: boolean) => {
    if (mask.x >= x0 + width || mask.y >= y0 + height || mask.x + mask.width <= x0 || mask.y + mask.height <= y0) return
    forEachSpan(mask, (y, from, to) => {
      if (y < y0 || y >= y0 + height) return
      const row = (y - y0) * width - x0
      for (let p = row + Math.max(from, x0); p < row + Math.min(to, x0 + width); p++) if (overAll || owner[p] === OPEN) owner[p] = value
    })
  }
  for (const [i, mask] of neighbours.entries()) paint(mask, i, true)
  for (const mask of fixed) paint(mask, KEPT, false)
  paint(after, KEPT, true)
  paint(givenUp, GIVEN_UP, false)

  const beside = (p: number, visit: (q: number) => void) => {
    const x = p % width
    if (x > 0) visit(p - 1)
    if (x < width - 1) visit(p + 1)
    if (p >= width) visit(p - width)
    if (p < owner.length - width) visit(p + width)
  }
  const seen = new Uint8Array(owner.length)
  // px of the part at hand, then those of it that have an owner now, in the order they got it
  const part = new Int32Array(areaOf(givenUp))
  const queue = new Int32Array(part.length)
  const nearest = new Int32Array(part.length)
  for (let start = 0; start < owner.length; start++) {
    if (owner[start] !== GIVEN_UP || seen[start] === 1) continue
    part[0] = start
    seen[start] = 1
    let size = 1
    let alongNeighbours = 0
    let alongOpen = 0
    for (let at = 0; at < size; at++) {
      beside(part[at], (q) => {
        if (owner[q] >= 0) alongNeighbours++
        else if (owner[q] === OPEN) alongOpen++
        else if (owner[q] === GIVEN_UP && seen[q] === 0) {
          seen[q] = 1
          part[size++] = q
        }
      })
    }
    if (alongNeighbours <= alongOpen) continue
    // from all neighbours at once, a px further each time
    let length = 0
    for (let at = 0; at < size; at++) {
      let first = OPEN
      beside(part[at], (q) => { if (owner[q] >= 0 && first < 0) first = owner[q] })
      if (first < 0) continue
      nearest[length] = first
      queue[length++] = part[at]
    }
    for (let at = 0; at < length; at++) owner[queue[at]] = nearest[at]
    for (let at = 0; at < length; at++) {
      const i = owner[queue[at]]
      beside(queue[at], (q) => {
        if (owner[q] !== GIVEN_UP) return
        owner[q] = i
        queue[length++] = q
      })
    }
  }

  // all neighbours' spans in one pass: a plane for each would take the box times their number
  const spans = neighbours.map((): number[] => [])
  for (let row = 0, y = y0; row < owner.length; row += width, y++) {
    for (let p = row; p < row + width;) {
      const i = owner[p]
      const from = p++
      if (i < 0 || seen[from] === 0) continue
      while (p < row + width && owner[p] === i && seen[p] === 1) p++
      spans[i].push(y, from - row + x0, p - row + x0)
    }
  }
  return spans.map((of) => (of.length === 0 ? EMPTY_MASK : encodeSpans(Int32Array.from(of))))
}
