import { z } from 'zod'
import { AnnotationState } from './records.ts'

/** One kind of finding in a dry run: what is wrong or noteworthy, how often, and what will be done. */
export const Finding = z.strictObject({
  rule: z.string(),
  severity: z.enum(['note', 'mended', 'refused']),
  count: z.int().positive(),
  examples: z.array(z.string()).max(5),
  action: z.string(),
})
export type Finding = z.infer<typeof Finding>

/** Report of a dry run or of a finished import or export. */
export const TransferReport = z.strictObject({
  format: z.string(),
  images: z.int().nonnegative(),
  /** those that are in it, each counted also where a format joins several into one region: with those that the findings leave out, all */
  annotations: z.int().nonnegative(),
  classes: z.int().nonnegative(),
  findings: z.array(Finding),
  /** 'refused': nothing can be read or written */
  verdict: z.enum(['clean', 'mended', 'refused']),
})
export type TransferReport = z.infer<typeof TransferReport>

/** Formats by the name a person gives on the command line. Those in READ_ONLY_FORMATS can only be read. */
export const FormatName = z.enum([
  'coco-instances', 'coco-panoptic', 'coco-stuff', 'coco-results', 'coco-stuff-maps', 'voc', 'cityscapes', 'yolo', 'labelme', 'label-png', 'datumaro', 'cvat',
])
export type FormatName = z.infer<typeof FormatName>
export const READ_ONLY_FORMATS: readonly FormatName[] = ['datumaro', 'cvat']
/** Formats of one file; the others are folders. */
export const FILE_FORMATS: readonly FormatName[] = ['coco-instances', 'coco-stuff', 'coco-results', 'datumaro', 'cvat']

/** Shares of the images, each in [0, 1], their sum 1 (to a thousandth); the same seed gives the same split. */
export const SplitOptions = z.strictObject({
  train: z.number().min(0).max(1).default(0.8),
  val: z.number().min(0).max(1).default(0.2),
  test: z.number().min(0).max(1).default(0),
  seed: z.int().nonnegative().default(0),
}).refine(({ train, val, test }) => Math.abs(train + val + test - 1) <= 0.001, 'the shares of train, val and test have to add up to 1')
export type SplitOptions = z.infer<typeof SplitOptions>

export const ExportOptions = z.strictObject({
  states: z.array(AnnotationState).min(1).default(['accepted', 'fixed', 'drawn']),
  /** true: leave out our own key `maskwright` */
  strict: z.boolean().default(false),
  format: FormatName.default('coco-instances'),
  /**
   * How masks are written where the format has a choice. rle: as run lengths. polygons: traced along pixel edges, run
   * lengths where a mask has holes. keyhole: traced, holes by a bridge. simplified: corners within `tolerancePx` left out.
   * All but the last are exact for pycocotools.
   */
  masks: z.enum(['rle', 'polygons', 'keyhole', 'simplified']).default('rle'),
  tolerancePx: z.number().min(0.1).max(100).default(1),
  /** Who gets a pixel that several annotations claim, in formats where it can have one: the one in front, or the smaller one. */
  overlap: z.enum(['front', 'smaller']).default('front'),
  /** null: one file, or one set */
  split: SplitOptions.nullable().default(null),
  /** what happens with the pictures: nothing, a copy, or a link beside the labels */
  images: z.enum(['none', 'copy', 'link']).default('none'),
})
export type ExportOptions = z.infer<typeof ExportOptions>

/** How an import is read: the format, or null to find it by looking. */
export const ImportOptions = z.strictObject({
  format: FormatName.nullable().default(null),
  /** images that get a mask or box somebody has accepted become done, unless they hold proposals or somebody has begun to work on them */
  done: z.boolean().default(true),
})
export type ImportOptions = z.infer<typeof ImportOptions>
