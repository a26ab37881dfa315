import { minimise } from './minimise.ts'

/** A judged region as the head learns from it. Classes are places in one list. */
export interface HeadSample {
  /** f64[classes]: what text and remembered regions say of it, without what its own image taught */
  readonly logits: Float64Array
  /** f32[d] what it is like by itself (attention/region-traits.ts) */
  readonly traits: Float32Array
  readonly place: number
  /** false: it is not of this class */
  readonly positive: boolean
}

/** Says how likely the classes are by text, remembered regions and traits together. */
export interface TraitHead {
  /** @param logits f64[classes]  @param traits f32[d]  @returns f64[classes]; softmax gives shares. O(classes · d) */
  logits(logits: Float64Array, traits: Float32Array): Float64Array
  /** factor of the logits alone, by which their softmax is as sure as it is right */
  readonly scale: number
}

/**
 * Strength that keeps the weights small, and the scale in units of which its own is fitted; chosen on the demo pack's tuning scenes
 * (docs/effort.md): CLIP's own logits are some ten times surer than they are right there.
 */
const DECAY = 0.5, SCALE = 0.1
/** What a class has by itself is a trait of this value: it is kept smaller than the rest. */
const CONSTANT = 0.3
const STEPS = 40
/** Samples gone through between two looks at other work. */
const SLICE = 8

/**
 * Fits z_c = a · logits_c + w_c · traits by the likelihood of what was judged: softmax, and 1 − share for what is not of a class; the
 * weights w are drawn to 0 and the scale a to its start. Traits are standardised by the samples.
 * @param traits  false: the scale alone is fitted, for comparison
 * @param between awaited after every few samples, so that other work gets its turn; false: stop
 * @returns undefined when stopped. O(STEPS · samples · classes · d)
 */
export async function trainTraitHead(samples: readonly HeadSample[], classes: number, traits: boolean, between: () => Promise<boolean>): Promise<TraitHead | undefined> {
  const d = samples[0].traits.length
  const standardised = standardiser(samples, d)
  const columns = traits ? d + 1 : 0
  const inputs = samples.map((sample) => standardised(sample.traits))
  const weights = new Float64Array(1 + columns * classes)
  // in units of SCALE, so that one step suits all
  weights[0] = 1

  function predict(at: Float64Array, logits: Float64Array, input: Float64Array): Float64Array {
    const z = logits.map((logit) => SCALE * at[0] * logit)
    for (let k = 0; k < columns; k++) {
      const value = input[k]
      for (let c = 0, w = 1 + k * classes; c < classes; c++, w++) z[c] += value * at[w]
    }
    return z
  }

  async function loss(at: Float64Array, gradient: Float64Array): Promise<number | undefined> {
    gradient.fill(0)
    let sum = 0
    for (const [i, { logits, place, positive }] of samples.entries()) {
      const input = inputs[i]
      const shares = softmax(predict(at, logits, input))
      const share = Math.min(1 - 1e-9, Math.max(1e-300, shares[place]))
      sum -= Math.log(positive ? share : 1 - share)
      // by z: share − 1 at the class and the shares elsewhere; for what is not of the class that times −share / (1 − share)
      const factor = positive ? 1 : -share / (1 - share)
      for (let c = 0; c < classes; c++) {
        const slope = factor * (shares[c] - (c === place ? 1 : 0))
        shares[c] = slope
        gradient[0] += SCALE * slope * logits[c]
      }
      for (let k = 0; k < columns; k++) {
        const value = input[k]
        for (let c = 0, w = 1 + k * classes; c < classes; c++, w++) gradient[w] += value * shares[c]
      }
      if (i % SLICE === 0 && !await between()) return undefined
    }
    const off = at[0] - 1
    sum += (DECAY * off * off) / 2
    gradient[0] += DECAY * off
    for (let w = 1; w < at.length; w++) {
      sum += (DECAY * at[w] * at[w]) / 2
      gradient[w] += DECAY * at[w]
    }
    return sum
  }

  if (!await minimise(loss, weights, STEPS)) return undefined
  return { scale: SCALE * weights[0], logits: (logits, own) => predict(weights, logits, standardised(own)) }
}

/** f64[d + 1]: each trait with mean 0 and deviation 1, all together of length about 1, and the constant. */
function standardiser(samples: readonly HeadSample[], d: number): (traits: Float32Array) => Float64Array {
  const mean = new Float64Array(d), spread = new Float64Array(d)
  let size = 0
  for (const { traits } of samples) for (let k = 0; k < d; k++) mean[k] += traits[k] / samples.length
  for (const { traits } of samples) {
    for (let k = 0; k < d; k++) {
      spread[k] += (traits[k] - mean[k]) ** 2 / samples.length
      size += Math.abs(traits[k]) / (samples.length * d)
    }
  }
  // what was the same in all of them says nothing, and does not become large
  const divisor = spread.map((value) => (Math.sqrt(value) + 1e-3 * size + 1e-12) * Math.sqrt(d))
  return (traits) => Float64Array.from({ length: d + 1 }, (_, k) => (k === d ? CONSTANT : (traits[k] - mean[k]) / divisor[k]))
}

/**
 * Shares by what text and remembered regions say, and by what a head makes of it, half of each: a head that few regions taught
 * cannot turn what is sure without it.
 * @param withTraits f64[classes] logits of the head  @param logits f64[classes] without it  @returns f64[classes], sums to 1
 */
export function sharesWith(withTraits: Float64Array, logits: Float64Array, scale: number): Float64Array {
  const own = softmax(logits.map((logit) => scale * logit))
  return softmax(withTraits).map((share, c) => (share + own[c]) / 2)
}

/** f64[classes], sums to 1. */
export function softmax(z: Float64Array): Float64Array {
  let highest = -Infinity, sum = 0
  for (const value of z) highest = Math.max(highest, value)
  const shares = z.map((value) => Math.exp(value - highest))
  for (const share of shares) sum += share
  return shares.map((share) => share / sum)
}
