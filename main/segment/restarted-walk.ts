import type { Products } from '../products/products.ts'

export interface WalkOptions {
  /** 1 − α: share of the original scores at each step, in (0, 1] */
  readonly restart: number
  /** β: share of the affinity in a step, the rest goes to the 3 × 3 neighbourhood */
  readonly affinityShare: number
  readonly maxSteps: number
  /** the walk ends when no score moves by more than this */
  readonly tolerance: number
}

export const WALK_DEFAULTS: WalkOptions = { restart: 0.5, affinityShare: 0.8, maxSteps: 50, tolerance: 1e-4 }

/**
 * Restarted random walk P ← (1 − α) G + α S P with S = β SA + (1 − β) local (METHODS §2.5). The restart keeps powers of SA
 * from smoothing everything to one value; with α < 1 it converges whatever SA. O(steps · n² · c).
 * @param affinity f32[n, n] row-stochastic, n = height · width @param scores f32[n, c]
 * @returns f32[n, c]; where scores are a distribution over classes, so is the result
 */
export async function restartedWalk(
  affinity: Float32Array, scores: Float32Array, height: number, width: number, classCount: number, options: WalkOptions, products: Products,
): Promise<Float32Array> {
  const { restart, affinityShare, maxSteps, tolerance } = options
  if (!(restart >= 0 && restart <= 1)) throw new RangeError(`the walk's restart is ${restart}; it must be in 0 … 1`)
  const n = height * width
  const held = await products.hold(affinity, n, n)
  try {
    let current = scores
    for (let step = 0; step < maxSteps; step++) {
      const far = await held.times(current, classCount)
      const next = neighbourhoodMeans(current, height, width, classCount)
      let change = 0
      for (let i = 0; i < next.length; i++) {
        const value = restart * scores[i] + (1 - restart) * (affinityShare * far[i] + (1 - affinityShare) * next[i])
        change = Math.max(change, Math.abs(value - current[i]))
        next[i] = value
      }
      current = next
      if (change <= tolerance) break
    }
    return current
  } finally {
    held.release()
  }
}

/** Mean over the 3 × 3 window cut off at the border: the row-stochastic local step. */
function neighbourhoodMeans(scores: Float32Array, height: number, width: number, classCount: number): Float32Array {
  const out = new Float32Array(scores.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * classCount
      let count = 0
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++, count++) {
          const from = (v * width + u) * classCount
          for (let c = 0; c < classCount; c++) out[to + c] += scores[from + c]
        }
      }
      for (let c = 0; c < classCount; c++) out[to + c] /= count
    }
  }
  return out
}
