import { z } from 'zod'
import { Id, PersonName } from './records.ts'
import { Role } from './role.ts'

/** Somebody whose page is open, and the image on it. */
export const TeamMember = z.strictObject({
  name: PersonName,
  role: Role,
  imageId: Id.nullable(),
  /** whether the image is theirs to edit for now */
  editing: z.boolean(),
})
export type TeamMember = z.infer<typeof TeamMember>

/** Who may edit the image on a page: its own person, or the one named. */
export const Lease = z.strictObject({ holder: PersonName.nullable() })
export type Lease = z.infer<typeof Lease>
