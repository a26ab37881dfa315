import type { Finding } from '../../../main/contract/transfer.ts'

/** Findings of an export by which masks of the asked-for states do not get into it (main/formats/export-items.ts and the writers). */
const LEFT_OUT: ReadonlySet<string> = new Set(['no-class', 'box-only', 'empty-mask', 'mask-outside', 'covered', 'crowd', 'size-unknown'])

/** Whether an export leaves out something that was asked for; a state that was not asked for is no loss. */
export const leavesOut = ({ rule, action }: Pick<Finding, 'rule' | 'action'>): boolean => LEFT_OUT.has(rule) && action.startsWith('left out')
