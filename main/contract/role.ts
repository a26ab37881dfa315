import { z } from 'zod'

/** What a person of a team may do (roles.ts); each may all that the one before may. */
export const Role = z.enum(['annotator', 'reviewer', 'owner'])
export type Role = z.infer<typeof Role>
