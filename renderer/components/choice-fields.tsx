import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { CheckboxButton, CheckboxField, Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components'
import './fields.css'

/** A box to tick. */
export function Tick({ children, ticked, onChange, disabled = false }: { readonly children: ReactNode; readonly ticked: boolean; readonly onChange: (ticked: boolean) => void; readonly disabled?: boolean }) {
  return (
    <CheckboxField isSelected={ticked} onChange={onChange} isDisabled={disabled}>
      <CheckboxButton className="choice">
        <span className="choice-mark"><Check aria-hidden /></span>
        <span>{children}</span>
      </CheckboxButton>
    </CheckboxField>
  )
}

interface OneOfProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly choices: readonly { readonly id: T; readonly name: ReactNode; readonly disabled?: boolean }[]
}

/** One of a few, all of them to be seen. */
export function OneOf<T extends string>({ label, value, onChange, choices }: OneOfProps<T>) {
  return (
    <RadioGroup className="choices" value={value} onChange={(next) => onChange(next as T)}>
      <Label className="field-label">{label}</Label>
      {choices.map((choice) => (
        <RadioField key={choice.id} value={choice.id} isDisabled={choice.disabled ?? false}>
          <RadioButton className="choice">
            <span className="choice-mark choice-mark-round" />
            <span>{choice.name}</span>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  )
}
