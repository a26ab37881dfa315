import type { LucideIcon } from 'lucide-react'
import { Button, ToggleButton, TooltipTrigger, type PressEvent } from 'react-aria-components'
import { Hint } from './hint.tsx'
import './buttons.css'

interface IconButtonProps {
  readonly icon: LucideIcon
  /** accessible name, and the tooltip's words */
  readonly label: string
  /** the key that does the same, as printed on the keyboard */
  readonly keyName?: string | undefined
  readonly onPress?: () => void
  readonly disabled?: boolean
  readonly small?: boolean
  readonly placement?: 'top' | 'bottom' | 'left' | 'right'
  readonly className?: string
}

/** A mouse press gives the focus back to the page, so that the next key is a command and not this button again. */
export function releaseFocus(event: PressEvent): void {
  if (event.pointerType !== 'keyboard' && event.pointerType !== 'virtual' && event.target instanceof HTMLElement) event.target.blur()
}

/** A button that is an icon: named for a screen reader, explained by a tooltip that shows its key. */
export function IconButton({ icon: Icon, label, keyName, onPress, disabled = false, small = false, placement = 'bottom', className = '' }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <Button
        aria-label={label}
        className={`icon-button ${small ? 'icon-button-small' : ''} ${className}`}
        isDisabled={disabled}
        onPress={(event) => {
          releaseFocus(event)
          onPress?.()
        }}
      >
        <Icon aria-hidden />
      </Button>
      <Hint label={label} keyName={keyName} placement={placement} />
    </TooltipTrigger>
  )
}

/** The same with two states; `aria-pressed` says which. */
export function IconToggle({ icon: Icon, label, keyName, pressed, onChange, disabled = false, small = false, placement = 'bottom', className = '' }: Omit<IconButtonProps, 'onPress'> & { readonly pressed: boolean; readonly onChange: (pressed: boolean) => void }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <ToggleButton
        aria-label={label}
        className={`icon-button ${small ? 'icon-button-small' : ''} ${className}`}
        isDisabled={disabled}
        isSelected={pressed}
        onPress={releaseFocus}
        onChange={onChange}
      >
        <Icon aria-hidden />
      </ToggleButton>
      <Hint label={label} keyName={keyName} placement={placement} />
    </TooltipTrigger>
  )
}
