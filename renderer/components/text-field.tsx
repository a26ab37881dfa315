import { FieldError, Input, Label, Text, TextField as AriaTextField } from 'react-aria-components'
import './fields.css'

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly help?: string
  readonly error?: string
  readonly placeholder?: string
  /** label only for a screen reader */
  readonly bare?: boolean
  readonly autoFocus?: boolean
  readonly required?: boolean
  readonly maxLength?: number
  /** Esc was pressed in it, and not for an input method. */
  readonly onEscape?: (input: HTMLInputElement) => void
}

/** One line of text with its label. */
export function TextField({ label, value, onChange, help, error, placeholder, bare = false, autoFocus = false, required = false, maxLength = 200, onEscape }: TextFieldProps) {
  return (
    <AriaTextField className="field" value={value} onChange={onChange} isInvalid={error !== undefined} autoFocus={autoFocus} isRequired={required} validationBehavior="aria" maxLength={maxLength} {...(bare ? { 'aria-label': label } : {})}>
      {bare ? null : <Label className="field-label">{label}</Label>}
      <Input
        className="field-input"
        {...(placeholder === undefined ? {} : { placeholder })}
        spellCheck="false"
        autoComplete="off"
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || onEscape === undefined || event.nativeEvent.isComposing) return
          event.preventDefault()
          onEscape(event.currentTarget)
        }}
      />
      {help === undefined ? null : <Text slot="description" className="field-help">{help}</Text>}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  )
}
