import type { Outlines } from './edge-tracing.ts'

/**
 * A ring with fewer corners, none of the left-out ones further than `tolerancePx` from it (Douglas and Peucker 1973, on
 * the two halves between the first corner and the one furthest from it).
 * @param ring [x, y, …] px, closed
 * @returns at least 3 corners, or none when the ring is thinner than the tolerance. O(n·log n) usually, O(n²) at worst
 */
export function simplifyRing(ring: ArrayLike<number>, tolerancePx: number): number[] {
  const n = ring.length / 2
  if (n <= 3 || tolerancePx <= 0) return Array.from(ring)
  const keep = new Uint8Array(n)
  let far = 0
  let most = -1
  for (let i = 1; i < n; i++) {
    const d = (ring[i * 2] - ring[0]) ** 2 + (ring[i * 2 + 1] - ring[1]) ** 2
    if (d > most) {
      most = d
      far = i
    }
  }
  keep[0] = keep[far] = 1
  const limit = tolerancePx * tolerancePx
  const stack = [[0, far], [far, n]]
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    const [from, to] = part
    const ax = ring[from * 2]
    const ay = ring[from * 2 + 1]
    const dx = ring[(to % n) * 2] - ax
    const dy = ring[(to % n) * 2 + 1] - ay
    const length = dx * dx + dy * dy
    let worst = limit
    let at = -1
    for (let i = from + 1; i < to; i++) {
      const px = ring[i * 2] - ax
      const py = ring[i * 2 + 1] - ay
      const t = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length))
      const d = (px - t * dx) ** 2 + (py - t * dy) ** 2
      if (d > worst) {
        worst = d
        at = i
      }
    }
    if (at < 0) continue
    keep[at] = 1
    stack.push([from, at], [at, to])
  }
  const kept: number[] = []
  for (let i = 0; i < n; i++) if (keep[i] === 1) kept.push(ring[i * 2], ring[i * 2 + 1])
  return kept.length >= 6 ? kept : []
}

/** The outlines of a mask simplified, one line a region; holes hang on by a bridge between nearest corners. A region thinner than the tolerance keeps its corners. */
export function simplifiedOutlines({ outer, holes, outerOf }: Outlines, tolerancePx: number): number[][] {
  const lines = outer.map((ring) => {
    const simple = simplifyRing(ring, tolerancePx)
    return simple.length > 0 ? simple : Array.from(ring)
  })
  holes.forEach((ring, i) => {
    const hole = simplifyRing(ring, tolerancePx)
    if (hole.length > 0) lines[outerOf[i]] = bridged(lines[outerOf[i]], hole)
  })
  return lines
}

/** All lines as one, bridged one after the other: for formats that know one polygon an object. */
export function oneLine(lines: readonly ArrayLike<number>[]): number[] {
  const [first, ...rest] = lines.map((line) => Array.from(line))
  return rest.reduce((all, line) => all.concat(line, line.slice(0, 2), first.slice(0, 2)), rest.length > 0 ? first.concat(first.slice(0, 2)) : first)
}

/** `outer` with a walk to `inner` at the nearest pair of corners (of the inner's first corner), round it, and back. */
function bridged(outer: number[], inner: readonly number[]): number[] {
  let best = 0
  let least = Infinity
  for (let i = 0; i < outer.length; i += 2) {
    const d = (outer[i] - inner[0]) ** 2 + (outer[i + 1] - inner[1]) ** 2
    if (d < least) {
      least = d
      best = i
    }
  }
  return [...outer.slice(0, best + 2), ...inner, inner[0], inner[1], ...outer.slice(best)]
}
