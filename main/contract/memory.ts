import { z } from 'zod'
import { Id } from './records.ts'

/** How many masks speak for a class and against it, with one pack. */
export const RememberedClass = z.strictObject({ pack: z.string(), classId: Id, positive: z.int().nonnegative(), negative: z.int().nonnegative() })
export type RememberedClass = z.infer<typeof RememberedClass>

/** A mask that taught something: where it lies, so that its part of the picture can be shown. */
export const RememberedMask = z.strictObject({
  annotationId: Id,
  imageId: Id,
  /** relative to its folder */
  path: z.string(),
  revision: z.int().nonnegative(),
  /** px of the image */
  imageWidth: z.int().nonnegative(),
  imageHeight: z.int().nonnegative(),
  /** x, y, width, height of the mask, px */
  box: z.tuple([z.int(), z.int(), z.int(), z.int()]),
  /** false: it was rejected as this class */
  positive: z.boolean(),
})
export type RememberedMask = z.infer<typeof RememberedMask>
