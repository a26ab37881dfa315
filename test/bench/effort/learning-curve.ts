import { classicFeatures, GRID_SIDE, CELL_PX } from '../../../main/attention/classic-features.ts'
import { LOOK_COLUMNS, LOOK_SAMPLES, regionLook } from '../../../main/attention/region-look.ts'
import { DEFAULT_SETTINGS } from '../../../main/contract/settings.ts'
import { decodeRgb } from '../../../main/images/decode.ts'
import { decodeInto, encodePlane } from '../../../main/masks/rle.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { addShares, growTree, type Forest } from '../../../main/memory/forest.ts'
import { trainNamer } from '../../../main/memory/namer.ts'
import { nearestPrototypes, type Prototype } from '../../../main/memory/prototypes.ts'
import { proposeClassic } from '../../../main/pipeline/classic-pack.ts'
import type { Products } from '../../../main/products/products.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'
import type { SamplePhoto } from './sample-photos.ts'

const FOLDS = 6
export const LABELLED = [1, 2, 5, 10, 20] as const

/** A photo as the curve sees it: proposals with the truth's pixels under each, and what labelling it would teach. */
export interface SeenPhoto {
  readonly proposals: readonly { readonly look: Float32Array; readonly mask: Mask; readonly areaPx2: number; readonly truth: ReadonlyMap<number, number> }[]
  readonly lessons: readonly Prototype[]
  /** px² of each class */
  readonly areas: ReadonlyMap<number, number>
}

const countsOf = (values: Iterable<number>): Map<number, number> => {
  const counts = new Map<number, number>()
  for (const value of values) if (value !== 0) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Proposals of the pack classic, and one lesson for each class of the photo (its whole ground as one mask). */
export async function seePhoto(photo: SamplePhoto, products: Products): Promise<SeenPhoto> {
  const { proposals } = await proposeClassic({ path: photo.path, pack: 'classic', method: 'regions', profile: 'corrected', settings: DEFAULT_SETTINGS }, products)
  const squashed = await decodeRgb(photo.path, { width: GRID_SIDE * CELL_PX, height: GRID_SIDE * CELL_PX })
  const features = classicFeatures(squashed.rgb, GRID_SIDE, GRID_SIDE)
  const areas = countsOf(photo.classes)
  const plane = new Uint8Array(photo.classes.length)
  return {
    areas,
    lessons: [...areas.keys()].map((classId): Prototype => ({
      classId, positive: true,
      vector: regionLook(features, encodePlane(photo.classes.map((value) => (value === classId ? 1 : 0)), photo.width, photo.height), photo.width, photo.height),
    })),
    proposals: proposals.map(({ mask, vector, areaPx2 }) => {
      plane.fill(0)
      decodeInto(mask, plane, photo.width, 1)
      return { look: vector, mask, areaPx2, truth: countsOf(photo.classes.filter((_, at) => plane[at] === 1)) }
    }),
  }
}

/**
 * Naming of proposals on photos not seen, after `labelled` others: photos in 6 folds, each judged once, sums over all.
 * @property miou   mean over the classes of the truth; a class never named counts 0
 * @property right  share of the labelled pixels with the right class
 */
export interface CurvePoint { readonly labelled: number; readonly miou: number; readonly right: number }
export type NamingRule = 'forest' | 'trees alone' | 'nearest' | 'best possible'

/** Photos of each fold to be judged, and those labelled before, by how many are. */
function* judgedFolds(photoCount: number, labelled: number): Generator<{ readonly taught: readonly number[]; readonly judged: readonly number[] }> {
  const order = shuffled(photoCount, 0)
  for (let fold = 0; fold < FOLDS; fold++) {
    const rest = order.filter((_, at) => at % FOLDS !== fold)
    yield { taught: shuffled(rest.length, fold + 1).slice(0, labelled).map((at) => rest[at]), judged: order.filter((_, at) => at % FOLDS === fold) }
  }
}

/** What a program in another language needs to draw the same curve (test/reference/learning_baseline.py): cells of lessons and proposals, and the folds. */
export function learningData(photos: readonly SeenPhoto[]): unknown {
  const cellsOf = (look: Float32Array): number[] => [...look.subarray(Math.max(0, look.length - LOOK_SAMPLES * LOOK_COLUMNS))]
  return {
    columns: LOOK_COLUMNS,
    photos: photos.map(({ lessons, proposals, areas }) => ({
      areas: Object.fromEntries(areas),
      lessons: lessons.filter(({ vector }) => vector.length > LOOK_SAMPLES * LOOK_COLUMNS).map(({ classId, vector }) => ({ classId, cells: cellsOf(vector) })),
      proposals: proposals.map(({ look, truth }) => ({ cells: cellsOf(look), truth: Object.fromEntries(truth) })),
    })),
    folds: LABELLED.filter((labelled) => labelled <= photos.length - Math.ceil(photos.length / FOLDS)).map((labelled) => ({ labelled, folds: [...judgedFolds(photos.length, labelled)].map(({ taught, judged }) => ({ taught, judged })) })),
  }
}

export async function learningCurve(photos: readonly SeenPhoto[], rule: NamingRule): Promise<CurvePoint[]> {
  const points: CurvePoint[] = []
  for (const labelled of LABELLED) {
    if (labelled > photos.length - Math.ceil(photos.length / FOLDS)) break
    const shared = new Map<number, number>(), named = new Map<number, number>(), truth = new Map<number, number>()
    for (const { taught, judged } of judgedFolds(photos.length, labelled)) {
      const lessons = taught.flatMap((at) => photos[at].lessons)
      const namer = rule === 'forest' ? await trainNamer(lessons, { samples: LOOK_SAMPLES, columns: LOOK_COLUMNS }, seededRandom(1)) : undefined
      const alone = rule === 'trees alone' ? treesAlone(lessons) : undefined
      const classes = new Set(lessons.map(({ classId }) => classId))
      const plain = lessons.map((lesson) => ({ ...lesson, vector: withoutCells(lesson.vector) }))
      for (const index of judged) {
        for (const [classId, area] of photos[index].areas) add(truth, classId, area)
        for (const proposal of photos[index].proposals) {
          const classId = rule === 'trees alone'
            ? alone?.(proposal.look)
            : rule === 'best possible'
            ? [...proposal.truth].filter(([id]) => classes.has(id)).sort((a, b) => b[1] - a[1])[0]?.[0]
            : namer === undefined ? nearestPrototypes(withoutCells(proposal.look), plain).classId : namer.name(proposal.look, null).classId
          if (classId === null || classId === undefined) continue
          for (const area of proposal.truth.values()) add(named, classId, area)
          add(shared, classId, proposal.truth.get(classId) ?? 0)
        }
      }
    }
    let ious = 0, right = 0, all = 0
    for (const [classId, area] of truth) {
      const both = shared.get(classId) ?? 0
      ious += both / (area + (named.get(classId) ?? 0) - both)
      right += both
      all += area
    }
    points.push({ labelled, miou: ious / truth.size, right: right / all })
  }
  return points
}

/** A pixel classifier without a memory: as many trees as scientists' forests have by custom, mean log share of a region's cells. */
function treesAlone(lessons: readonly Prototype[]): (look: Float32Array) => number | undefined {
  const classIds = [...new Set(lessons.map(({ classId }) => classId))]
  const taught = lessons.filter(({ vector }) => vector.length > LOOK_SAMPLES * LOOK_COLUMNS)
  const cells = new Float32Array(taught.length * LOOK_SAMPLES * LOOK_COLUMNS)
  taught.forEach(({ vector }, index) => cells.set(vector.subarray(vector.length - LOOK_SAMPLES * LOOK_COLUMNS), index * LOOK_SAMPLES * LOOK_COLUMNS))
  const labels = Uint16Array.from({ length: taught.length * LOOK_SAMPLES }, (_, i) => classIds.indexOf(taught[Math.floor(i / LOOK_SAMPLES)].classId))
  const random = seededRandom(1)
  const forest: Forest = { classCount: classIds.length, trees: Array.from({ length: 100 }, () => growTree(cells, LOOK_COLUMNS, labels, classIds.length, random)) }
  return (look) => {
    const sums = new Float64Array(classIds.length), shares = new Float64Array(classIds.length)
    for (let at = look.length - LOOK_SAMPLES * LOOK_COLUMNS; at < look.length; at += LOOK_COLUMNS) {
      shares.fill(0)
      addShares(forest, look, at, shares)
      shares.forEach((share, k) => { sums[k] += Math.log(share + 0.01) })
    }
    return classIds[sums.indexOf(Math.max(...sums))]
  }
}

const withoutCells = (look: Float32Array): Float32Array => look.subarray(0, Math.max(0, look.length - LOOK_SAMPLES * LOOK_COLUMNS))
const add = (sums: Map<number, number>, key: number, value: number): void => { sums.set(key, (sums.get(key) ?? 0) + value) }

function shuffled(length: number, seed: number): number[] {
  const random = seededRandom(seed + 1)
  const order = Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swapped = order[i]
    order[i] = order[j]
    order[j] = swapped
  }
  return order
}
