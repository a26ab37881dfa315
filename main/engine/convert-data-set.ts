import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { ExportOptions, ImportOptions, TransferReport } from '../contract/transfer.ts'
import { CAPTIONS_KEY } from '../formats/coco-instances-writer.ts'
import { Findings, RefusedFile } from '../formats/findings.ts'
import type { DataSet, ImageEntry, OnDone, ReadContext, ReadRecord } from '../formats/format.ts'
import { writeExport } from '../formats/formats.ts'
import { turnTaker } from '../formats/in-turns.ts'
import { type MatchedImage, matchImages, normalPath, type TargetImage } from '../formats/match-images.ts'
import { isPicture } from '../formats/place.ts'
import { inspectPicture } from '../images/inspect-picture.ts'
import { listPictures } from '../images/list-pictures.ts'
import { openProjectFile } from '../project/open-project-file.ts'
import { openDataSet, planClasses, refusedReport, TOP_LEVEL_KEY } from './import-data-set.ts'
import { projectSource } from './project-source.ts'

export interface DataSetPlace {
  readonly path: string
  readonly options: Pick<ImportOptions, 'format'>
  /** folder of the pictures; undefined: those of the data set, and without any the sizes it gives */
  readonly images: string | undefined
  /** for bare results: the file that says which images and categories they are of */
  readonly reference: string | undefined
}

/**
 * Reads a data set without a project and says what an import would do with it.
 * @throws EngineError 'not-found', 'no-permission'; what can't be read is a report with verdict 'refused'
 */
export async function checkDataSet(from: DataSetPlace, onDone?: OnDone): Promise<TransferReport> {
  const findings = new Findings()
  let format: string = from.options.format ?? 'unknown'
  try {
    const { dataSet, matched } = await opening(from, findings, onDone, (name) => { format = name })
    let annotations = 0
    const turn = turnTaker()
    const targets = targetsOf(from, dataSet, matched, new Map(dataSet.categories.map(({ key }, i) => [key, i + 1])))
    for await (const _ of dataSet.records(targets, findings, onDone)) {
      annotations++
      const wait = turn()
      if (wait !== undefined) await wait
    }
    return { format, images: matched.length, annotations, classes: dataSet.categories.length, findings: findings.list(), verdict: findings.verdict() }
  } catch (error) {
    if (!(error instanceof RefusedFile)) throw error
    return refusedReport(format, error, findings)
  }
}

/**
 * One format into another through a project file of its own that is thrown away, so memory stays bounded and what is
 * mended or refused is the same as with import and export. Ids, file names and unknown keys go along where both have them.
 * @returns both reports. @throws EngineError 'bad-file' when nothing can be read, and as writeExport does
 */
export async function convertDataSet(from: DataSetPlace, out: string, options: ExportOptions, onDone?: OnDone): Promise<{ read: TransferReport; written: TransferReport }> {
  const home = await mkdtemp(join(tmpdir(), 'maskwright-convert-'))
  const findings = new Findings()
  const file = openProjectFile(join(home, 'convert.maskwright'), { create: { name: basename(from.path) } })
  const staged = file.stageImport()
  try {
    const { dataSet, matched, name } = await opening(from, findings, onDone)
    const folderId = file.folders.add(resolve(from.images ?? dirname(from.path)))
    const rowIds = file.images.applyScan(folderId, {
      added: matched.map((image) => ({ path: image.path, width: image.width || image.entry.width, height: image.height || image.entry.height, bytes: 0, modified: 0, fingerprint: '', problem: null, remark: null })),
      changed: [], missing: [], returned: [],
    })
    const rows = matched.map((image, i) => ({ ...image, id: rowIds[i] }))
    const { classes, classOf } = planClasses(dataSet.categories, [], findings, () => file.ids.reserve(1))
    const turn = turnTaker()
    let annotations = 0
    for await (const record of dataSet.records(targetsOf(from, dataSet, rows, classOf), findings, onDone)) {
      annotations++
      if ('caption' in record) staged.caption(record.imageId, record.caption)
      else staged.add([record])
      const wait = turn()
      if (wait !== undefined) await wait
    }
    await staged.join({
      classes, captionsKey: CAPTIONS_KEY, meta: { [TOP_LEVEL_KEY]: dataSet.topLevel }, markDone: false,
      images: rows.map(({ id, entry }) => ({ imageId: id, importedId: entry.id, fileName: isPicture(entry.fileName) ? entry.fileName : null, carried: entry.carried })),
    })
    const read: TransferReport = { format: name, images: matched.length, annotations, classes: dataSet.categories.length, findings: findings.list(), verdict: findings.verdict() }
    const pictures = new Map(rows.map(({ id, entry, path }) => [id, from.images === undefined ? (dataSet.pictureOf?.(entry) ?? null) : join(resolve(from.images), path)]))
    const source = { ...projectSource(file), picturePath: ({ id }: { readonly id: number }) => pictures.get(id) ?? null }
    return { read, written: await writeExport(out, source, options, onDone) }
  } catch (error) {
    if (error instanceof RefusedFile) throw new EngineError('bad-file', `${from.path}: ${error.message} (${error.action})`, { cause: error })
    throw error
  } finally {
    staged.discard()
    file.close()
    await rm(home, { recursive: true, force: true })
  }
}

/**
 * The records of a data set one at a time, with the names of its images and classes by the ids the records use; once with
 * no record when it has none. What could not be read is left out.
 * @throws RefusedFile when nothing can be read; EngineError 'not-found', 'no-permission'
 */
export async function* readRecords(path: string): AsyncGenerator<{ readonly images: ReadonlyMap<number, string>; readonly classNames: ReadonlyMap<number, string>; readonly record: ReadRecord | null }> {
  const from: DataSetPlace = { path, options: { format: null }, images: undefined, reference: undefined }
  const findings = new Findings()
  const { dataSet, matched } = await opening(from, findings)
  const images = new Map(matched.map((image) => [image.id, image.path]))
  const classNames = new Map(dataSet.categories.map(({ name }, i) => [i + 1, name]))
  const targets = targetsOf(from, dataSet, matched, new Map(dataSet.categories.map(({ key }, i) => [key, i + 1])))
  yield { images, classNames, record: null }
  for await (const record of dataSet.records(targets, findings)) yield { images, classNames, record }
}

function targetsOf(from: DataSetPlace, dataSet: DataSet, matched: readonly MatchedImage[], classes: ReadonlyMap<string, number>) {
  return { images: new Map(matched.map((image) => [image.entry.key, image])), imageKeys: new Set(dataSet.images.map(({ key }) => key)), classes, from: basename(from.path) }
}

async function opening(from: DataSetPlace, findings: Findings, onDone?: OnDone, onFormat?: (name: string) => void): Promise<{ dataSet: DataSet; matched: MatchedImage[]; name: string }> {
  let reference: ReturnType<ReadContext['reference']> = null
  if (from.reference !== undefined) reference = (await openDataSet(from.reference, { format: null }, { findings: new Findings(), reference: () => null, onDone })).dataSet
  const { dataSet, format } = await openDataSet(from.path, from.options, { findings, reference: () => reference, onDone }, onFormat)
  const targets = from.images === undefined ? await ownTargets(dataSet, findings) : { list: await targetsIn(from.images), unsized: [] }
  // what has no size anywhere has been said
  const unsized = new Set(targets.unsized)
  const matched = matchImages(dataSet.images.filter(({ key }) => !unsized.has(key)), targets.list, findings)
  if (matched.length === 0) throw new RefusedFile('no-image-matches', `none of its ${dataSet.images.length} images can be used`, from.images === undefined ? 'give the folder of the pictures with --images' : `are these pictures in ${from.images}?`)
  return { dataSet, matched, name: format.name }
}

/** The pictures of a folder, with their sizes. */
async function targetsIn(folder: string): Promise<TargetImage[]> {
  const targets: TargetImage[] = []
  if (!existsSync(folder)) throw new EngineError('not-found', `there is no folder of pictures ${JSON.stringify(folder)}`)
  for await (const found of listPictures(folder)) {
    if (found.kind !== 'picture') continue
    const { width, height } = await inspectPicture(folder, found.path)
    targets.push({ id: targets.length + 1, path: found.path, width, height })
  }
  return targets
}

/** The data set's own list as what there is: sizes as it gives them, else of the pictures it brings. */
async function ownTargets({ images, pictureOf }: DataSet, findings: Findings): Promise<{ list: TargetImage[]; unsized: string[] }> {
  const list: TargetImage[] = []
  const unsized: string[] = []
  const paths = new Set<string>()
  for (const entry of images) {
    const name = normalPath(entry.fileName)
    // matching says what is wrong with these
    if (name === null || paths.has(name)) continue
    let { width, height } = entry
    if (width === 0 || height === 0) ({ width, height } = await sizeOfPicture(pictureOf?.(entry) ?? null))
    if (width === 0 || height === 0) {
      findings.add('image-size-unknown', 'refused', 'left out with its annotations: give the folder of the pictures', JSON.stringify(entry.fileName))
      unsized.push(entry.key)
      continue
    }
    paths.add(name)
    list.push({ id: list.length + 1, path: isPicture(name) ? name : named(entry), width, height })
  }
  return { list, unsized }
}

async function sizeOfPicture(path: string | null): Promise<{ width: number; height: number }> {
  if (path === null) return { width: 0, height: 0 }
  const { width, height } = await inspectPicture(dirname(path), basename(path))
  return { width, height }
}

/** Label files without their picture do not say its extension. */
const named = (entry: ImageEntry): string => `${normalPath(entry.fileName) ?? entry.key}.jpg`
