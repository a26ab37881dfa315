import { kMeans, kMeansPlusPlus, SCIKIT_LEARN_RULE } from './k-means.ts'
import { seededRandom } from './seeded-random.ts'

/** 5 components as GrabCut has them, regularised so that a flat colour is no division by zero (0.01² of the colour range). */
const COMPONENTS = 5
const FLOOR_VARIANCE = 1e-4
const SAMPLES = 2000

/** Gaussian mixture of colours with diagonal covariances: weight, mean and variance of each component. */
export interface ColourMixture {
  readonly logWeights: Float64Array
  readonly means: Float64Array
  readonly inverseVariances: Float64Array
}

/** Fits a mixture to the colours of some pixels by seeded k-means on a sample. @param colours f64[3, m] in 0 … 1  @param pixels  in any order; null for none. O(sample) */
export function fitColourMixture(colours: Float64Array, m: number, pixels: Int32Array): ColourMixture | null {
  if (pixels.length === 0) return null
  const stride = Math.max(1, Math.floor(pixels.length / SAMPLES))
  const sample = Int32Array.from({ length: Math.ceil(pixels.length / stride) }, (_, i) => pixels[i * stride])
  const n = sample.length
  const points = new Float64Array(n * 3)
  sample.forEach((pixel, i) => { for (let c = 0; c < 3; c++) points[i * 3 + c] = colours[c * m + pixel] })
  const k = Math.min(COMPONENTS, n)
  const { labels, centres } = kMeans(points, n, 3, kMeansPlusPlus(points, n, 3, k, seededRandom(1)), k, { ...SCIKIT_LEARN_RULE, maxIterations: 10 })
  const counts = new Float64Array(k)
  const variances = new Float64Array(k * 3)
  for (let i = 0; i < n; i++) {
    counts[labels[i]]++
    for (let c = 0; c < 3; c++) variances[labels[i] * 3 + c] += (points[i * 3 + c] - centres[labels[i] * 3 + c]) ** 2
  }
  const inverseVariances = variances.map((sum, i) => 1 / (sum / Math.max(1, counts[Math.floor(i / 3)]) + FLOOR_VARIANCE))
  const logWeights = counts.map((count, j) => (count === 0 ? -Infinity
    : Math.log(count / n) + 0.5 * Math.log(inverseVariances[j * 3] * inverseVariances[j * 3 + 1] * inverseVariances[j * 3 + 2])))
  return { logWeights, means: centres, inverseVariances }
}

/** −log likelihood of a colour, up to a constant common to all mixtures; the best component stands for the sum. */
export function colourCost({ logWeights, means, inverseVariances }: ColourMixture, red: number, green: number, blue: number): number {
  let best = Infinity
  for (let j = 0, at = 0; j < logWeights.length; j++, at += 3) {
    const cost = 0.5 * ((red - means[at]) ** 2 * inverseVariances[at] + (green - means[at + 1]) ** 2 * inverseVariances[at + 1]
      + (blue - means[at + 2]) ** 2 * inverseVariances[at + 2]) - logWeights[j]
    if (cost < best) best = cost
  }
  return best
}
