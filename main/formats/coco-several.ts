import { cocoHeaderSteps, type CocoHeader, type CocoImage } from './coco-header.ts'
import { type CocoTargets, readCocoRecords } from './coco-instances-reader.ts'
import { pictureNear } from './coco-place.ts'
import { type Findings, RefusedFile } from './findings.ts'
import type { CategoryEntry, DataSet, ImageEntry, OnDone, ReadRecord, Targets } from './format.ts'
import { inTurns } from './in-turns.ts'
import type { MatchedImage } from './match-images.ts'
import type { Place } from './place.ts'

interface Part {
  readonly file: string
  readonly path: string
  readonly header: CocoHeader
  /** the key in the whole of each image and category of this file, by its own key */
  readonly imageKeys: ReadonlyMap<string, string>
  readonly classKeys: ReadonlyMap<string, string>
}

/**
 * Instances files of one folder (train and val, say) as one data set: classes are the same by name, ids stay where no
 * earlier file has them, and a file of captions may speak of another's images.
 * @throws RefusedFile when two files label the same images, or one can't be read
 */
export async function readSeveral(place: Place, files: readonly string[], findings: Findings, onDone?: OnDone): Promise<DataSet> {
  const images: ImageEntry[] = []
  const categories: CategoryEntry[] = []
  const imageIds = new Set<number>()
  const known = new Map<string, { readonly key: string; readonly file: string; readonly labelled: boolean }>()
  const classOfName = new Map<string, CategoryEntry>()
  const parts: Part[] = []
  let topLevel: Record<string, unknown> = {}
  for (const [i, file] of files.entries()) {
    const path = place.absolute(file)
    const header = await inTurns(cocoHeaderSteps(path, findings, (done, total) => onDone?.(i * total + done, files.length * total)))
    const labelled = header.categories.length > 0
    const imageKeys = new Map<string, string>()
    for (const image of header.images) {
      const identity = `${image.key} ${image.fileName}`
      const before = known.get(identity)
      if (before !== undefined && before.labelled && labelled) {
        throw new RefusedFile('several-files', `${place.name} holds ${files.length} files of this format, and ${before.file} and ${file} both label ${JSON.stringify(image.fileName)}`, 'give one of them, then the other')
      }
      if (before !== undefined) imageKeys.set(image.key, before.key)
      else {
        const key = `${i}/${image.key}`
        known.set(identity, { key, file, labelled })
        imageKeys.set(image.key, key)
        images.push({ ...withFreeId(image, imageIds, findings), key })
      }
    }
    const classKeys = new Map<string, string>()
    for (const category of header.categories) {
      let same = classOfName.get(category.name)
      if (same === undefined) {
        const taken = category.id !== null && categories.some(({ id }) => id === category.id)
        if (taken) findings.add('category-id-taken', 'mended', 'a new id is given on export', `“${category.name}” of ${file}: ${category.id} is another class’s`)
        same = { ...category, id: taken ? null : category.id, key: `${i}/${category.key}` }
        classOfName.set(category.name, same)
        categories.push(same)
      }
      classKeys.set(category.key, same.key)
    }
    topLevel = mergeTopLevel(topLevel, header.topLevel)
    parts.push({ file, path, header, imageKeys, classKeys })
    findings.add('several-joined', 'note', 'read together, as one data set', `${file}: ${header.images.length} images`)
  }
  const nearOf = new Map(parts.flatMap(({ path, imageKeys }) => {
    const near = pictureNear(path)
    return [...imageKeys.values()].map((key) => [key, near] as const)
  }))
  return { images, categories, topLevel, pictureOf: (entry) => nearOf.get(entry.key)?.(entry) ?? null, records: (targets, found, onBytes) => records(parts, targets, found, onBytes) }
}

/** Tools that write a file a set often count from 0 in each. */
function withFreeId(image: CocoImage, taken: Set<number>, findings: Findings): CocoImage {
  if (image.id === null) return image
  if (!taken.has(image.id)) {
    taken.add(image.id)
    return image
  }
  findings.add('image-id-twice', 'mended', 'the second gets a new id on export', `${image.fileName}: ${image.id}`)
  return { ...image, id: null }
}

function* records(parts: readonly Part[], targets: Targets, findings: Findings, onBytes?: OnDone): Generator<ReadRecord, void, void> {
  const ids = new Set<string>()
  for (const [i, { path, header, imageKeys, classKeys }] of parts.entries()) {
    const images = new Map<string, MatchedImage>()
    for (const { key } of header.images) {
      const image = targets.images.get(imageKeys.get(key) ?? '')
      if (image !== undefined) images.set(key, image)
    }
    const classes = new Map<string, number>()
    for (const [key, whole] of classKeys) {
      const classId = targets.classes.get(whole)
      if (classId !== undefined) classes.set(key, classId)
    }
    const own: CocoTargets = { images, imageKeys: new Set(imageKeys.keys()), classes, from: targets.from }
    yield* readCocoRecords(path, own, findings, (done, total) => onBytes?.(i * total + done, parts.length * total), ids)
  }
}

/** A second file's keys join the first's; what the first says stays, licences of both are listed once. */
export function mergeTopLevel(before: unknown, added: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (typeof before !== 'object' || before === null) return { ...added }
  const merged: Record<string, unknown> = { ...added, ...before }
  const mine = (before as Record<string, unknown>)['licenses']
  const theirs = added['licenses']
  if (Array.isArray(mine) && Array.isArray(theirs)) {
    const known = new Set(mine.map((licence) => JSON.stringify(licence)))
    merged['licenses'] = [...(mine as unknown[]), ...(theirs as unknown[]).filter((licence) => !known.has(JSON.stringify(licence)))]
  }
  return merged
}
