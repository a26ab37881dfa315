import type { ProposalName } from './events.ts'
import type { Annotation } from './records.ts'

/** A proposal with the name it has now. What its pack was asked belongs to the class that it had before, and goes with it. */
export function renameProposal(proposal: Annotation, { classId, score }: Omit<ProposalName, 'id'>): Annotation {
  const { prompt, ...provenance } = proposal.provenance
  return { ...proposal, classId, score, ...(prompt === undefined || classId === proposal.classId ? {} : { provenance }) }
}
