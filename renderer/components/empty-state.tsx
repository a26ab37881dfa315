import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import './empty-state.css'

/** What to do next, where there is nothing to see yet. */
export function EmptyState({ icon: Icon, title, children, actions }: { readonly icon: LucideIcon; readonly title: string; readonly children?: ReactNode; readonly actions?: ReactNode }) {
  return (
    <div className="empty-state">
      <Icon aria-hidden />
      <p className="empty-state-title">{title}</p>
      {children === undefined ? null : <p className="empty-state-text">{children}</p>}
      {actions === undefined ? null : <div className="empty-state-actions">{actions}</div>}
    </div>
  )
}
