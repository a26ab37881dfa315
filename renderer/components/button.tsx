import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { releaseFocus } from './icon-button.tsx'
import './buttons.css'

interface ButtonProps {
  readonly children: ReactNode
  readonly icon?: LucideIcon
  /** 'main' once per view: what a person most likely wants next */
  readonly kind?: 'main' | 'plain' | 'quiet'
  readonly onPress?: () => void
  readonly disabled?: boolean
  readonly submit?: boolean
  readonly autoFocus?: boolean
}

/** A button with words. */
export function Button({ children, icon: Icon, kind = 'plain', onPress, disabled = false, submit = false, autoFocus = false }: ButtonProps) {
  return (
    <AriaButton
      type={submit ? 'submit' : 'button'}
      autoFocus={autoFocus}
      className={`button button-${kind}`}
      isDisabled={disabled}
      onPress={(event) => {
        releaseFocus(event)
        onPress?.()
      }}
    >
      {Icon === undefined ? null : <Icon aria-hidden />}
      <span>{children}</span>
    </AriaButton>
  )
}
