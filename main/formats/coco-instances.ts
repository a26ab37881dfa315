import { cocoHeaderSteps } from './coco-header.ts'
import { readCocoRecords } from './coco-instances-reader.ts'
import { writeInstancesText } from './coco-instances-writer.ts'
import { fileOfKind, filesOfKind, hasKind, jsonKind, pictureNear } from './coco-place.ts'
import { readSeveral } from './coco-several.ts'
import { FileNames } from './export-items.ts'
import { Findings } from './findings.ts'
import { inTurns } from './in-turns.ts'
import type { Format, Source, WriteContext, WriteCounts } from './format.ts'
import { normalPath } from './match-images.ts'
import type { Out } from './out.ts'

/** COCO instances, keypoints and captions: one JSON file. */
export const cocoInstances: Format = {
  name: 'coco-instances',
  title: 'COCO instances',
  recognise: (place) => (place.isFolder ? (hasKind(place, 'instances') ? 0.6 : 0) : jsonKind(place, place.files[0]) === 'instances' ? 0.9 : /\.json$/i.test(place.name) ? 0.1 : 0),
  async read(place, { findings, onDone }) {
    const files = filesOfKind(place, 'instances')
    if (files.length > 1) return readSeveral(place, files, findings, onDone)
    const path = place.absolute(fileOfKind(place, 'instances'))
    const header = await inTurns(cocoHeaderSteps(path, findings, onDone))
    return { ...header, pictureOf: pictureNear(path), records: (targets, found, onBytes) => readCocoRecords(path, targets, found, onBytes) }
  },
  write: writeInstances,
}

/** Writes annotations of any source as instances, and the pictures beside. */
export async function writeInstances(out: Out, source: Source, context: WriteContext): Promise<WriteCounts> {
  let counts: WriteCounts = { images: 0, annotations: 0, classes: 0 }
  // before the text: what stands in their way is met before an older file is replaced
  await placePictures(out, source, context)
  await out.text('', async (text) => {
    const { findings, ...written } = await writeInstancesText(text, source, context.options, context.onDone)
    for (const finding of findings) context.findings.join(finding)
    counts = written
  })
  return counts
}

/** Copies or links every picture under its file name, or the one that a writer of several sets has given it. */
export async function placePictures(out: Out, source: Source, { options, findings }: WriteContext, folder = '', given?: ReadonlyMap<number, string>): Promise<void> {
  if (options.images === 'none') return
  const names = new FileNames(new Findings())
  for (const image of source.images()) {
    const from = source.picturePath(image)
    const name = given?.get(image.id) ?? normalPath(names.nameOf(image)) ?? image.path
    if (from === null) findings.add('picture-missing', 'note', 'its labels are written without it', image.path)
    else await out.picture(`${folder}${name}`, from)
  }
}
