import { EMPTY_MASK, type Mask } from './mask.ts'
import { encodePlane, forEachSpan } from './rle.ts'
import { sameMask, subtractMasks, unionMasks } from './set-operations.ts'

/** Owners of px that are no neighbour's place: nobody's, what the changed mask still has, and what it gave up. */
const OPEN = -1
const KEPT = -2
const GIVEN_UP = -3

/**
 * The masks of neighbours after one mask changed and the borders they share with it went along. What it gained they
 * lose. What it gave up goes to the neighbours beside it, each px to the nearest; a part of it (4-connected) that lies
 * more along open ground than along neighbours stays open. Px that a neighbour had already stay its own.
 * @returns for each neighbour its mask now, or null: it is as it was. O(runs of the neighbours, px of the box given up · neighbours in it).
 */
export function followBorder(before: Mask, after: Mask, neighbours: readonly Mask[], width: number, height: number): (Mask | null)[] {
  const gained = subtractMasks(after, before)
  const givenUp = subtractMasks(before, after)
  const taken = neighbours.map((mask) => subtractMasks(mask, gained))
  const added = givenUp.width === 0 ? [] : shareOut(givenUp, after, neighbours, width, height)
  return neighbours.map((mask, i) => {
    const next = added[i] === undefined ? taken[i] : unionMasks(taken[i], added[i])
    return sameMask(mask, next) ? null : next
  })
}

/** What each neighbour gets of px that were given up. */
function shareOut(givenUp: Mask, after: Mask, neighbours: readonly Mask[], imageWidth: number, imageHeight: number): Mask[] {
  // one px around, as far as there is one: that is where neighbours begin
  const x0 = Math.max(0, givenUp.x - 1)
  const y0 = Math.max(0, givenUp.y - 1)
  const width = Math.min(imageWidth, givenUp.x + givenUp.width + 1) - x0
  const height = Math.min(imageHeight, givenUp.y + givenUp.height + 1) - y0
  const owner = new Int32Array(width * height).fill(OPEN)
  const paint = (mask: Mask, value: number, over: (now: number) => boolean) => forEachSpan(mask, (y, from, to) => {
    if (y < y0 || y >= y0 + height) return
    const row = (y - y0) * width - x0
    for (let p = row + Math.max(from, x0); p < row + Math.min(to, x0 + width); p++) if (over(owner[p])) owner[p] = value
  })
  for (const [i, mask] of neighbours.entries()) paint(mask, i, () => true)
  paint(after, KEPT, () => true)
  paint(givenUp, GIVEN_UP, (now) => now === OPEN)

  const beside = (p: number, visit: (q: number) => void) => {
    const x = p % width
    if (x > 0) visit(p - 1)
    if (x < width - 1) visit(p + 1)
    if (p >= width) visit(p - width)
    if (p < owner.length - width) visit(p + width)
  }
  const seen = new Uint8Array(owner.length)
  const got = new Map<number, Uint8Array>()
  const give = (p: number, i: number) => {
    owner[p] = i
    let plane = got.get(i)
    if (plane === undefined) got.set(i, plane = new Uint8Array(owner.length))
    plane[p] = 1
  }
  for (let start = 0; start < owner.length; start++) {
    if (owner[start] !== GIVEN_UP || seen[start] === 1) continue
    const part = [start]
    seen[start] = 1
    let alongNeighbours = 0
    let alongOpen = 0
    for (let at = 0; at < part.length; at++) {
      beside(part[at], (q) => {
        if (owner[q] >= 0) alongNeighbours++
        else if (owner[q] === OPEN) alongOpen++
        else if (owner[q] === GIVEN_UP && seen[q] === 0) {
          seen[q] = 1
          part.push(q)
        }
      })
    }
    if (alongNeighbours <= alongOpen) continue
    // from all neighbours at once, a px further each time: a px is nobody's twice, so the queue is no longer than the part
    const queue = part.flatMap((p) => {
      let nearest = OPEN
      beside(p, (q) => { if (owner[q] >= 0 && nearest < 0) nearest = owner[q] })
      return nearest < 0 ? [] : [{ p, nearest }]
    }).map(({ p, nearest }) => {
      give(p, nearest)
      return p
    })
    for (let at = 0; at < queue.length; at++) {
      const i = owner[queue[at]]
      beside(queue[at], (q) => {
        if (owner[q] !== GIVEN_UP) return
        give(q, i)
        queue.push(q)
      })
    }
  }
  return neighbours.map((_, i) => {
    const plane = got.get(i)
    const mask = plane === undefined ? EMPTY_MASK : encodePlane(plane, width, height)
    return mask.width === 0 ? EMPTY_MASK : { ...mask, x: mask.x + x0, y: mask.y + y0 }
  })
}
