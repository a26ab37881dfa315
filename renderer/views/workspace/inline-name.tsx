import { useEffect, useRef } from 'react'

/** A name being changed in its place: Enter or leaving keeps it, Esc does not. `onDone(null)`: unchanged. */
export function InlineName({ label, name, onDone }: { readonly label: string; readonly name: string; readonly onDone: (name: string | null) => void }) {
  const done = useRef(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // the menu this was chosen from holds the focus until it is gone, and then gives it back to the page
    let frame = requestAnimationFrame(function take() {
      if (document.querySelector('[role="menu"]') === null) {
        input.current?.focus()
        input.current?.select()
      }
      if (document.activeElement !== input.current) frame = requestAnimationFrame(take)
    })
    return () => cancelAnimationFrame(frame)
  }, [])
  const finish = (value: string | null) => {
    if (done.current) return
    done.current = true
    const trimmed = value?.trim() ?? ''
    onDone(trimmed === '' ? null : trimmed)
  }
  return (
    <input
      className="inline-name"
      aria-label={label}
      defaultValue={name}
      maxLength={200}
      ref={input}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(event.currentTarget.value)
        if (event.key === 'Escape') finish(null)
      }}
    />
  )
}
