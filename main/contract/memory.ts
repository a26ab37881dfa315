import { z } from 'zod'
import { Id, Mask } from './records.ts'

const Counts = { positive: z.int().nonnegative(), negative: z.int().nonnegative() }

/** How many masks speak for a class and against it, each counted once, and how many of them with each pack that remembers. */
export const RememberedClass = z.strictObject({ classId: Id, ...Counts, packs: z.array(z.strictObject({ pack: z.string(), ...Counts })) })
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
  mask: Mask,
  /** false: it was rejected as this class */
  positive: z.boolean(),
  /** names of the packs that it taught */
  packs: z.array(z.string()),
})
export type RememberedMask = z.infer<typeof RememberedMask>
