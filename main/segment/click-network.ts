import type { Products } from '../products/products.ts'

/** Three layers, rectified between them; rows of weights by unit. */
export interface ClickNetwork {
  readonly first: readonly (readonly number[])[]
  readonly firstBias: readonly number[]
  readonly second: readonly (readonly number[])[]
  readonly secondBias: readonly number[]
  readonly last: readonly number[]
  readonly lastBias: number
}

/**
 * Log odds of each px from what it is judged by.
 * @param evidence  f32[inputs, n]
 * @param allowed   u8[n]  1 where odds are wanted, 0 elsewhere
 * @returns f32[n], positive inside; 0 where none are wanted. O(n · weights)
 * @throws RangeError for a network of another number of inputs
 */
export async function clickOdds({ first, firstBias, second, secondBias, last, lastBias }: ClickNetwork, evidence: Float32Array, allowed: Uint8Array, products: Products): Promise<Float32Array> {
  const n = allowed.length, inputs = first[0].length
  if (evidence.length !== inputs * n) throw new RangeError(`the network takes ${inputs} inputs, and there are ${evidence.length / n}`)
  const near = rectified(await products.transposedMultiply(evidence, byInput(first), inputs, n, first.length), firstBias)
  const deep = rectified(await products.multiply(near, byInput(second), n, first.length, second.length), secondBias)
  const odds = new Float32Array(n), units = last.length
  for (let i = 0, at = 0; i < n; i++, at += units) {
    if (allowed[i] === 0) continue
    let sum = lastBias
    for (let unit = 0; unit < units; unit++) sum += last[unit] * deep[at + unit]
    odds[i] = sum
  }
  return odds
}

/** f32[inputs, units] */
const byInput = (rows: readonly (readonly number[])[]): Float32Array => Float32Array.from({ length: rows[0].length * rows.length }, (_, at) => rows[at % rows.length][Math.floor(at / rows.length)])

/** max(0, value + bias), in place. @param values f32[n, units] */
function rectified(values: Float32Array, bias: readonly number[]): Float32Array {
  for (let at = 0; at < values.length; at += bias.length) {
    for (let unit = 0; unit < bias.length; unit++) {
      const value = values[at + unit] + bias[unit]
      values[at + unit] = value > 0 ? value : 0
    }
  }
  return values
}
