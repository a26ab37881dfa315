import { z } from 'zod'

const Place = z.number().nonnegative()

/** What a person clicked on an image, px of the upright image, and how they want it meant. */
export const ClickQuestion = z.strictObject({
  /** without a box, at least one including */
  clicks: z.array(z.strictObject({ x: Place, y: Place, include: z.boolean() })).max(200),
  /** x0, y0, x1, y1: nothing outside it */
  box: z.tuple([Place, Place, Place, Place]).refine(([x0, y0, x1, y1]) => x1 > x0 && y1 > y0, 'an empty box holds nothing').nullable().default(null),
  /** above 1 takes more, below 1 less */
  threshold: z.number().min(0.1).max(10).default(1),
  /** steps in the hierarchy from part (negative) to whole (positive), counted from the region most like what the clicks mean; null: the clicks as they are */
  part: z.int().min(-100).max(100).nullable().default(null),
}).refine(({ clicks, box }) => box !== null || clicks.some(({ include }) => include), 'at least one click has to include')
export type ClickQuestion = z.infer<typeof ClickQuestion>
