import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { EngineError } from '../../contract/errors.ts'
import { figuresOf } from '../../evaluate/confusion.ts'
import type { TruthCoding } from '../../evaluate/datasets/dataset.ts'
import { evaluationJson, type BadImage, type EvaluationJson } from './evaluation-report.ts'
import { addProtocolTallies, createProtocolTallies, judgeImage, nothingPredicted } from './protocols.ts'
import { readCodedTruth, readLabels } from './truth.ts'
import { createWorstImages } from './worst-images.ts'

export interface PredictionsRequest {
  readonly predictions: string
  readonly truth: string
  readonly classes: readonly string[]
  /** null: truth is coded like the predictions */
  readonly coding: TruthCoding | null
  /** folder of the photos, for the HTML report; null: none */
  readonly photos: string | null
  /** worst images that are kept for the report */
  readonly worst: number
  readonly onImage: (done: number, total: number) => void
}

async function pngsOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.toLowerCase().endsWith('.png')).sort()
  } catch {
    throw new EngineError('not-found', `${folder}: no such folder`)
  }
}

/** Judges a folder of label PNGs against a folder of truth PNGs of the same names. A truth without prediction counts as "nothing predicted". */
export async function evaluatePredictions(request: PredictionsRequest): Promise<{ json: EvaluationJson; bad: readonly BadImage[] }> {
  const truths = await pngsOf(request.truth)
  if (truths.length === 0) throw new EngineError('not-found', `${request.truth}: it holds no PNG`)
  const predictions = new Set(await pngsOf(request.predictions))
  if (!truths.some((name) => predictions.has(name))) throw new EngineError('not-found', `${request.predictions}: none of its PNGs has the name of one in ${request.truth}`)
  const photos = request.photos === null ? [] : await readdir(request.photos)
  const photoOf = (stem: string) => { const name = photos.find((file) => parse(file).name === stem); return name === undefined || request.photos === null ? null : join(request.photos, name) }

  const sum = createProtocolTallies(request.classes.length)
  const worst = createWorstImages<BadImage>(request.worst)
  const missing: string[] = []
  for (const [done, name] of truths.entries()) {
    const path = join(request.truth, name)
    const truth = request.coding === null ? await readLabels(path) : await readCodedTruth(path, request.coding)
    if (!predictions.has(name)) missing.push(name)
    const prediction = predictions.has(name) ? await readLabels(join(request.predictions, name)) : nothingPredicted(truth.width, truth.height)
    const outside = prediction.labels.find((label) => label >= request.classes.length && label !== 0xffff)
    if (outside !== undefined) throw new EngineError('bad-file', `${join(request.predictions, name)}: it holds label ${outside}, the class list has ${request.classes.length} classes (0…${request.classes.length - 1}, 255 = none)`)
    const part = createProtocolTallies(request.classes.length)
    judgeImage(part, truth, prediction)
    addProtocolTallies(sum, part)
    const { mIoU } = figuresOf(part.original.confusion)
    if (mIoU !== null) worst.offer({ method: 'predictions', id: parse(name).name, mIoU, photo: photoOf(parse(name).name), truth, prediction })
    request.onImage(done + 1, truths.length)
  }
  return { json: evaluationJson({ predictions: { tallies: sum, judgedBy: 'named', secondsPerImage: null } }, request.classes, missing, []), bad: worst.all() }
}
