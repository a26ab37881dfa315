import { z } from 'zod'
import { Id, PersonName } from './records.ts'

const Share = z.number().min(0).max(1)
const Count = z.int().nonnegative()

/** With whom the open project's masks are compared, or which two of the people who made them with one another. */
export const AgreementQuestion = z.union([
  z.strictObject({ grant: z.string() }),
  z.strictObject({ people: z.tuple([PersonName, PersonName]) }),
])
export type AgreementQuestion = z.infer<typeof AgreementQuestion>

/** How far two agree; a is the open project, or the first person. */
export const AgreementReport = z.strictObject({
  /** images compared; `onlyA` and `onlyB` are those one of the two does not have */
  images: Count,
  onlyA: Count,
  onlyB: Count,
  /** sum of IoU over pairs and masks without a partner, which count 0 */
  agreement: Share.nullable(),
  meanIoU: Share.nullable(),
  f1: Share.nullable(),
  /** by name */
  classes: z.array(z.strictObject({ className: z.string(), a: Count, b: Count, pairs: Count, agreed: Count, meanIoU: Share.nullable(), agreement: Share, f1: Share })),
  /** least agreement first */
  worst: z.array(z.strictObject({ imageId: Id, path: z.string(), a: Count, b: Count, agreement: Share })),
})
export type AgreementReport = z.infer<typeof AgreementReport>

/** Who made masks of the open project: a person, or a file that was imported. */
export const MaskMaker = z.strictObject({ name: z.string(), masks: z.int().positive() })
export type MaskMaker = z.infer<typeof MaskMaker>
