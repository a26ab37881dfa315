/** Three layers, rectified between them; rows of weights by unit. */
export interface ClickNetwork {
  readonly first: readonly (readonly number[])[]
  readonly firstBias: readonly number[]
  readonly second: readonly (readonly number[])[]
  readonly secondBias: readonly number[]
  readonly last: readonly number[]
  readonly lastBias: number
}

/** Px that go through all layers together: their planes stay in the processor's nearest memory. */
const BLOCK = 256

/**
 * Log odds of each px from what it is judged by.
 * @param planes   one f32[n] for each input
 * @param allowed  u8[n]  1 where odds are wanted, 0 elsewhere
 * @returns f32[n], positive inside; 0 where none are wanted. O(px wanted · weights)
 */
export function clickOdds(network: ClickNetwork, planes: readonly Float32Array[], allowed: Uint8Array): Float32Array {
  const n = allowed.length, odds = new Float32Array(n), wanted = new Int32Array(BLOCK)
  const room = (count: number): Float64Array[] => Array.from({ length: count }, () => new Float64Array(BLOCK))
  const inputs = room(planes.length), first = room(network.first.length), second = room(network.second.length), [last] = room(1)
  let used = 0
  const flush = (): void => {
    planes.forEach((plane, k) => { for (let i = 0; i < used; i++) inputs[k][i] = plane[wanted[i]] })
    layer(inputs, network.first, network.firstBias, first, used)
    layer(first, network.second, network.secondBias, second, used)
    weighted(second, network.last, network.lastBias, last, used)
    for (let i = 0; i < used; i++) odds[wanted[i]] = last[i]
    used = 0
  }
  for (let i = 0; i < n; i++) {
    if (allowed[i] === 0) continue
    wanted[used++] = i
    if (used === BLOCK) flush()
  }
  flush()
  return odds
}

function layer(inputs: readonly Float64Array[], weights: readonly (readonly number[])[], bias: readonly number[], to: readonly Float64Array[], count: number): void {
  weights.forEach((row, unit) => {
    const sums = to[unit]
    weighted(inputs, row, bias[unit], sums, count)
    for (let i = 0; i < count; i++) if (sums[i] < 0) sums[i] = 0
  })
}

/** Four inputs at a time, so that each sum is fetched and put a fourth as often. */
function weighted(inputs: readonly Float64Array[], weights: readonly number[], bias: number, sums: Float64Array, count: number): void {
  if (weights.length !== inputs.length) throw new RangeError(`${weights.length} weights for ${inputs.length} inputs`)
  sums.fill(bias)
  let k = 0
  for (; k + 4 <= inputs.length; k += 4) {
    const [a, b, c, d] = [inputs[k], inputs[k + 1], inputs[k + 2], inputs[k + 3]]
    const [wa, wb, wc, wd] = [weights[k], weights[k + 1], weights[k + 2], weights[k + 3]]
    for (let i = 0; i < count; i++) sums[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i]
  }
  for (; k < inputs.length; k++) {
    const input = inputs[k], weight = weights[k]
    for (let i = 0; i < count; i++) sums[i] += weight * input[i]
  }
}
