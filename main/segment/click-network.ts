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
  for (let unit = 0; unit < weights.length; unit += 2) {
    const other = unit + 1
    if (other < weights.length) weightedTwo(inputs, weights[unit], weights[other], bias[unit], bias[other], to[unit], to[other], count)
    else weighted(inputs, weights[unit], bias[unit], to[unit], count)
  }
  for (const sums of to) for (let i = 0; i < count; i++) if (sums[i] < 0) sums[i] = 0
}

function checkWeights(weights: readonly number[], inputs: readonly Float64Array[]): void {
  if (weights.length !== inputs.length) throw new RangeError(`${weights.length} weights for ${inputs.length} inputs`)
}

/** Two units at a time, so that each input is fetched half as often. */
function weightedTwo(inputs: readonly Float64Array[], one: readonly number[], two: readonly number[], biasOne: number, biasTwo: number, sumsOne: Float64Array, sumsTwo: Float64Array, count: number): void {
  checkWeights(one, inputs)
  checkWeights(two, inputs)
  sumsOne.fill(biasOne)
  sumsTwo.fill(biasTwo)
  let k = 0
  for (; k + 4 <= inputs.length; k += 4) {
    addFourToTwo(inputs[k], inputs[k + 1], inputs[k + 2], inputs[k + 3], one[k], one[k + 1], one[k + 2], one[k + 3], two[k], two[k + 1], two[k + 2], two[k + 3], sumsOne, sumsTwo, count)
  }
  for (; k < inputs.length; k++) {
    const input = inputs[k], weightOne = one[k], weightTwo = two[k]
    for (let i = 0; i < count; i++) {
      sumsOne[i] += weightOne * input[i]
      sumsTwo[i] += weightTwo * input[i]
    }
  }
}

/** A function of its own, so that its eight weights and four inputs stay in registers: half the time. */
function addFourToTwo(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array, oneA: number, oneB: number, oneC: number, oneD: number, twoA: number, twoB: number, twoC: number, twoD: number, sumsOne: Float64Array, sumsTwo: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const fromA = a[i], fromB = b[i], fromC = c[i], fromD = d[i]
    sumsOne[i] += oneA * fromA + oneB * fromB + oneC * fromC + oneD * fromD
    sumsTwo[i] += twoA * fromA + twoB * fromB + twoC * fromC + twoD * fromD
  }
}

/** Four inputs at a time, so that each sum is fetched and put a fourth as often. */
function weighted(inputs: readonly Float64Array[], weights: readonly number[], bias: number, sums: Float64Array, count: number): void {
  checkWeights(weights, inputs)
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
