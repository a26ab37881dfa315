/** Parts of the window that F6 goes through, in the order of the page: elements with `data-pane`. */
const PANES = '[data-pane]'
const FOCUSABLE = 'button:not([disabled]), input:not([disabled]), select, textarea, a[href], [tabindex]:not([tabindex="-1"])'

/** Moves the focus to the first control of the next (1) or previous (-1) part; false when there is nothing to move to. */
export function movePane(page: Document, step: 1 | -1): boolean {
  const panes = [...page.querySelectorAll<HTMLElement>(PANES)].filter((pane) => pane.matches(FOCUSABLE) || pane.querySelector(FOCUSABLE) !== null)
  if (panes.length === 0) return false
  const here = panes.findIndex((pane) => pane.contains(page.activeElement))
  const next = panes[here < 0 ? (step === 1 ? 0 : panes.length - 1) : (here + step + panes.length) % panes.length]
  const target = next.matches(FOCUSABLE) ? next : next.querySelector<HTMLElement>(FOCUSABLE)
  target?.focus()
  return target !== null
}
