import { Check, CircleDashed, Pencil, PenTool, X, type LucideIcon } from 'lucide-react'
import type { AnnotationState } from '../../../main/contract/records.ts'
import './state-mark.css'

const STATE_ICONS: Readonly<Record<AnnotationState, LucideIcon>> = { pending: CircleDashed, accepted: Check, fixed: Pencil, drawn: PenTool, rejected: X }

/** An annotation's state as a shape and a colour; its name stands beside it or is read aloud by what holds it. */
export function StateMark({ state }: { readonly state: AnnotationState }) {
  const Icon = STATE_ICONS[state]
  return <span className={`state-mark state-mark-${state}`}><Icon aria-hidden /></span>
}
