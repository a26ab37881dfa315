import { basename } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { LabelClass } from '../contract/records.ts'
import type { ImportOptions, TransferReport } from '../contract/transfer.ts'
import { CAPTIONS_KEY } from '../formats/coco-instances-writer.ts'
import type { ReadAnnotation } from '../formats/coco-instances-reader.ts'
import { Findings, RefusedFile } from '../formats/findings.ts'
import type { CategoryEntry, DataSet, Format, ImageEntry, OnDone, ReadContext } from '../formats/format.ts'
import { mergeTopLevel } from '../formats/coco-several.ts'
import { formatNamed, recognised } from '../formats/formats.ts'
import { inTurns, turnTaker } from '../formats/in-turns.ts'
import { type MatchedImage, matchSteps } from '../formats/match-images.ts'
import { isPicture, lookAt, type Place } from '../formats/place.ts'
import type { ProjectFile } from '../project/project-file.ts'
import type { ImageCarrier, StagedImport } from '../project/staged-import.ts'
import { classColour } from './class-colours.ts'

/** Key of ProjectFile.meta under which info, licenses and unknown top-level keys wait for the export. */
export const TOP_LEVEL_KEY = 'coco.topLevel'

const AS_FOUND: ImportOptions = { format: null, done: true }

type NewClass = Omit<LabelClass, 'version'>
interface Plan {
  readonly dataSet: DataSet
  readonly matched: readonly MatchedImage[]
  readonly classes: readonly NewClass[]
  readonly classOf: ReadonlyMap<string, number>
}

/** A data set that was looked at: which format, and what it holds. */
export interface OpenedDataSet {
  readonly format: Format
  readonly place: Place
  readonly dataSet: DataSet
}

/**
 * Looks at a file or folder and reads its lists; `onFormat` hears its format as soon as that is known.
 * @throws RefusedFile when nothing can be read; EngineError 'not-found', 'no-permission', 'bad-file'
 */
export async function openDataSet(path: string, { format: name }: Pick<ImportOptions, 'format'>, context: ReadContext, onFormat?: (name: string) => void): Promise<OpenedDataSet> {
  const place = readable(path, () => lookAt(path))
  const format = name === null ? readable(path, () => recognised(place)) : formatNamed(name)
  onFormat?.(format.name)
  if (format.read === undefined) throw new RefusedFile('unknown-format', `${format.title} can’t be read`, 'choose another format')
  try {
    return { format, place, dataSet: await format.read(place, context) }
  } catch (error) {
    throw translated(path, error)
  }
}

/**
 * Dry run of an import: reads everything, writes nothing.
 * @throws EngineError 'not-found', 'no-permission'; what can't be read is a report with verdict 'refused'
 */
export async function checkImport(file: ProjectFile, path: string, options: ImportOptions = AS_FOUND, onDone?: OnDone): Promise<TransferReport> {
  const findings = new Findings()
  let format: string = options.format ?? 'unknown'
  try {
    let provisional = 0
    const { plan, name } = await planImport(file, path, options, findings, () => --provisional, onDone, (found) => { format = found })
    const counted = await readAll(file, path, plan, findings, null, onDone)
    return reportOf(name, plan, counted, findings)
  } catch (error) {
    if (!(error instanceof RefusedFile)) throw error
    return refusedReport(format, error, findings)
  }
}

/** The report of a file of which nothing can be read. */
export function refusedReport(format: string, error: RefusedFile, findings: Findings): TransferReport {
  findings.add(error.rule, 'refused', error.action, error.message)
  return { format, images: 0, annotations: 0, classes: 0, findings: findings.list(), verdict: 'refused' }
}

/**
 * Joins a data set with the project, all or nothing: it is gathered beside the project and then joined in short
 * transactions, both while others work.
 * @throws EngineError 'bad-file' when it can't be read, 'stale' when the project has changed so that it does not fit; the project is then as it was
 */
export async function applyImport(file: ProjectFile, path: string, options: ImportOptions = AS_FOUND, onDone?: OnDone): Promise<{ report: TransferReport; imageIds: number[]; classes: readonly NewClass[]; joinMs: number }> {
  const findings = new Findings()
  const staged = file.stageImport()
  try {
    const { plan, name } = await planImport(file, path, options, findings, () => file.ids.reserve(1), onDone, () => undefined)
    const counted = await readAll(file, path, plan, findings, staged, onDone)
    const started = performance.now()
    const { topLevel } = plan.dataSet
    await staged.join({
      classes: plan.classes,
      images: plan.dataSet.bare === true ? [] : carriers(file, plan.matched),
      captionsKey: CAPTIONS_KEY,
      meta: Object.keys(topLevel).length === 0 ? {} : { [TOP_LEVEL_KEY]: mergeTopLevel(file.meta.get(TOP_LEVEL_KEY), topLevel) },
      markDone: options.done,
    })
    const joinMs = performance.now() - started
    return { report: reportOf(name, plan, counted, findings), imageIds: plan.matched.map(({ id }) => id), classes: plan.classes, joinMs }
  } catch (error) {
    if (error instanceof RefusedFile) throw new EngineError('bad-file', `${JSON.stringify(basename(path))}: ${error.message}; nothing was imported (${error.action})`, { cause: error })
    throw error
  } finally {
    staged.discard()
  }
}

function reportOf(format: string, plan: Plan, annotations: number, findings: Findings): TransferReport {
  return { format, images: plan.matched.length, annotations, classes: plan.dataSet.categories.length, findings: findings.list(), verdict: findings.verdict() }
}

/** Errors of the file system, in words. */
export function readable<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw translated(path, error)
  }
}

function translated(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof EngineError) return error
  const shown = JSON.stringify(path)
  if (error.code === 'ENOENT') return new EngineError('not-found', `there is no file ${shown}`, { cause: error })
  if (error.code === 'EACCES' || error.code === 'EPERM') return new EngineError('no-permission', `${shown} can’t be read: no permission`, { cause: error })
  if (error.code === 'EISDIR') return new EngineError('bad-file', `${shown} is a folder; choose a file in it`, { cause: error })
  if (error.code === 'EIO') return new EngineError('bad-file', `${shown} can’t be read: ${error.message}`, { cause: error })
  return error
}

async function planImport(file: ProjectFile, path: string, options: ImportOptions, findings: Findings, newId: () => number, onDone: OnDone | undefined, onFormat: (name: string) => void): Promise<{ plan: Plan; name: string }> {
  const { format, dataSet } = await openDataSet(path, options, { findings, reference: () => referenceOf(file), onDone }, onFormat)
  const matched = dataSet.bare === true ? byImportedId(file, dataSet) : await inTurns(matchSteps(dataSet.images, file.images.forMatching(), findings))
  if (matched.length === 0) {
    const first = dataSet.images.slice(0, 3).map(({ fileName }) => JSON.stringify(fileName)).join(', ')
    throw new RefusedFile('no-image-matches', `none of the ${dataSet.images.length} images of the file can be used with this project (the first: ${first})`, 'add the folder of these pictures to the project first')
  }
  return { name: format.name, plan: { dataSet, matched, ...planClasses(dataSet.categories, file.classes.list(), findings, newId) } }
}

/** Images that a file of bare results names by the ids the project has from an import. */
function byImportedId(file: ProjectFile, { images }: DataSet): MatchedImage[] {
  const entries = new Map(images.map((entry) => [entry.key, entry]))
  const found: MatchedImage[] = []
  for (const { row, importedId } of file.images.forExport()) {
    const entry = entries.get(String(importedId))
    if (entry !== undefined) found.push({ id: row.id, path: row.path, width: row.width, height: row.height, entry })
  }
  return found
}

/** What a file of bare results may speak of: the project's images and classes by their imported ids. */
function referenceOf(file: ProjectFile): { images: ImageEntry[]; categories: CategoryEntry[] } {
  const images: ImageEntry[] = []
  for (const { row, importedId } of file.images.forExport()) {
    if (importedId !== null) images.push({ key: String(importedId), id: importedId, fileName: row.path, width: row.width, height: row.height, carried: null })
  }
  return { images, categories: file.classes.list().flatMap(({ name, importedId, extent }) => (importedId === null ? [] : [{ key: String(importedId), id: importedId, name, extent, carried: null }])) }
}

/**
 * Which class of the project each category is: the one of the same name (it takes the category's id when it has none),
 * else a new one at the end of the list.
 */
export function planClasses(categories: readonly CategoryEntry[], existing: readonly LabelClass[], findings: Findings, newId: () => number): Pick<Plan, 'classes' | 'classOf'> {
  const byName = new Map(existing.map((label) => [label.name, label]))
  const usedIds = new Set(existing.flatMap(({ importedId }) => (importedId === null ? [] : [importedId])))
  const classes: NewClass[] = []
  const classOf = new Map<string, number>()
  let order = existing.reduce((highest, label) => Math.max(highest, label.order + 1), 0)
  for (const { key, id, name, extent, carried } of categories) {
    const known = byName.get(name)
    const free = id !== null && !usedIds.has(id)
    if (known !== undefined) {
      classOf.set(key, known.id)
      if (known.importedId === null && (free || carried !== null)) {
        const { version: _, ...kept } = known
        classes.push({ ...kept, importedId: free ? id : null, carried: { ...carried, ...known.carried } })
      } else if (known.importedId !== id && id !== null) findings.add('category-id-differs', 'note', 'the project’s id stays', `“${name}” is ${known.importedId ?? 'without an id'} here, ${id} in the file`)
    } else {
      if (id !== null && !free) findings.add('category-id-taken', 'mended', 'a new id is given on export', `“${name}”: ${id} is another class’s in this project`)
      const record = { kind: 'class' as const, id: newId(), name, synonyms: [], colour: classColour(order), order, extent, importedId: free ? id : null, carried }
      order++
      classes.push(record)
      classOf.set(key, record.id)
    }
    if (free && id !== null) usedIds.add(id)
  }
  return { classes, classOf }
}

/** Reads the annotations that the project does not have yet, into `staged` when there is one. Others get turns. */
async function readAll(file: ProjectFile, path: string, { dataSet, matched, classOf }: Plan, findings: Findings, staged: StagedImport | null, onDone?: OnDone): Promise<number> {
  const targetsOf = {
    images: new Map(matched.map((image) => [image.entry.key, image])),
    imageKeys: new Set(dataSet.images.map(({ key }) => key)),
    classes: classOf,
    from: basename(path),
  }
  const has = alreadyThere(file, await inTurns(withoutAnnotations(file)))
  const turn = turnTaker()
  let count = 0
  try {
    for await (const record of dataSet.records(targetsOf, findings, onDone)) {
      if ('caption' in record) {
        staged?.caption(record.imageId, record.caption)
        count++
      } else if (has(record)) findings.add('already-there', 'note', 'skipped: the image has it already', `annotation ${record.importedId ?? 'without id'} of image ${record.imageId}`)
      else {
        staged?.add([record])
        count++
      }
      const wait = turn()
      if (wait !== undefined) await wait
    }
  } catch (error) {
    throw translated(path, error)
  }
  return count
}

/**
 * Whether the project has an annotation already. What an image holds is kept as hashes, so that importing a large file
 * twice takes 16 bytes an annotation; a hit is looked at in full.
 * @param bare images that hold nothing to compare with
 */
function alreadyThere(file: ProjectFile, bare: ReadonlySet<number>): (annotation: ReadAnnotation) => boolean {
  const looked = new Set<number>()
  const hashes = new Set<number>()
  return (annotation) => {
    if (bare.has(annotation.imageId)) return false
    if (!looked.has(annotation.imageId)) {
      looked.add(annotation.imageId)
      for (const stored of file.annotations.ofImage(annotation.imageId)) {
        hashes.add(hashOf(`${annotation.imageId} ${identityOf(stored)}`))
        hashes.add(hashOf(`${annotation.imageId} ${shapeOf(stored)}`))
      }
    }
    if (hashes.size === 0) return false
    const hit = (text: string): boolean => hashes.has(hashOf(`${annotation.imageId} ${text}`))
    if (!(annotation.importedId !== null && hit(identityOf(annotation))) && !hit(shapeOf(annotation))) return false
    return file.annotations.ofImage(annotation.imageId).some((stored) => (annotation.importedId !== null && identityOf(stored) === identityOf(annotation)) || shapeOf(stored) === shapeOf(annotation))
  }
}

/** Images that hold no annotation as the import begins: nothing of theirs has to be compared. */
function* withoutAnnotations(file: ProjectFile): Generator<void, ReadonlySet<number>, void> {
  const found = new Set<number>()
  for (const { id, annotated } of file.images.forMatching()) {
    if (!annotated) found.add(id)
    yield
  }
  return found
}

/** FNV-1a twice, as one number of 52 bits. */
function hashOf(text: string): number {
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b) + i
  }
  return (a >>> 0) * 0x100000 + ((b >>> 12) & 0xfffff)
}

/** The same annotation of the same file, edited or not. */
const identityOf = ({ importedId, provenance }: Pick<ReadAnnotation, 'importedId' | 'provenance'>): string => `${importedId} ${provenance.by ?? ''}`
/** The same class on the same pixels. */
const shapeOf = ({ classId, mask, boxOnly }: Pick<ReadAnnotation, 'classId' | 'mask' | 'boxOnly'>): string =>
  `${classId} ${mask.x} ${mask.y} ${mask.width} ${mask.height} ${boxOnly?.join(' ') ?? ''} ${Buffer.from(mask.runs.buffer, mask.runs.byteOffset, mask.runs.byteLength).toString('base64')}`

/** What each image keeps of its entry for an export. A format without ids takes nothing from what a COCO file said before. */
function* carriers(file: ProjectFile, matched: readonly MatchedImage[]): Generator<ImageCarrier, void, void> {
  const entries = new Map(matched.map(({ id, entry }) => [id, entry]))
  for (const { row, importedId, carried } of file.images.forExport()) {
    const entry = entries.get(row.id)
    if (entry === undefined || (entry.id === null && importedId !== null)) continue
    const sizes = { ...(entry.width > 0 ? { width: entry.width } : {}), ...(entry.height > 0 ? { height: entry.height } : {}) }
    const captions = carried?.[CAPTIONS_KEY]
    yield { imageId: row.id, importedId: entry.id, fileName: isPicture(entry.fileName) ? entry.fileName : null, carried: { ...sizes, ...entry.carried, ...(captions === undefined ? {} : { [CAPTIONS_KEY]: captions }) } }
  }
}
