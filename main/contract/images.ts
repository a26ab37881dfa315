import { z } from 'zod'
import { AnnotationState, Id, type ImageMark, ImageState, PersonName, ReviewVerdict } from './records.ts'

/** A folder of pictures the project refers to. Never written to. `path` is for display only. */
export const ImageFolder = z.strictObject({
  id: Id,
  path: z.string(),
  name: z.string(),
  imageCount: z.int().nonnegative(),
  /** false: the folder is not where it was; relink it */
  present: z.boolean(),
})
export type ImageFolder = z.infer<typeof ImageFolder>

/** What the list of images shows of one image. Width and height are of the upright image, px; 0 while unread. */
export const ImageRow = z.strictObject({
  id: Id,
  folderId: Id,
  /** relative to the folder, forward slashes */
  path: z.string(),
  width: z.int().nonnegative(),
  height: z.int().nonnegative(),
  state: ImageState,
  version: z.int().nonnegative(),
  ticked: z.array(Id).nullable(),
  assignee: PersonName.nullable(),
  reviewer: PersonName.nullable(),
  review: ReviewVerdict.nullable(),
  /** all comments, and those not resolved */
  comments: z.int().nonnegative(),
  openComments: z.int().nonnegative(),
  /** annotations by state */
  pending: z.int().nonnegative(),
  /** accepted + fixed + drawn */
  kept: z.int().nonnegative(),
  /** file is missing from its folder; labels are kept */
  missing: z.boolean(),
  /** why it can't be shown, or null */
  problem: z.string().nullable(),
  /** something worth saying that does not stop work ("animated: first frame"), or null */
  remark: z.string().nullable(),
  /** grows when the file's content changes; part of the picture URLs so that browsers may cache for ever */
  revision: z.int().nonnegative(),
  /** how unsure the assistant is of the proposals, [0, 1]: area-weighted mean of ½(1 − margin) + ½ entropy; null without proposals */
  uncertainty: z.number().min(0).max(1).nullable(),
})
export type ImageRow = z.infer<typeof ImageRow>

/** The part of a row that a person edits. */
export const markOf = ({ id, version, state, ticked, assignee, reviewer, review }: ImageRow): ImageMark => ({ kind: 'image', id, version, state, ticked, assignee, reviewer, review })

/** Which images a list shows, and in which order. */
export const ImageFilter = z.strictObject({
  state: z.array(ImageState).min(1).optional(),
  /** anywhere in the path */
  text: z.string().max(200).optional(),
  withPending: z.boolean().optional(),
  withProblem: z.boolean().optional(),
  folderId: Id.optional(),
  /** the path begins so: 'train/' */
  under: z.string().max(1000).optional(),
  review: z.enum(['approved', 'needsWork', 'none']).optional(),
  comments: z.enum(['any', 'open', 'none']).optional(),
  /** null: nobody */
  assignee: PersonName.nullable().optional(),
  reviewer: PersonName.nullable().optional(),
  /** at least one annotation of which all of this is true; without `states`, one that is not rejected */
  annotation: z.strictObject({
    classId: Id.nullable().optional(),
    states: z.array(AnnotationState).min(1).optional(),
    /** least and greatest, both included; one without a score has none of these */
    score: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).optional(),
    areaPx2: z.tuple([z.number().nonnegative(), z.number().nonnegative()]).optional(),
  }).optional(),
  /**
   * folder (when left out): by folder and name. class: by the first class of the class list that an image has, those without
   * any last. uncertainty: what the assistant is least sure of first, images without proposals last.
   */
  order: z.enum(['folder', 'class', 'uncertainty']).optional(),
})
export type ImageFilter = z.infer<typeof ImageFilter>
export type ImageOrder = NonNullable<ImageFilter['order']>

const People = z.array(z.strictObject({ name: z.string(), images: z.int() }))

/** What a project's images can be filtered by, each with its number of images. */
export const ImageFacets = z.strictObject({
  states: z.strictObject({ new: z.int(), working: z.int(), done: z.int() }),
  reviews: z.strictObject({ approved: z.int(), needsWork: z.int() }),
  /** with comments, and with open ones */
  commented: z.int(),
  openlyCommented: z.int(),
  assignees: People,
  reviewers: People,
  /** folders of pictures and the folders directly in them; `under` is '' for what lies in the folder itself */
  places: z.array(z.strictObject({ folderId: Id, under: z.string(), images: z.int() })),
})
export type ImageFacets = z.infer<typeof ImageFacets>

export const ScanReport = z.strictObject({
  folderId: Id,
  added: z.int(),
  changed: z.int(),
  missing: z.int(),
  returned: z.int(),
  /** files that look like pictures and could not be read: first examples */
  problems: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  problemCount: z.int(),
  /** pictures read of which something is not shown (frames but the first, bits above 8): first examples */
  remarks: z.array(z.strictObject({ path: z.string(), remark: z.string() })),
  remarkCount: z.int(),
})
export type ScanReport = z.infer<typeof ScanReport>

/** What the folder scan knows of one picture file. */
export interface ScannedPicture {
  /** relative to the folder, forward slashes */
  readonly path: string
  /** of the upright picture (EXIF orientation applied), px; 0 when it can't be read */
  readonly width: number
  readonly height: number
  readonly bytes: number
  /** ms since 1970, whole */
  readonly modified: number
  /** size and hash of the first and last 64 KiB: the same for a file that was only moved or copied; '' when unreadable */
  readonly fingerprint: string
  /** why it can't be shown, or null */
  readonly problem: string | null
  /** something worth saying that does not stop work, or null */
  readonly remark: string | null
}
