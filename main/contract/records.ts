import { z } from 'zod'

/**
 * The records a project is made of. Every edit is a diff on these (diff.ts), so each carries a `version`
 * that grows by one with every change: a diff whose `from` is stale is refused.
 */

/** A row id: positive, below 2^53, never reused. The page reserves blocks of them (`ids.reserve`). */
export const Id = z.int().positive()
export type Id = number

const Version = z.int().nonnegative()

/** '#rrggbb' */
export const Colour = z.string().regex(/^#[0-9a-f]{6}$/)

/** Keys of a foreign file that we carry through untouched. */
export const Carried = z.record(z.string(), z.unknown())

/**
 * A mask inside its bounding box: x, y, width, height in px of the upright image; `runs` are LEB128 varints,
 * row-major inside the box, alternating from a run of zeros (main/masks/rle.ts). The empty mask is 0×0 with no runs.
 */
export const Mask = z.strictObject({
  x: z.int().nonnegative(),
  y: z.int().nonnegative(),
  width: z.int().nonnegative(),
  height: z.int().nonnegative(),
  runs: z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'bytes expected'),
})
export type Mask = z.infer<typeof Mask>

export const AnnotationState = z.enum(['pending', 'accepted', 'fixed', 'rejected', 'drawn'])
export type AnnotationState = z.infer<typeof AnnotationState>

/** Where an annotation came from; `method` and the rest are kept when a person later accepts or fixes it. */
export const Provenance = z.strictObject({
  source: z.enum(['person', 'method', 'import']),
  /** person's name, or the imported file's name */
  by: z.string().max(200).optional(),
  method: z.string().max(60).optional(),
  profile: z.enum(['reference', 'corrected']).optional(),
  pack: z.string().max(60).optional(),
  device: z.string().max(60).optional(),
  /** what was asked for, where that was not the pack's own */
  precision: z.string().max(60).optional(),
  run: z.string().max(60).optional(),
  prompt: z.string().max(2000).optional(),
  /** regions whose scores a head made, learnt from so many of the project's masks */
  learnt: z.int().positive().optional(),
  /** classes that could be proposed, where not all could */
  classIds: z.array(Id).optional(),
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
})
export type Provenance = z.infer<typeof Provenance>

export const Annotation = z.strictObject({
  kind: z.literal('annotation'),
  id: Id,
  version: Version,
  imageId: Id,
  /** null: a region nobody has named; shown, never exported */
  classId: Id.nullable(),
  state: AnnotationState,
  mask: Mask,
  /** pixel count of the mask */
  areaPx2: z.int().nonnegative(),
  /** [0, 1]; null when no method gave one */
  score: z.number().min(0).max(1).nullable(),
  /** stacking order, greater is in front; ties: greater id */
  z: z.int(),
  crowd: z.boolean(),
  locked: z.boolean(),
  /** an imported box that came without a mask: [x, y, width, height] px; the mask is then empty */
  boxOnly: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
  /** id in the file it was imported from */
  importedId: z.int().nullable(),
  provenance: Provenance,
  carried: Carried.nullable(),
})
export type Annotation = z.infer<typeof Annotation>

/** A class of the project's class list. */
export const LabelClass = z.strictObject({
  kind: z.literal('class'),
  id: Id,
  version: Version,
  name: z.string().trim().min(1).max(200),
  /** further names for the prompt */
  synonyms: z.array(z.string().trim().min(1).max(200)).max(50),
  colour: Colour,
  /** place in the list, from 0; sorted by (order, id) */
  order: z.int().nonnegative(),
  /** a thing gives one annotation per object, stuff one per image */
  extent: z.enum(['thing', 'stuff']),
  importedId: z.int().nullable(),
  carried: Carried.nullable(),
})
export type LabelClass = z.infer<typeof LabelClass>

export const ImageState = z.enum(['new', 'working', 'done'])
export type ImageState = z.infer<typeof ImageState>

/** A person's name, as edits are signed. */
export const PersonName = z.string().trim().min(1).max(200)

/** What a reviewer says of an image as a whole. */
export const ReviewVerdict = z.enum(['approved', 'needsWork'])
export type ReviewVerdict = z.infer<typeof ReviewVerdict>

/** The part of an image that a person edits. What the folder scan knows is in ImageRow (images.ts). */
export const ImageMark = z.strictObject({
  kind: z.literal('image'),
  id: Id,
  version: Version,
  state: ImageState,
  /** classes ticked as present in this image; null: nobody has said */
  ticked: z.array(Id).nullable(),
  /** who labels it */
  assignee: PersonName.nullable().default(null),
  /** who looks it over */
  reviewer: PersonName.nullable().default(null),
  /** null: nobody has reviewed it */
  review: ReviewVerdict.nullable().default(null),
})
export type ImageMark = z.infer<typeof ImageMark>

/** Something a person wrote about an image. */
export const Comment = z.strictObject({
  kind: z.literal('comment'),
  id: Id,
  version: Version,
  imageId: Id,
  text: z.string().trim().min(1).max(4000),
  author: PersonName,
  /** ms since 1970 */
  at: z.int().nonnegative(),
  /** what it asked for is done */
  resolved: z.boolean(),
})
export type Comment = z.infer<typeof Comment>

/** Anything a diff can add, update or remove. */
export const ProjectRecord = z.discriminatedUnion('kind', [Annotation, LabelClass, ImageMark, Comment])
export type ProjectRecord = z.infer<typeof ProjectRecord>
