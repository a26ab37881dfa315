import { classicAffinity } from '../attention/classic-affinity.ts'
import { CELL_PX, classicFeatures, GRID_SIDE, type CellFeatures } from '../attention/classic-features.ts'
import { regionLook } from '../attention/region-look.ts'
import { decodeRgb } from '../images/decode.ts'
import { connectedComponents } from '../masks/components.ts'
import type { Products } from '../products/products.ts'
import { resizeNearest } from '../resample/nearest.ts'
import { chebyshevEigenvectors, type Eigenvectors } from '../segment/chebyshev-eigenvectors.ts'
import { guidedLabels } from '../segment/guided-upsampling.ts'
import { photoGuide } from '../segment/photo-guide.ts'
import { kMeans, kMeansPlusPlus, SCIKIT_LEARN_RULE, type Clustering } from '../segment/k-means.ts'
import { mergeRegions, withoutSpecks } from '../segment/merge-regions.ts'
import { seededRandom } from '../segment/seeded-random.ts'
import { NO_STEPS, type KeptSteps } from './kept-steps.ts'
import type { PipelineAnswers, PipelineRequests, Proposal } from './messages.ts'
import { regionMasks } from './region-masks.ts'

const CELLS = GRID_SIDE * GRID_SIDE
const PICTURE_SIDE = GRID_SIDE * CELL_PX
/** Longer side of the photo that edges are snapped on; a larger photo gets this one's labels, enlarged. */
const EDGE_SIDE_MAX = 2048
const RESTARTS = 3
/**
 * Vectors that are made, whoever asks and whatever was asked before: the same for several cluster counts, so that a person who tries
 * others has them already. They are not of one residual: eight of twenty give other clusters than eight by themselves.
 */
const VECTOR_COUNTS = [20, 40] as const
const SEED = 123
/**
 * Of the feature columns when neighbours are compared for merging: colour and texture. Wide colour and contrast add
 * nothing on the sample photos and leave halos around objects.
 */
const MERGE_WEIGHTS = [1, 1, 1, 0, 0, 0, 0, 0, 0, 1.5, 1.5, 1.5, 1.5]
/** Pieces that the edge step leaves behind, smaller than this many grid cells, go to their neighbour. */
const SPECK_CELLS = 2

/** The features of the photo squashed to the grid. */
async function featuresOf(path: string): Promise<CellFeatures> {
  const { rgb } = await decodeRgb(path, { width: PICTURE_SIDE, height: PICTURE_SIDE })
  return classicFeatures(rgb, GRID_SIDE, GRID_SIDE)
}

/**
 * Photo → proposals with the pack `classic` (METHODS §4): features, affinity, normalised-cut clusters, alike neighbours
 * joined, edges snapped to the photo, every region of at least `minAreaPx2` a proposal. Largest first.
 * @throws EngineError 'bad-file' and the like from decoding
 */
export async function proposeClassic(input: PipelineRequests['propose'], products: Products, { step, kept }: KeptSteps = NO_STEPS): Promise<PipelineAnswers['propose']> {
  const { path, settings } = input
  const clock = stopwatch()
  const photo = await step('photo', [], () => decodeRgb(path))
  const small = longerSide(photo) > EDGE_SIDE_MAX ? await step('small photo', [], () => decodeRgb(path, { maxSide: EDGE_SIDE_MAX })) : photo
  const squashed = await step('squashed photo', [], () => decodeRgb(path, { width: PICTURE_SIDE, height: PICTURE_SIDE }))
  const decode = clock()
  const grid = await step('features', [], () => classicFeatures(squashed.rgb, GRID_SIDE, GRID_SIDE))
  const features = clock()
  const map = await step('affinity', [], () => classicAffinity(grid, products))
  const affinity = clock()
  const vectorsOf = (wanted: number): Promise<Eigenvectors> => {
    const vectors = VECTOR_COUNTS.find((made) => wanted <= made) ?? wanted
    return step('vectors', [vectors], () => chebyshevEigenvectors(map, CELLS, vectors, SEED, products))
  }
  const { regions, count } = await step('regions', [settings.clusterCount], async () => mergeRegions(clusters(await vectorsOf(settings.clusterCount), settings.clusterCount), grid.values, MERGE_WEIGHTS, GRID_SIDE, GRID_SIDE))
  // the first preview of a photo makes all of them, so that no later place of the slider waits
  if (kept) for (const vectors of VECTOR_COUNTS) await vectorsOf(vectors)
  const clustering = clock()
  const full = await step('labels', [settings.clusterCount, settings.edgeSnap], async () => {
    const labels = settings.edgeSnap === 'none'
      ? resizeNearest(regions, GRID_SIDE, GRID_SIDE, small.height, small.width)
      : guidedLabels(indicators(regions, count), count, await step('guide', [], () => photoGuide(small.rgb, small.width, small.height, GRID_SIDE, GRID_SIDE)))
    const whole = withoutSpecks(labels, small.width, small.height, SPECK_CELLS * (small.width * small.height) / CELLS)
    return small === photo ? whole : resizeNearest(whole, small.height, small.width, photo.height, photo.width)
  })
  const upsampling = clock()
  // every region is made, so that another least area only leaves others out
  const every = await step('masks', [settings.clusterCount, settings.edgeSnap], () => {
    const parts = connectedComponents(full, photo.width, photo.height, 4)
    return regionMasks(parts.ids, photo.width, photo.height, parts.count).map((mask, id) => {
      // what it looks like is worked out when it is first proposed
      let look: Float32Array | undefined
      return { mask, areaPx2: parts.areasPx2[id], vector: () => (look ??= regionLook(grid, mask, photo.width, photo.height)) }
    }).toSorted((a, b) => b.areaPx2 - a.areaPx2)
  })
  const large = every.filter(({ areaPx2 }) => areaPx2 >= Math.max(1, settings.minAreaPx2))
  const proposals = large.map(({ mask, areaPx2, vector }): Proposal => ({ mask, areaPx2, vector: vector() }))
  return { proposals, width: photo.width, height: photo.height, device: 'cpu', timings: { decode, features, affinity, clusters: clustering, upsampling, masks: clock() } }
}

/** Photo and masks → the vectors that the memory compares. */
export async function teachClassic({ path, masks }: PipelineRequests['teach']): Promise<PipelineAnswers['teach']> {
  const { width, height } = await decodeRgb(path)
  const features = await featuresOf(path)
  return { vectors: masks.map((mask) => regionLook(features, mask, width, height)) }
}

/**
 * Normalised-cut clusters with unit rows (Ng, Jordan & Weiss 2002): the direction of a cell's row tells its cluster. On
 * the sample photos plain rows (segment/spectral.ts) followed borders less well (docs/classic.md).
 */
function clusters({ points: all, count: columns }: Eigenvectors, clusterCount: number): Int32Array {
  const vectors = Math.min(clusterCount, columns)
  const points = new Float64Array(CELLS * vectors)
  for (let i = 0; i < CELLS; i++) {
    let norm = 0
    for (let v = 0; v < vectors; v++) norm += all[i * columns + v] ** 2
    const scale = 1 / Math.sqrt(norm + 1e-24)
    for (let v = 0; v < vectors; v++) points[i * vectors + v] = all[i * columns + v] * scale
  }
  const random = seededRandom(SEED)
  let best: Clustering | undefined
  for (let restart = 0; restart < RESTARTS; restart++) {
    const clustering = kMeans(points, CELLS, vectors, kMeansPlusPlus(points, CELLS, vectors, clusterCount, random), clusterCount, SCIKIT_LEARN_RULE)
    if (best === undefined || clustering.inertia < best.inertia) best = clustering
  }
  return best?.labels ?? new Int32Array(CELLS)
}

/** f32[count, cells]: 1 where the cell is the region's. */
function indicators(regions: Uint16Array, count: number): Float32Array {
  const planes = new Float32Array(count * CELLS)
  regions.forEach((region, cell) => { planes[region * CELLS + cell] = 1 })
  return planes
}

const longerSide = (photo: { width: number; height: number }): number => Math.max(photo.width, photo.height)

/** Milliseconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now()
  return () => {
    const now = performance.now()
    const passed = now - last
    last = now
    return passed
  }
}
