import { type RefObject, useEffect, useRef } from 'react'

/** ms after which the browser has settled where the focus is when the element that had it went */
const SETTLED_MS = 40
const OVERLAYS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'

/**
 * Brings the focus back into a dialog whenever nothing has it: a focused button that vanishes or is disabled, and a
 * dialog over this one that closes, leave it on the body, where Esc and Tab reach nothing. Only the dialog on top does.
 * @returns the ref of the dialog's element
 */
export function useKeepFocus(): RefObject<HTMLElement | null> {
  const dialog = useRef<HTMLElement>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const check = () => {
      timer = undefined
      const focused = document.activeElement
      if (dialog.current === null || (focused !== null && focused !== document.body)) return
      const outside = [...document.querySelectorAll(OVERLAYS)].filter((overlay) => dialog.current?.contains(overlay) !== true)
      // an overlay that stands later in the page is over this one
      if (outside.some((overlay) => (dialog.current!.compareDocumentPosition(overlay) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0)) return
      dialog.current.focus({ preventScroll: true })
    }
    const later = () => { timer ??= setTimeout(check, SETTLED_MS) }
    document.addEventListener('focusout', later)
    // an element that is removed or disabled while it has the focus says nothing
    const watch = new MutationObserver(later)
    watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
    return () => {
      document.removeEventListener('focusout', later)
      watch.disconnect()
      clearTimeout(timer)
    }
  }, [])
  return dialog
}
