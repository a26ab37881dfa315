import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { EvaluationJson, BadImage, MethodResult } from './evaluation-report.ts'
import { evaluationJson } from './evaluation-report.ts'
import { EngineError } from '../../contract/errors.ts'
import { METHODS, type MethodName } from '../../contract/methods.ts'
import type { Settings } from '../../contract/settings.ts'
import { figuresOf } from '../../evaluate/confusion.ts'
import type { Dataset, DatasetItem } from '../../evaluate/datasets/dataset.ts'
import { NO_LABEL, type LabelMap } from '../../formats/label-png.ts'
import { decodeRgb } from '../../images/decode.ts'
import type { SharedWork } from '../../segment/run-method.ts'
import type { MapsInput } from '../segment-maps.ts'
import type { MethodsOf } from './methods-on-image.ts'
import { addProtocolTallies, createProtocolTallies, judgeImage, REPORT_SIZE, restoreTallies, storeTallies, type StoredTallies } from './protocols.ts'
import { readCodedTruth } from './truth.ts'
import { createWorstImages } from './worst-images.ts'

/** Methods whose clusters have no names; judged by Hungarian matching. */
const NAMELESS: readonly MethodName[] = ['diffseg', 'regions']

export interface DatasetRequest {
  readonly dataset: Dataset
  readonly truthOf: (item: DatasetItem) => Promise<LabelMap>
  readonly methodsOf: MethodsOf
  /** root, split and origin of the maps: the journal joins only runs of the same */
  readonly source: string
  readonly methods: readonly MethodName[]
  readonly profile: 'reference' | 'corrected'
  readonly settings: Settings
  /** every method with names works over the classes that are in the picture, as where a person has ticked them */
  readonly ticked: boolean
  /** folder of the journal; an earlier run of the same request goes on there. null: nothing is kept */
  readonly journal: string | null
  /** worst images a method that are kept for the report */
  readonly worst: number
  readonly onImage: (done: number, total: number) => void
  /** the journal can't be written any more: the figures are whole, but a run after a stop judges again what follows */
  readonly onJournalLost: (reason: string) => void
}

/** One finished image in the journal; the key makes sure that only runs of the same request are joined. */
interface JournalLine {
  readonly key: string
  readonly id: string
  readonly methods: Readonly<Record<string, { readonly tallies: StoredTallies; readonly milliseconds: number; readonly mIoU: number | null }>>
  /** methods that this picture's maps cannot be given to, with the reason; the others are judged all the same */
  readonly refused?: Readonly<Record<string, string>>
}

/** Runs methods on every picture of a dataset and judges them; resumes from the journal. */
export async function evaluateDataset(request: DatasetRequest): Promise<{ json: EvaluationJson; bad: readonly BadImage[] }> {
  const { dataset, methods } = request
  const sums = new Map(methods.map((method) => [method, { tallies: createProtocolTallies(dataset.classes.length), milliseconds: 0 }]))
  const key = JSON.stringify([dataset.name, request.source, dataset.classes, methods, request.profile, request.settings, ...(request.ticked ? ['ticked'] : [])])
  const done = await readJournal(request.journal, key)
  const keep = journalWriter(request)
  const worst = createWorstImages<{ readonly method: MethodName; readonly item: DatasetItem; readonly mIoU: number }>(request.worst)
  const pictures = new Map<string, BadImage>()
  const failed: { id: string; reason: string }[] = []
  let whole = 0
  for (const [place, item] of dataset.items.entries()) {
    let line = done.get(item.id)
    if (line === undefined) {
      try {
        line = { key, id: item.id, ...await judgeItem(item, request, (image) => { pictures.set(`${image.method} ${image.id}`, image) }) }
        await keep(line)
      } catch (error) {
        // one bad picture must not end a run of thousands; what is wrong with the request itself shows in every picture
        failed.push({ id: item.id, reason: (error as Error).message })
        whole++
        if (error instanceof EngineError && (error.code === 'bad-input' || error.code === 'unavailable') && whole === place + 1 && whole >= Math.min(3, dataset.items.length)) throw error
      }
    }
    for (const [method, reason] of Object.entries(line?.refused ?? {})) failed.push({ id: item.id, reason: `${method}: ${reason}` })
    for (const [method, sum] of sums) {
      const part = line?.methods[method]
      if (part === undefined) continue
      addProtocolTallies(sum.tallies, restoreTallies(part.tallies, dataset.classes.length))
      sum.milliseconds += part.milliseconds
      if (part.mIoU !== null) worst.offer({ method, item, mIoU: part.mIoU })
    }
    // only the pictures of what is among the worst so far stay in memory
    for (const name of pictures.keys()) if (!worst.all().some(({ method, item: { id } }) => name === `${method} ${id}`)) pictures.delete(name)
    request.onImage(place + 1, dataset.items.length)
  }
  const results = Object.fromEntries([...sums].map(([method, { tallies, milliseconds }]): [string, MethodResult] => [
    method,
    { tallies, judgedBy: NAMELESS.includes(method) ? 'matched' : 'named', secondsPerImage: tallies.original.images > 0 ? milliseconds / 1000 / tallies.original.images : null },
  ]))
  // what an earlier run judged has its figures in the journal; its picture is made again
  const bad: BadImage[] = []
  for (const { method, item } of worst.all()) {
    const picture = pictures.get(`${method} ${item.id}`)
    if (picture !== undefined) bad.push(picture)
    else await judgeItem(item, { ...request, methods: [method] }, (image) => { bad.push(image) }).catch(() => undefined) // its files are gone meanwhile: the report shows the others
  }
  return { json: evaluationJson(results, dataset.classes, [], failed), bad }
}

async function judgeItem(item: DatasetItem, request: DatasetRequest, onNamed: (image: BadImage) => void): Promise<Pick<JournalLine, 'methods' | 'refused'>> {
  const { dataset, methods, settings, profile, ticked: onlyTicked } = request
  const truth = await request.truthOf(item)
  const methodsHere = await request.methodsOf(item)
  const { classes } = methodsHere
  const places = placesIn(dataset, classes)
  const present = new Set(truth.labels)
  const { fine } = dataset
  const fineTruth = fine === undefined ? truth : await readCodedTruth(item.truth, fine.coding)
  const finePresent = new Set(fineTruth.labels)
  const ticked = classes.flatMap((name, place) => {
    const finePlace = fine === undefined ? -1 : fine.names.indexOf(name)
    return (finePlace >= 0 ? finePresent.has(finePlace) : present.has(places[place])) ? [place] : []
  })
  const shared: SharedWork = new Map()
  const photo = methods.includes('grabcut') || settings.edgeSnap !== 'none' ? await decodeRgb(item.photo) : undefined
  const judged: Record<string, JournalLine['methods'][string]> = {}
  const refused: Record<string, string> = {}
  for (const method of methods) {
    try {
      judged[method] = await judgeMethod(method)
    } catch (error) {
      // what one method cannot take (an exact zero in profile reference, say) says nothing of the others; if none can, the picture has failed
      if (!(error instanceof EngineError && error.code === 'bad-input') || Object.keys(refused).length + 1 === methods.length) throw error
      refused[method] = error.message
    }
  }
  return { methods: judged, ...(Object.keys(refused).length > 0 ? { refused } : {}) }

  async function judgeMethod(method: MethodName): Promise<JournalLine['methods'][string]> {
    const nameless = NAMELESS.includes(method)
    const at = async (size: MapsInput['size']) => {
      // a picture with none of the classes: nothing is ticked, so nothing is found
      if ((METHODS[method].ticked || (onlyTicked && !nameless)) && ticked.length === 0) return { map: emptyOf(size, places[classes.length]), clusterCount: undefined }
      const result = await methodsHere.run({ method, profile, settings, ticked, onlyTicked: onlyTicked && !nameless, regions: fineTruth, size, normaliseColumns: dataset.normalisesColumns === true, ...(photo === undefined ? {} : { photo }) }, shared)
      const named = (label: number) => (label === NO_LABEL ? places[classes.length] : places[label])
      return { map: { width: result.width, height: result.height, labels: nameless ? result.labels : result.labels.map(named) }, clusterCount: result.clusterCount }
    }
    const started = performance.now()
    const small = await at(REPORT_SIZE)
    const milliseconds = performance.now() - started
    const { map: prediction } = await at({ width: truth.width, height: truth.height })
    const tallies = createProtocolTallies(dataset.classes.length)
    judgeImage(tallies, truth, prediction, small.map, nameless ? (small.clusterCount ?? 0) : undefined)
    const { mIoU } = figuresOf(tallies.original.confusion)
    if (!nameless && mIoU !== null) onNamed({ method, id: item.id, mIoU, photo: item.photo, truth, prediction })
    return { tallies: storeTallies(tallies), milliseconds, mIoU: nameless ? null : mIoU }
  }
}

function emptyOf(size: MapsInput['size'], label: number): LabelMap {
  const { width, height } = typeof size === 'number' ? { width: size, height: size } : size
  return { width, height, labels: new Uint16Array(width * height).fill(label) }
}

/** Place in the dataset's class list of each of the maps' classes, and last that of "no class": the dataset's own background, if it has one. */
function placesIn(dataset: Dataset, classes: readonly string[]): Uint16Array {
  const places = Uint16Array.from([...classes, 'background'], (name) => {
    const place = dataset.classes.indexOf(name)
    const coarse = place < 0 ? dataset.coarseOf?.(name) : undefined
    return coarse ?? (place < 0 ? NO_LABEL : place)
  })
  if (places.subarray(0, classes.length).every((place) => place === NO_LABEL)) {
    throw new EngineError('bad-input', `none of the maps' classes (${classes.slice(0, 5).join(', ')}, …) is a class of ${dataset.name} (${dataset.classes.slice(0, 5).join(', ')}, …)`)
  }
  return places
}

const journalPath = (folder: string) => join(folder, 'journal.jsonl')

/** Writes finished images until that fails: half a line may then be in the journal, and nothing may follow it. */
function journalWriter({ journal, onJournalLost }: DatasetRequest): (line: JournalLine) => Promise<void> {
  let folder = journal
  return async (line) => {
    if (folder === null) return
    try {
      await appendFile(journalPath(folder), `${JSON.stringify(line)}\n`)
    } catch (error) {
      folder = null
      onJournalLost((error as Error).message)
    }
  }
}

/** Finished images of an earlier run of the same request. A last line cut off by a kill is dropped. */
async function readJournal(folder: string | null, key: string): Promise<Map<string, JournalLine>> {
  const done = new Map<string, JournalLine>()
  if (folder === null) return done
  await mkdir(folder, { recursive: true })
  const text = await readFile(journalPath(folder), 'utf8').catch(() => '')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) await truncate(journalPath(folder), Buffer.byteLength(whole))
  for (const row of whole.split('\n')) {
    if (row === '') continue
    const line = JSON.parse(row) as JournalLine
    if (line.key === key) done.set(line.id, line)
  }
  return done
}
