import type { Products } from '../products/products.ts'

/** One mild sharpening of the rows, then three products: more iterations gain little and cost as much each. */
export const ITERATED_DEFAULTS = { entropyRate: 0.1, entropySteps: 3, iterations: 3 } as const

/**
 * Lowers the entropy of every row: a ← a · max(0, 1 + rate · (log a + H)), normalised, `steps` times. That is the gradient
 * flow of −H on the simplex: entries above the row's typical weight e^−H grow, the long tail of weak attention that blurs
 * a repeated product shrinks to zero. A uniform or one-hot row stays as it is. O(steps · n²), in place of `out`.
 * @param affinity f32[n, n] row-stochastic @param out f32[n, n], may be `affinity`
 */
export function reduceEntropy(affinity: Float32Array, n: number, rate: number, steps: number, out: Float32Array): void {
  if (!(rate >= 0)) throw new RangeError(`the entropy rate is ${rate}; it must be ≥ 0`)
  if (out !== affinity) out.set(affinity)
  for (let i = 0; i < n; i++) {
    const row = out.subarray(i * n, (i + 1) * n)
    for (let step = 0; step < steps; step++) {
      let entropy = 0
      for (const value of row) if (value > 0) entropy -= value * Math.log(value)
      let sum = 0
      for (let j = 0; j < n; j++) {
        const value = row[j]
        row[j] = value > 0 ? value * Math.max(0, 1 + rate * (Math.log(value) + entropy)) : 0
        sum += row[j]
      }
      if (!(sum > 0)) throw new RangeError(`row ${i} lost all its weight; use a rate below ${rate}`)
      for (let j = 0; j < n; j++) row[j] /= sum
    }
  }
}

/**
 * Iterated refinement: scores ← A · scores with each class stretched back to its largest value before the step, so that
 * repeated smoothing neither fades nor favours large classes. O(iterations · n² · c).
 * @param affinity f32[n, n] row-stochastic, best after reduceEntropy @param scores f32[n, c]
 */
export async function iteratedRefinement(affinity: Float32Array, scores: Float32Array, n: number, classCount: number, iterations: number, products: Products): Promise<Float32Array> {
  const held = await products.hold(affinity, n, n)
  try {
    const target = columnMaxima(scores, classCount)
    let current = scores
    for (let iteration = 0; iteration < iterations; iteration++) {
      const next = (await held.times(current, classCount)).slice()
      const most = columnMaxima(next, classCount)
      for (let i = 0; i < next.length; i++) {
        const c = i % classCount
        if (most[c] > 0 && target[c] > 0) next[i] *= target[c] / most[c]
      }
      current = next
    }
    return current === scores ? scores.slice() : current
  } finally {
    held.release()
  }
}

/** Weights of attention heads, ∝ exp(−mean row entropy), summing to 1: a focused head tells more than a diffuse one. O(heads · n²). */
export function lowEntropyWeights(heads: readonly Float32Array[], n: number): Float64Array {
  const entropies = heads.map((head) => {
    let entropy = 0
    for (const value of head) if (value > 0) entropy -= value * Math.log(value)
    return entropy / n
  })
  const least = Math.min(...entropies)
  const weights = Float64Array.from(entropies, (entropy) => Math.exp(least - entropy))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

function columnMaxima(scores: Float32Array, classCount: number): Float64Array {
  const most = new Float64Array(classCount).fill(-Infinity)
  for (let i = 0; i < scores.length; i++) if (scores[i] > most[i % classCount]) most[i % classCount] = scores[i]
  return most
}
