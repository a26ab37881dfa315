import type { Products } from '../products/products.ts'
import { argmaxLabels } from './argmax.ts'
import { checkAffinity } from './check-input.ts'
import { anchorDivergences, firstProposals, mergeProposals } from './divergence-merging.ts'
import { refineProposals } from './proposal-refinement.ts'
import type { Profile } from './profile.ts'

export interface DiffSegOptions {
  /** symmetric KL divergence in nat below which maps are one, for each iteration; published 0.8, 0.8, 0.8 */
  readonly thresholds: readonly number[]
  /** anchors along an axis; published 16 */
  readonly anchorsPerSide: number
  /** k-means on the rows of the affinity from the merged maps (on in all published runs) */
  readonly refine: boolean
  readonly profile: Profile
}

export const DIFFSEG_DEFAULTS: DiffSegOptions = { thresholds: [0.8, 0.8, 0.8], anchorsPerSide: 16, refine: true, profile: 'corrected' }

export interface DiffSegMaps {
  /** f32[count, n], each a mean of rows of the affinity */
  readonly maps: Float32Array
  readonly count: number
}

/** Coordinates of the anchors on one axis: for 64 cells and 16 anchors 1, 5, …, 61. */
export function anchorCoordinates(side: number, anchors: number): Int32Array {
  const count = Math.min(anchors, side)
  const step = count > 1 ? Math.floor((side - 1) / (count - 1)) : 1
  const start = Math.floor((side - 1 - step * (count - 1)) / 2)
  return Int32Array.from({ length: count }, (_, i) => start + i * step)
}

/** What the merging needs of an affinity whatever the thresholds are: worth keeping where a person tries several. */
export interface DiffSegAnchors {
  /** i32[a] rows of the affinity, row by row of the grid */
  readonly rows: Int32Array
  /** f64[a, n] nat */
  readonly divergences: Float64Array
}

/** Two products of 256 · n²; n² more values are held while it runs. @param affinity f32[n, n] row-stochastic, n = height · width */
export async function diffSegAnchors(affinity: Float32Array, height: number, width: number, anchorsPerSide: number, products: Products): Promise<DiffSegAnchors> {
  const columns = anchorCoordinates(width, anchorsPerSide)
  const rows = Int32Array.from([...anchorCoordinates(height, anchorsPerSide)].flatMap((y) => [...columns].map((x) => y * width + x)))
  return { rows, divergences: await anchorDivergences(affinity, height * width, rows, products) }
}

/**
 * DiffSeg's attention merging (Tian et al. 2024; REFERENCE §4): anchors, merging by symmetric KL divergence, k-means
 * refinement. Order-dependent and not a partition from the second iteration on, as published (F10). `reference` refuses an
 * affinity with zeros, for which the published code gives NaN; `corrected` takes the logarithm of max(x, 1e-12) (F1).
 * One product of 256 · n², and n² for each centre that moves in an iteration of the refinement.
 * @param affinity f32[n, n] row-stochastic, n = height · width
 * @param known    of diffSegAnchors for this affinity, which is not checked again then; made here if absent
 */
export async function diffSegMaps(affinity: Float32Array, height: number, width: number, options: DiffSegOptions, products: Products, known?: DiffSegAnchors): Promise<DiffSegMaps> {
  const n = height * width
  if (known === undefined) checkAffinity(affinity, n)
  if (options.thresholds.length === 0) throw new RangeError('DiffSeg needs at least one threshold')
  if (options.profile === 'reference') {
    const zero = affinity.indexOf(0)
    if (zero >= 0) throw new RangeError(`the affinity holds an exact zero at row ${Math.floor(zero / n)}, column ${zero % n}; the published code gives NaN there: use profile corrected`)
  }
  const { rows, divergences } = known ?? await diffSegAnchors(affinity, height, width, options.anchorsPerSide, products)
  let proposals = await firstProposals(affinity, n, rows, divergences, options.thresholds[0], products)
  for (const threshold of options.thresholds.slice(1)) proposals = await mergeProposals(proposals, n, threshold, products)
  const maps = options.refine ? await refineProposals(affinity, n, proposals, products) : proposals
  return { maps, count: maps.length / n }
}

/**
 * Cluster of each pixel: the maps resampled (R2) to the asked size, the largest wins ("NMS"); only clusters that win
 * somewhere are kept, in their order.
 * @returns u16[outHeight, outWidth] and the number of clusters in it
 */
export function labelsOfMaps({ maps, count }: DiffSegMaps, height: number, width: number, outHeight: number, outWidth: number): { labels: Uint16Array; count: number } {
  const n = height * width
  const interleaved = new Float32Array(n * count)
  for (let k = 0; k < count; k++) for (let i = 0; i < n; i++) interleaved[i * count + k] = maps[k * n + i]
  const labels = argmaxLabels(interleaved, height, width, count, outHeight, outWidth, 'bicubic-antialiased')
  const used = new Uint8Array(count)
  for (const label of labels) used[label] = 1
  let kept = 0
  const names = Uint16Array.from(used, (is) => (is === 1 ? kept++ : 0))
  return { labels: labels.map((label) => names[label]), count: kept }
}
