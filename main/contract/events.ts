import { z } from 'zod'
import { Diff } from './diff.ts'
import { PipelineState, PrelabelStatus } from './jobs.ts'
import { PackProgress } from './packs.ts'
import { Id } from './records.ts'
import { TeamMember } from './team.ts'

/** The name that the assistant gives a proposal now. */
export const ProposalName = z.strictObject({ id: Id, classId: Id.nullable(), score: z.number().min(0).max(1).nullable() })
export type ProposalName = z.infer<typeof ProposalName>

/** Everything the engine says unasked: name → payload. Delivered in order with the answers. */
const EVENTS = {
  'prelabel.status': PrelabelStatus,
  'pipeline.state': PipelineState,
  /** records changed by someone else than the page that gets this: the job, an import, another window */
  'records.changed': z.strictObject({ imageId: Id.nullable(), diff: Diff }),
  /** proposals that nobody has touched got other names, since something was learnt; their versions stay */
  'proposals.renamed': z.strictObject({ imageId: Id, names: z.array(ProposalName) }),
  /** counts or the list of images changed: reload what is shown */
  'images.changed': z.strictObject({ imageIds: z.array(Id).nullable() }),
  'scan.progress': z.strictObject({ folderId: Id, found: z.int(), read: z.int(), total: z.int() }),
  'transfer.progress': z.strictObject({ what: z.enum(['import', 'export', 'backup']), done: z.int(), total: z.int().nullable() }),
  'packs.progress': PackProgress,
  /** a message for the person; `error` stays until dismissed */
  notice: z.strictObject({ level: z.enum(['info', 'warn', 'error']), message: z.string() }),
  /** who is where; only in a team */
  'team.changed': z.strictObject({ members: z.array(TeamMember) }),
  'project.changed': z.strictObject({ open: z.boolean() }),
} as const

export type EventName = keyof typeof EVENTS
export type EventOf<N extends EventName> = z.output<(typeof EVENTS)[N]>
export type EngineEvent = { [N in EventName]: { readonly name: N; readonly data: EventOf<N> } }[EventName]
