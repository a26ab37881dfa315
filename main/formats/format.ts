import type { ExportOptions, FormatName, TransferReport } from '../contract/transfer.ts'
import type { CocoCategory, CocoImage } from './coco-header.ts'
import type { CocoTargets, ReadAnnotation } from './coco-instances-reader.ts'
import type { CocoSource, ExportedImage } from './coco-instances-writer.ts'
import type { Findings } from './findings.ts'
import type { Keeps } from './losses.ts'
import type { Out } from './out.ts'
import type { Place } from './place.ts'

/** An image of a data set. `fileName` may lack its extension where the format does not say it. */
export type ImageEntry = CocoImage
/** A class of a data set. */
export type CategoryEntry = CocoCategory
/** Where read annotations go: the images they were matched to, and the project's class of each category. */
export type Targets = CocoTargets

/** A sentence about a whole image (COCO captions): kept with the image and written again untouched. */
export interface ReadCaption {
  readonly caption: Readonly<Record<string, unknown>>
  readonly imageId: number
}
/** What streams out of a data set: annotations on matched images, and captions. */
export type ReadRecord = ReadAnnotation | ReadCaption

/** A data set that has been looked at: its lists are in memory, its annotations stream. */
export interface DataSet {
  readonly images: readonly ImageEntry[]
  readonly categories: readonly CategoryEntry[]
  /** what has no place in the project's records and is carried for an export in the same format */
  readonly topLevel: Readonly<Record<string, unknown>>
  /** true: it only names images and classes that are known already, and says nothing of them */
  readonly bare?: boolean
  /** absolute path of an image's picture where the data set brings it */
  readonly pictureOf?: (entry: ImageEntry) => string | null
  /** One record at a time; problems go to `findings`. Throws RefusedFile when the rest can't be read. */
  records(targets: Targets, findings: Findings, onDone?: OnDone): Iterable<ReadRecord> | AsyncIterable<ReadRecord>
}

/** progress: done of total, in bytes or images */
export type OnDone = (done: number, total: number) => void

export interface ReadContext {
  readonly findings: Findings
  /** images and categories that a file of bare results speaks of, by their imported ids; null: unknown */
  readonly reference: () => { readonly images: readonly ImageEntry[]; readonly categories: readonly CategoryEntry[] } | null
  readonly onDone?: OnDone | undefined
}

/** Where exported images and annotations come from. Every method may be called again and streams. */
export interface Source extends CocoSource {
  /** absolute path of the picture, or null when it is not there */
  picturePath(image: ExportedImage): string | null
}

export type SplitName = 'train' | 'val' | 'test'

export interface WriteContext {
  readonly options: ExportOptions
  readonly findings: Findings
  /** which set each image belongs to; null: there is only one */
  readonly splitOf: ((imageId: number) => SplitName) | null
  readonly onDone?: OnDone | undefined
}
export type WriteCounts = Pick<TransferReport, 'images' | 'annotations' | 'classes'>

/** A format: how it is recognised, read and written. One file each (a folder of files where it is large). */
export interface Format {
  readonly name: FormatName
  /** for people */
  readonly title: string
  /** how sure it is that this is one of its own, from what lies there: 0 (no) to 1 */
  recognise(place: Place): number
  /** @throws RefusedFile when nothing of it can be read */
  read?(place: Place, context: ReadContext): DataSet | Promise<DataSet>
  /** Writes everything into `out`; what is left out or changed is in the findings. */
  readonly write?: (out: Out, source: Source, context: WriteContext) => Promise<WriteCounts>
  /** what `write` has a place for; the rest is said to be lost. Not given: all of it */
  readonly keeps?: Keeps
  /** true: `write` puts the sets of a split where the format wants them; else it is called once a set */
  readonly splitsItself?: boolean
}
