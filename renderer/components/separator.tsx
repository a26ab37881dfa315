import { useRef } from 'react'
import './separator.css'

/** CSS px a press of an arrow key moves, and one with Shift */
const STEP_PX = { small: 8, large: 40 }

interface SeparatorProps {
  readonly label: string
  /** 'vertical': between left and right; 'horizontal': between above and below */
  readonly orientation: 'vertical' | 'horizontal'
  /** which way the panel grows: 1 to the right or downwards, -1 to the left or upwards */
  readonly grows: 1 | -1
  readonly min: number
  readonly max: number
  /** the panel's size as it is now, CSS px */
  readonly size: () => number
  readonly shown: number | null
  readonly onResize: (px: number) => void
  /** as the design has it: double-click or Enter */
  readonly onReset: () => void
}

/** The edge of a panel: dragged, or moved with the arrow keys, Home and End. */
export function PanelSeparator({ label, orientation, grows, min, max, size, shown, onResize, onReset }: SeparatorProps) {
  const drag = useRef<{ readonly from: number; readonly size: number } | null>(null)
  const along = (event: { readonly clientX: number; readonly clientY: number }) => (orientation === 'vertical' ? event.clientX : event.clientY)
  const [less, more] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
  const end = () => { drag.current = null }
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an <hr> can't be dragged or focused; this is ARIA's window splitter
    <div
      className={`separator separator-${orientation}`}
      role="separator"
      aria-label={label}
      aria-orientation={orientation}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={shown ?? Math.round((min + max) / 2)}
      aria-valuetext={shown === null ? '' : `${shown} px`}
      data-own-keys
      tabIndex={0}
      onDoubleClick={onReset}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        drag.current = { from: along(event), size: size() }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => { if (drag.current !== null) onResize(drag.current.size + grows * (along(event) - drag.current.from)) }}
      onPointerUp={(event) => {
        end()
        event.currentTarget.blur()
      }}
      onPointerCancel={end}
      onKeyDown={(event) => {
        const step = event.shiftKey ? STEP_PX.large : STEP_PX.small
        if (event.key === less) onResize(size() - grows * step)
        else if (event.key === more) onResize(size() + grows * step)
        else if (event.key === 'Home') onResize(min)
        else if (event.key === 'End') onResize(max)
        else if (event.key === 'Enter') onReset()
        else return
        event.preventDefault()
      }}
    />
  )
}
