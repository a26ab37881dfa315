import { writeFileSync } from 'node:fs'
import { createOnnxProducts } from '../../main/inference/onnx-products.ts'
import { LOOK_COLUMNS, LOOK_SAMPLES } from '../../main/attention/region-look.ts'
import { REGION_TRAITS } from '../../main/attention/region-traits.ts'
import { iou } from '../../main/masks/set-operations.ts'
import { createFusion } from '../../main/memory/fusion.ts'
import { chooseFusion, type Lesson } from '../../main/memory/fusion-choice.ts'
import { trainNamer } from '../../main/memory/namer.ts'
import { inSlices } from '../../main/prelabel/slices.ts'
import { seededRandom } from '../../main/segment/seeded-random.ts'
import { CLICKS_MAX } from './effort/click-annotator.ts'
import { strokesTo } from './effort/corrections.ts'
import { effortPlot, type PlotLine } from './effort/effort-plot.ts'
import { lessonLatency } from './effort/lesson-latency.ts'
import { learningCurve, learningData, seePhoto, type NamingRule, type SeenPhoto } from './effort/learning-curve.ts'
import { namesLearnt } from './effort/names-learnt.ts'
import { photoFolder, readSamplePhotos, type SamplePhoto } from './effort/sample-photos.ts'
import { AREA_MIN, planeOf, smartClickFigures } from './effort/smart-clicks.ts'
import { atMost, median, type BenchResult, type Figure } from './figures.ts'

const NO_PHOTOS = 'needs photos with masks: --photos DIR or MASKWRIGHT_PHOTOS (images/, masks/, instances.json)'
const LESSON_MS = 1000
/** Proposals that an image has. */
const REGIONS = 20
const RULES: readonly NamingRule[] = ['forest', 'trees alone', 'nearest', 'best possible']

/** What a simulated annotator saves. Without photos the figures of quality are not measured; those of cost always are. */
export async function run(flags: readonly string[]): Promise<BenchResult> {
  const figures: Record<string, Figure> = { ...await memoryCost(), ...await fusionCost(), ...await namesLearnt(), ...await lessonFigures() }
  const folder = photoFolder(flags)
  if (folder === undefined) return { figures: { ...figures, 'learning curve': { value: null, unit: '', target: NO_PHOTOS, holds: null } } }
  const photos = await readSamplePhotos(folder)
  const products = createOnnxProducts(2)
  const seen: SeenPhoto[] = []
  for (const photo of photos) seen.push(await seePhoto(photo, products))
  const data = flags.find((flag) => flag.startsWith('--learning-data='))?.slice('--learning-data='.length)
  if (data !== undefined) writeFileSync(data, JSON.stringify(learningData(seen)))
  const curves: PlotLine[] = []
  for (const rule of RULES) {
    const points: [number, number][] = []
    for (const { labelled, miou, right } of await learningCurve(seen, rule)) {
      figures[`mIoU after ${labelled}, ${rule}`] = { value: miou, unit: '', target: 'none', holds: null }
      figures[`pixels named right after ${labelled}, ${rule}`] = { value: right, unit: 'share', target: 'none', holds: null }
      points.push([labelled, right])
    }
    curves.push({ name: rule === 'forest' ? 'trees and remembered regions' : rule === 'nearest' ? 'nearest remembered region' : rule, points })
  }
  figures['proposals accepted unchanged'] = { value: acceptedUnchanged(photos, seen), unit: 'share with IoU ≥ 0.9', target: 'none', holds: null }
  for (const [from, value] of Object.entries(strokesNeeded(photos, seen))) figures[`strokes to IoU 0.9 from ${from}`] = { value, unit: 'strokes, at most 20', target: 'none', holds: null }
  const clicked = await smartClickFigures(photos, products)
  Object.assign(figures, clicked.figures)
  const svg = flags.find((flag) => flag.startsWith('--svg='))?.slice('--svg='.length)
  if (svg !== undefined) {
    writeFileSync(svg, effortPlot([
      { title: 'Smart click: mean IoU after each click', across: 'clicks', top: 1, lines: clicked.lines },
      { title: 'Labelled pixels named right on unseen photos', across: 'labelled photos', top: 1, lines: curves },
    ]))
  }
  return { figures }
}

/** From a judged proposal to other names, in a project of 24 scenes. */
async function lessonFigures(): Promise<Record<string, Figure>> {
  const figures: Record<string, Figure> = {}
  for (const [pack, method, remembered] of [['demo', 'gem', 1000], ['demo', 'gem', 10_000], ['classic', 'regions', 1000]] as const) {
    const { first, onScreen, background } = await lessonLatency(pack, method, remembered)
    const what = `${pack}, ${remembered} remembered: a judged proposal → a name`
    figures[`${what} on screen, the first lesson`] = atMost(first, LESSON_MS, 'ms')
    figures[`${what} on screen, the slowest of ${onScreen.length}`] = atMost(Math.max(...onScreen), LESSON_MS, 'ms')
    figures[`${what} of another picture, the slowest of ${background.length}`] = atMost(Math.max(...background), LESSON_MS, 'ms')
  }
  return figures
}

/**
 * A proposal of a pack, of an image's twenty, against 10,000 remembered masks of 512 numbers and their traits, among 171 classes; and how
 * long the choice of weights and the head's training take then, in slices.
 */
async function fusionCost(): Promise<Record<string, Figure>> {
  const random = seededRandom(1)
  const unit = (): Float32Array => {
    const values = Float32Array.from({ length: 512 }, () => random() - 0.5)
    const norm = Math.hypot(...values)
    return values.map((value) => value / norm)
  }
  const vector = (classId: number): Float32Array => Float32Array.of(...unit(), ...Array.from({ length: REGION_TRAITS }, (_, k) => (k === classId % REGION_TRAITS ? 1 : 0) + random()))
  const lessons = Array.from({ length: 10_000 }, (_, i): Lesson => ({ imageId: i >> 2, classId: i % 171, positive: i % 7 !== 0, vector: vector(i % 171) }))
  const classIds = Array.from({ length: 171 }, (_, i) => i)
  const text = { classIds, cosines: unit().slice(0, 171) }
  const chosen = performance.now()
  let turn = chosen, longest = 0
  const rule = await chooseFusion(lessons, () => text, REGION_TRAITS, inSlices(async () => {
    longest = Math.max(longest, performance.now() - turn)
    await new Promise<void>((resolve) => { setImmediate(resolve) })
    turn = performance.now()
    return true
  }))
  const choosing = (performance.now() - chosen) / 1000
  if (rule?.head === undefined || rule.head === null) throw new Error('no head was trained, so its cost cannot be told')
  const fusion = createFusion(lessons, rule, REGION_TRAITS)
  const times: number[] = []
  for (let i = 0; i < 10; i++) {
    const regions = Array.from({ length: REGIONS }, (_, k) => ({ vector: vector(k), text }))
    const from = performance.now()
    fusion?.name(regions)
    times.push((performance.now() - from) / REGIONS)
  }
  return {
    'naming a proposal of a pack, 10,000 remembered': atMost(median(times), 5, 'ms'),
    'weights and head chosen, 10,000 remembered, 171 classes': { value: choosing, unit: 's, beside other work', target: 'none', holds: null },
    'the longest that other work waits for it': atMost(longest, 100, 'ms'),
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Training and naming with 10,000 remembered masks of 50 classes. */
async function memoryCost(): Promise<Record<string, Figure>> {
  const random = seededRandom(7)
  const length = 33 + LOOK_SAMPLES * LOOK_COLUMNS
  const look = (classId: number): Float32Array => Float32Array.from({ length }, () => 0.05 * (classId % 7) + 0.1 * random())
  const prototypes = Array.from({ length: 10_000 }, (_, i) => ({ classId: 1 + (i % 50), positive: i % 20 !== 0, vector: look(i % 50) }))
  const started = performance.now()
  const namer = await trainNamer(prototypes, { samples: LOOK_SAMPLES, columns: LOOK_COLUMNS }, random)
  const trained = performance.now() - started
  const times = Array.from({ length: 60 }, (_, i) => {
    const one = look(i % 50)
    const from = performance.now()
    namer?.name(one, null)
    return performance.now() - from
  })
  return { 'training on 10,000 masks': atMost(trained / 1000, 1, 's'), 'naming a proposal, 10,000 masks': atMost(median(times), 5, 'ms') }
}

/** Of the proposals, those that are a whole object or a whole class of the photo (IoU ≥ 0.9): nothing to mend but perhaps the name. */
function acceptedUnchanged(photos: readonly SamplePhoto[], seen: readonly SeenPhoto[]): number {
  let all = 0, unchanged = 0
  seen.forEach(({ proposals, areas }, index) => {
    for (const { mask, areaPx2, truth } of proposals) {
      all++
      const whole = [...truth].some(([classId, shared]) => shared / (areaPx2 + (areas.get(classId) ?? 0) - shared) >= 0.9)
      if (whole || photos[index].objects.some((object) => iou(object.mask, mask) >= 0.9)) unchanged++
    }
  })
  return all === 0 ? 0 : unchanged / all
}

/** Mean over the objects above AREA_MIN, at most CLICKS_MAX: strokes that mend the proposal which overlaps it most, and strokes that draw it. */
function strokesNeeded(photos: readonly SamplePhoto[], seen: readonly SeenPhoto[]): { readonly 'the best proposal': number; readonly nothing: number } {
  const strokes = photos.flatMap((photo, index) => photo.objects.filter(({ areaPx2 }) => areaPx2 > AREA_MIN).map((object) => {
    const best = seen[index].proposals.toSorted((a, b) => iou(b.mask, object.mask) - iou(a.mask, object.mask)).at(0)
    const truth = planeOf(object.mask, photo), nothing = new Uint8Array(truth.length)
    const from = (plane: Uint8Array): number => strokesTo(plane, truth, photo.width, photo.height, 0.9, CLICKS_MAX)
    return { proposal: from(best === undefined ? nothing : planeOf(best.mask, photo)), nothing: from(nothing) }
  }))
  return { 'the best proposal': meanOf(strokes.map(({ proposal }) => proposal)), nothing: meanOf(strokes.map(({ nothing }) => nothing)) }
}
