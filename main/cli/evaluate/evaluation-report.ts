import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { judge, type Figures } from '../../evaluate/judgement.ts'
import { htmlReport, type WorstImage } from '../../evaluate/report-html.ts'
import { markdownReport } from '../../evaluate/report-markdown.ts'
import { encodeLabelPng, type LabelMap } from '../../formats/label-png.ts'
import { PROTOCOLS, type ProtocolTallies } from './protocols.ts'

/** What one method did over all images. */
export interface MethodResult {
  readonly tallies: ProtocolTallies
  readonly judgedBy: 'named' | 'matched'
  /** seconds per image, mean; null for predictions that were given */
  readonly secondsPerImage: number | null
}

/** An image that a method did badly on, kept for the report. */
export interface BadImage {
  readonly method: string
  readonly id: string
  readonly mIoU: number
  readonly photo: string | null
  readonly truth: LabelMap
  readonly prediction: LabelMap
}

export interface EvaluationJson {
  /** figures at original size; the same at the report's size under `report` */
  readonly methods: Readonly<Record<string, Figures & { readonly report: Figures; readonly secondsPerImage: number | null }>>
  readonly classes: readonly string[]
  readonly images: number
  /** truth maps without a prediction, judged as "nothing predicted"; images that failed, with the reason */
  readonly missing: readonly string[]
  readonly failed: readonly { readonly id: string; readonly reason: string }[]
}

export function evaluationJson(results: Readonly<Record<string, MethodResult>>, classes: readonly string[], missing: readonly string[], failed: EvaluationJson['failed']): EvaluationJson {
  const methods = Object.fromEntries(Object.entries(results).map(([name, { tallies, judgedBy, secondsPerImage }]) => [
    name,
    { ...judge(tallies.original, classes, judgedBy), report: judge(tallies.report, classes, judgedBy), secondsPerImage },
  ]))
  return { methods, classes, images: Math.max(0, ...Object.values(results).map(({ tallies }) => tallies.original.images)), missing, failed }
}

/** The figures by protocol and method, as the two report writers take them. */
const byProtocol = ({ methods }: EvaluationJson) => ({
  [PROTOCOLS.original]: methods,
  [PROTOCOLS.report]: Object.fromEntries(Object.entries(methods).map(([name, { report }]) => [name, report])),
})

export const evaluationMarkdown = (title: string, json: EvaluationJson): string => markdownReport(title, byProtocol(json))

/** Longest side of the pictures in the HTML report, px. */
const PICTURE_SIDE = 320

async function labelPicture(map: LabelMap, classCount: number): Promise<string> {
  const png = await sharp(encodeLabelPng(map, Math.min(classCount, 255))).resize(PICTURE_SIDE, PICTURE_SIDE, { fit: 'inside', kernel: 'nearest', withoutEnlargement: true }).png().toBuffer()
  return `data:image/png;base64,${png.toString('base64')}`
}

async function photoPicture(path: string): Promise<string | null> {
  try {
    const webp = await sharp(path).rotate().resize(PICTURE_SIDE, PICTURE_SIDE, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 70 }).toBuffer()
    return `data:image/webp;base64,${webp.toString('base64')}`
  } catch {
    return null // the report says "not given"; the figures do not depend on the photo
  }
}

/** Writes report.json, report.md and report.html into a folder, which is created. */
export async function writeEvaluation(folder: string, title: string, note: string, json: EvaluationJson, bad: readonly BadImage[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const worst: WorstImage[] = []
  for (const image of bad) {
    worst.push({
      method: image.method,
      id: image.id,
      mIoU: image.mIoU,
      photo: image.photo === null ? null : await photoPicture(image.photo),
      truth: await labelPicture(image.truth, json.classes.length),
      prediction: await labelPicture(image.prediction, json.classes.length),
    })
  }
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(json)}\n`)
  await writeFile(join(folder, 'report.md'), evaluationMarkdown(title, json))
  await writeFile(join(folder, 'report.html'), htmlReport(title, note, json.classes, byProtocol(json), worst))
}
