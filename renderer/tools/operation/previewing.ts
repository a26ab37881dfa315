import { OPERATIONS, type OperationName } from '../../document/mask-operations.ts'
import { maskPreview } from '../mask-rings.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'

/**
 * An operation on the selected annotations is shown before it is made: Enter keeps it, Esc does not, the size keys and
 * Alt+wheel change its amount. Null: there is nothing to do. @param back the tool in hand, which goes on afterwards
 */
export function operationPreviewing(host: ToolHost, operation: OperationName, amount: number, back: () => ToolState): ToolState | null {
  const plan = host.plan(operation, amount)
  if (plan === null) return null
  const keep = (): ToolState => {
    plan.commit()
    return back()
  }
  const state: ToolState = {
    path: `operation.${operation}`,
    busy: true,
    ...(OPERATIONS[operation].amount.start === 0 ? {} : { amount: { ...OPERATIONS[operation].amount, value: amount } }),
    preview: () => maskPreview(plan.masks),
    resize(now, step) {
      const next = OPERATIONS[operation].amount.step(amount, step)
      return next === amount ? state : operationPreviewing(now, operation, next, back) ?? state
    },
    commit: keep,
    doubleClick: keep,
    cancel: back,
    dropLast: back,
  }
  return state
}
