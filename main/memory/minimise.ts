/** Differences of places and gradients that are remembered of the steps before. */
const HISTORY = 6
/** A step has to lower the value by this share of what the slope promises (Armijo's rule); halved at most so often. */
const ARMIJO = 1e-4, HALVINGS = 20
/** Ends where a step lowers the value by less than this share of it. */
const SETTLED = 1e-4

/**
 * Minimum of a smooth function by L-BFGS (Nocedal & Wright 2006, algorithm 7.5) with steps halved until they lower it.
 * @param value   writes the gradient at `at` into `gradient`, f64[n] both, and returns the value; undefined: stop
 * @param at      f64[n] where to begin; moved to the minimum
 * @returns false when stopped. O(steps · (value + HISTORY · n))
 */
export async function minimise(value: (at: Float64Array, gradient: Float64Array) => Promise<number | undefined>, at: Float64Array, steps: number): Promise<boolean> {
  let gradient = new Float64Array(at.length)
  let now = await value(at, gradient)
  if (now === undefined) return false
  const history: { readonly moved: Float64Array; readonly turned: Float64Array; readonly inner: number }[] = []
  for (let step = 0; step < steps; step++) {
    const direction = descent(gradient, history)
    const slope = dot(direction, gradient)
    if (slope >= 0) return true
    let length = history.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1
    const next = new Float64Array(at.length), turned = new Float64Array(at.length)
    let then: number | undefined = Infinity
    for (let halving = 0; halving < HALVINGS; halving++, length /= 2) {
      for (let k = 0; k < at.length; k++) next[k] = at[k] + length * direction[k]
      then = await value(next, turned)
      if (then === undefined) return false
      if (then <= now + ARMIJO * length * slope) break
    }
    if (!(then < now)) return true
    const moved = next.map((place, k) => place - at[k]), change = turned.map((slopeAt, k) => slopeAt - gradient[k])
    const inner = dot(moved, change)
    if (inner > 1e-12) history.push({ moved, turned: change, inner })
    if (history.length > HISTORY) history.shift()
    at.set(next)
    gradient = turned
    const settled = now - then < SETTLED * Math.abs(now)
    now = then
    if (settled) return true
  }
  return true
}

/** The direction that L-BFGS goes down. */
function descent(gradient: Float64Array, history: readonly { readonly moved: Float64Array; readonly turned: Float64Array; readonly inner: number }[]): Float64Array {
  const direction = gradient.map((slope) => -slope)
  const shares = history.toReversed().map(({ moved, turned, inner }) => {
    const share = dot(moved, direction) / inner
    for (let k = 0; k < direction.length; k++) direction[k] -= share * turned[k]
    return share
  }).toReversed()
  const last = history.at(-1)
  if (last !== undefined) {
    const scale = last.inner / dot(last.turned, last.turned)
    for (let k = 0; k < direction.length; k++) direction[k] *= scale
  }
  history.forEach(({ moved, turned, inner }, at) => {
    const share = shares[at] - dot(turned, direction) / inner
    for (let k = 0; k < direction.length; k++) direction[k] += share * moved[k]
  })
  return direction
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k]
  return sum
}
