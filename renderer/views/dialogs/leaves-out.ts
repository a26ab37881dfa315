import type { Finding, TransferReport } from '../../../main/contract/transfer.ts'

/** Findings of an export by which masks of the asked-for states do not get into it (main/formats/export-items.ts and the writers). */
const LEFT_OUT: ReadonlySet<string> = new Set(['no-class', 'box-only', 'empty-mask', 'mask-outside', 'covered', 'crowd', 'size-unknown'])

/** Whether an export leaves out something that was asked for; a state that was not asked for is no loss. */
export const leavesOut = ({ rule, action }: Pick<Finding, 'rule' | 'action'>): boolean => LEFT_OUT.has(rule) && action.startsWith('left out')

/**
 * What is said of an export that loses and changes nothing of what was asked for: all of it is written, beside which other states stay
 * out; or nothing is in the states that were asked for. A key of the translations under `report`, with its count.
 */
export function wholeExport({ annotations, findings }: Pick<TransferReport, 'annotations' | 'findings'>): { readonly key: 'whole' | 'wholeOfStates' | 'noneOfStates'; readonly count: number } {
  const count = findings.reduce((sum, finding) => sum + (finding.rule.startsWith('state-') && finding.action.startsWith('left out') ? finding.count : 0), 0)
  return { key: annotations === 0 ? 'noneOfStates' : count === 0 ? 'whole' : 'wholeOfStates', count }
}
