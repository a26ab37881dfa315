import { createHash } from 'node:crypto'
import { EngineError } from '../contract/errors.ts'
import { METHODS } from '../contract/methods.ts'
import type { Mask } from '../masks/mask.ts'
import type { ScoreHead } from '../memory/score-head.ts'
import { resizeNearest } from '../resample/nearest.ts'
import { maximumOverNames, type NamedClass } from '../segment/prompts.ts'
import type { MethodResult, SharedWork } from '../segment/run-method.ts'
import { NO_STEPS, type KeptSteps } from './kept-steps.ts'
import { labelRegions, regionDisagreement, regionScore, withoutBorderDots } from './label-proposals.ts'
import type { PipelineAnswers, PipelineRequests, PromptClass, Proposal } from './messages.ts'
import { packLook } from './pack-look.ts'
import type { PackRunner } from './pack-methods.ts'
import { openPhoto } from './photo.ts'
import { promptOf, type ClassEmbeddings } from './text-embeddings.ts'

/** Longer side of the photo that labels are made at; a larger photo gets this one's, enlarged. */
const LABEL_SIDE_MAX = 2048

/**
 * Photo → proposals with a pack's networks: what is not in the cache yet is computed, a method gives every pixel a class (or a
 * cluster), connected parts of things and whole regions of stuff become proposals with the class's name and score.
 * @param kept  of this photo from before: its pixels and what the clusters are made of
 * @throws EngineError from decoding; 'bad-input' for ticked classes that are missing; 'unavailable' when the last device fails
 */
export async function proposeWithPack(input: PipelineRequests['propose'], runner: PackRunner, { step, kept }: KeptSteps = NO_STEPS): Promise<PipelineAnswers['propose']> {
  const { method, settings, profile } = input
  const classes = input.classes ?? []
  const named = METHODS[method].scores || METHODS[method].pack
  if (named && classes.length === 0) throw new EngineError('bad-input', `the method ${method} works on class names, and there is no class; add one`)
  const started = performance.now()
  const before = runner.runs()
  const photo = await step('opened photo', [], () => openPhoto(input.path))
  const full = await photo.pixels()
  const small = await step('small opened photo', [], () => photo.within(LABEL_SIDE_MAX))
  const decode = performance.now() - started
  const ticked = input.ticked?.map((id) => classes.findIndex((one) => one.id === id)).filter((place) => place >= 0)
  const head = input.head === undefined ? undefined : headOf(input.head, classes)
  const shared = kept ? await step('shared', [runner.key], (): SharedWork => new Map()) : undefined
  // a person who moves the least area gets the labels of before
  const { minAreaPx2, nameThreshold: _, ...ofLabels } = settings
  const result = await step('labels', [runner.key, method, profile, JSON.stringify([ofLabels, named ? classes.map(promptClass) : [], ticked ?? null, head === undefined ? null : keyOf(head)])], () => runner.run(photo, {
    method, profile, settings, classes: named ? classes.map(promptClass) : [], size: { width: small.width, height: small.height }, photo: small, otherCounts: kept, ...(ticked === undefined ? {} : { ticked }), ...(head === undefined ? {} : { head }),
  }, shared))
  const ran = performance.now()
  // the profile `reference` keeps the published labels as they are
  const clean = profile === 'reference' ? result.labels : withoutBorderDots(result)
  const labels = result.height === full.height && result.width === full.width ? clean : resizeNearest(clean, result.height, result.width, full.height, full.width)
  const regions = labelRegions(labels, full.width, full.height, (label) => named && classes[label]?.extent === 'stuff', minAreaPx2)
  // where only ticked classes can be named, the memory names no others
  const possible = METHODS[method].ticked && ticked !== undefined ? classes.filter((_, place) => ticked.includes(place)) : classes
  const texts = named && input.looks === true && runner.hasText ? await runner.texts.of(possible.map(promptClass), settings.promptEnsemble) : null
  const proposals = await Promise.all(regions.map(async ({ mask, areaPx2, label }): Promise<Proposal> => {
    if (!named) return { mask, areaPx2, vector: await packLook(photo, mask, full, runner) }
    const naming = namedAs(classes[label], label, mask, result, full, settings.promptEnsemble, method === 'agg-sd')
    if (texts === null) return { mask, areaPx2, vector: new Float32Array(0), named: naming }
    const vector = await packLook(photo, mask, full, runner)
    return { mask, areaPx2, vector, named: { ...naming, ...(vector.length === 0 ? {} : { text: { classIds: possible.map(({ id }) => id), cosines: textCosines(vector, texts, possible.length) } }) } }
  }))
  const after = runner.runs()
  const { taken, notTaken } = runner.device()
  const steps = Object.values(result.timings).reduce((sum, time) => sum + time, 0)
  const edges = result.timings['edges'] ?? 0
  return {
    proposals, width: full.width, height: full.height, device: taken, notTaken, ...(head === undefined ? {} : { learnt: head.lessons }),
    networkRuns: { text: after.text - before.text, vision: after.clip + after.vae + after.unet - before.clip - before.vae - before.unet },
    timings: { decode, features: Math.max(0, ran - started - decode - steps), affinity: 0, clusters: steps - edges, upsampling: edges, masks: performance.now() - ran },
  }
}

/** Tells heads apart. */
const keyOf = ({ classIds, weights, bias }: ScoreHead): string => createHash('sha1').update(JSON.stringify(classIds)).update(weights).update(bias).digest('hex')

/** The head's classes as places among those that may be proposed; the others have no row. */
function headOf({ lessons, classIds, weights, bias }: ScoreHead, classes: readonly PromptClass[]): ScoreHead {
  const size = weights.length / Math.max(1, classIds.length)
  const rows = classIds.map((id, row) => ({ row, place: classes.findIndex((one) => one.id === id) })).filter(({ place }) => place >= 0)
  const kept = new Float32Array(rows.length * size)
  rows.forEach(({ row }, at) => { kept.set(weights.subarray(row * size, (row + 1) * size), at * size) })
  return { lessons, classIds: rows.map(({ place }) => place), weights: kept, bias: Float32Array.from(rows, ({ row }) => bias[row]) }
}

const promptClass = ({ name, synonyms }: PromptClass): NamedClass => ({ name, synonyms })

function namedAs(one: PromptClass, label: number, mask: Mask, { channels, grid, plain }: MethodResult, photo: { readonly width: number; readonly height: number }, ensemble: boolean, caption: boolean): NonNullable<Proposal['named']> {
  const sure = channels === undefined ? { score: 1, margin: 1, entropy: 0 } : regionScore(channels, grid, mask, photo.width, photo.height, label)
  const other = plain === undefined ? {} : { disagreement: regionDisagreement(plain, grid, mask, photo.width, photo.height, label) }
  return { classId: one.id, ...sure, ...other, prompt: caption ? `caption with ${one.name}` : promptOf(one, ensemble) }
}

/** f32[classCount]: of each class the largest over its names. O(names · size) */
function textCosines(vector: Float32Array, { values, size, classOf }: ClassEmbeddings, classCount: number): Float32Array {
  const cosines = Float32Array.from(classOf, (_, name) => {
    let sum = 0
    for (let k = 0; k < size; k++) sum += vector[k] * values[name * size + k]
    return sum
  })
  return maximumOverNames(cosines, classOf, classCount)
}

/** Photo and masks → what the memory compares and learns from (pack-look.ts). */
export async function teachWithPack({ path, masks }: PipelineRequests['teach'], runner: PackRunner): Promise<PipelineAnswers['teach']> {
  const photo = await openPhoto(path)
  const full = await photo.pixels()
  return { vectors: await Promise.all(masks.map((mask) => packLook(photo, mask, full, runner))) }
}
