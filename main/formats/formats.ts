import type { ExportOptions, FormatName, TransferReport } from '../contract/transfer.ts'
import { EngineError } from '../contract/errors.ts'
import { cityscapes } from './cityscapes.ts'
import { cocoInstances } from './coco-instances.ts'
import { cocoPanoptic } from './coco-panoptic.ts'
import { cocoResults } from './coco-results.ts'
import { cocoStuff } from './coco-stuff.ts'
import { planCocoInstances } from './coco-instances-writer.ts'
import { cvat } from './cvat.ts'
import { datumaro } from './datumaro.ts'
import { FileNames } from './export-items.ts'
import { Findings, RefusedFile } from './findings.ts'
import type { Format, OnDone, Source, SplitName, WriteCounts } from './format.ts'
import { cocoStuffMaps, labelPng } from './label-maps.ts'
import { labelme } from './labelme.ts'
import { sayExactness, sayingLosses } from './losses.ts'
import { DRY_OUT, type Out, writeFolder, writeOneFile } from './out.ts'
import type { Place } from './place.ts'
import { splitImages } from './split-images.ts'
import { voc } from './voc.ts'
import { yolo } from './yolo.ts'
import { FILE_FORMATS } from '../contract/transfer.ts'

/** Every format there is. */
export const FORMATS: readonly Format[] = [cocoInstances, cocoPanoptic, cocoStuff, cocoResults, cocoStuffMaps, voc, cityscapes, yolo, labelme, labelPng, datumaro, cvat]

export function formatNamed(name: FormatName): Format {
  const found = FORMATS.find((format) => format.name === name)
  if (found === undefined) throw new EngineError('internal', `there is no format ${name}`)
  return found
}

/**
 * What a file or folder looks like.
 * @throws RefusedFile when it looks like none
 */
export function recognised(place: Place): Format {
  let best: Format | null = null
  let most = 0
  for (const format of FORMATS) {
    const confidence = format.read === undefined ? 0 : format.recognise(place)
    if (confidence > most) {
      best = format
      most = confidence
    }
  }
  if (best === null) throw new RefusedFile('unknown-format', `${place.name} looks like none of ${FORMATS.map(({ title }) => title).join(', ')}`, 'nothing is read; say the format')
  return best
}

const SETS: readonly SplitName[] = ['train', 'val', 'test']

/** Dry run: all that a real one would say, without writing. */
export async function checkExport(source: Source, options: ExportOptions, onDone?: OnDone): Promise<TransferReport> {
  // instances are counted without being made; the others have to be painted to be judged
  if (options.format === 'coco-instances') {
    const findings = new Findings()
    sayExactness(options, findings)
    const { report } = await planCocoInstances(source, options)
    for (const finding of report.findings) findings.join(finding)
    if (options.split !== null) saySplit(splitImages(classesOf(source, options), options.split), findings)
    return { ...report, findings: findings.list() }
  }
  return exported(source, options, (write) => write(DRY_OUT), onDone)
}

/**
 * Writes an export whole or not at all (of a split into files: each of them).
 * @param path the file, or the folder, as the format has it
 * @throws EngineError 'bad-input' when the format can't be written or the folder has something in it; 'disk-full', 'no-permission', 'not-found', 'bad-file'
 */
export function writeExport(path: string, source: Source, options: ExportOptions, onDone?: OnDone): Promise<TransferReport> {
  if (!FILE_FORMATS.includes(options.format)) return exported(source, options, (write) => writeFolder(path, options.images, write), onDone)
  return exported(source, options, (write, set) => writeOneFile(set === null ? path : path.replace(/(\.[^./\\]*)?$/, `.${set}$1`), options.images, write), onDone)
}

async function exported(given: Source, options: ExportOptions, open: (write: (out: Out) => Promise<void>, set: SplitName | null) => Promise<void>, onDone?: OnDone): Promise<TransferReport> {
  const format = formatNamed(options.format)
  const { write } = format
  if (write === undefined) throw new EngineError('bad-input', `${format.title} can only be read; choose another format`)
  const findings = new Findings()
  sayExactness(options, findings)
  const named = options.split === null ? given : namedAsOne(given, findings)
  const source = format.keeps === undefined ? named : sayingLosses(named, format.keeps, options, findings)
  const split = options.split === null ? null : splitImages(classesOf(given, options), options.split)
  const splitOf = split === null ? null : (imageId: number): SplitName => split.get(imageId) ?? 'train'
  let counts: WriteCounts = { images: 0, annotations: 0, classes: 0 }
  const add = (more: WriteCounts): void => { counts = { images: counts.images + more.images, annotations: counts.annotations + more.annotations, classes: Math.max(counts.classes, more.classes) } }
  const base = { options, findings, onDone }
  const apart = async (out: Out, set: SplitName): Promise<void> => {
    const part: Source = { ...source, *images() { for (const image of source.images()) if (splitOf?.(image.id) === set) yield image } }
    add(await write(out, part, { ...base, splitOf: null }))
  }
  if (splitOf === null || format.splitsItself === true) await open(async (out) => { add(await write(out, source, { ...base, splitOf })) }, null)
  else {
    const used = SETS.filter((set) => [...(split ?? new Map<number, SplitName>()).values()].includes(set))
    // a file each; of a folder format, a folder each in one
    if (FILE_FORMATS.includes(options.format)) for (const set of used) await open((out) => apart(out, set), set)
    else await open(async (out) => { for (const set of used) await apart(below(out, set), set) }, null)
  }
  if (split !== null) saySplit(split, findings)
  return { format: options.format, ...counts, findings: findings.list(), verdict: findings.verdict() }
}

/**
 * The same with the file names that images have in the whole data set: pictures of two sets may come to lie in one folder.
 * Memory: the names.
 */
function namedAsOne(source: Source, findings: Findings): Source {
  const names = new FileNames(findings)
  const others = new Map<number, string>()
  for (const image of source.images()) {
    const name = names.nameOf(image)
    if (name !== (image.fileName ?? image.path)) others.set(image.id, name)
  }
  return others.size === 0 ? source : { ...source, *images() { for (const image of source.images()) yield { ...image, fileName: others.get(image.id) ?? image.fileName } } }
}

const below = (out: Out, folder: string): Out => ({
  text: (relative, write) => out.text(`${folder}/${relative}`, write),
  file: (relative, make) => out.file(`${folder}/${relative}`, make),
  picture: (relative, from) => out.picture(`${folder}/${relative}`, from),
})

function saySplit(split: ReadonlyMap<number, SplitName>, findings: Findings): void {
  const sizes = SETS.map((set) => `${set} ${[...split.values()].filter((one) => one === set).length}`).join(', ')
  findings.add('split', 'note', 'every class is shared out as the images are', sizes)
}

function classesOf(source: Source, { states }: ExportOptions): Map<number, number[]> {
  const wanted = new Set<string>(states)
  const found = new Map<number, number[]>()
  for (const image of source.images()) found.set(image.id, [...new Set((source.outlinesOf?.(image.id) ?? source.annotationsOf(image.id)).flatMap(({ classId, state }) => (classId !== null && wanted.has(state) ? [classId] : [])))])
  return found
}
