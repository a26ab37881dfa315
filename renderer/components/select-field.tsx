import { Check, ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'
import './fields.css'

export interface Choice<T extends string | number> {
  readonly id: T
  readonly name: string
  /** a swatch or icon before the name */
  readonly mark?: ReactNode
}

interface SelectFieldProps<T extends string | number> {
  readonly label: string
  readonly choices: readonly Choice<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly bare?: boolean
  readonly disabled?: boolean
  readonly className?: string
}

/** One of a list, opened on demand; typing jumps to a name. */
export function SelectField<T extends string | number>({ label, choices, value, onChange, bare = false, disabled = false, className = '' }: SelectFieldProps<T>) {
  return (
    <Select className={`field ${className}`} value={value} isDisabled={disabled} onChange={(key) => { if (key !== null && choices.some((choice) => choice.id === key)) onChange(key as T) }} {...(bare ? { 'aria-label': label } : {})}>
      {bare ? null : <Label className="field-label">{label}</Label>}
      <Button className="field-select">
        <SelectValue className="field-select-value">{({ selectedText }) => {
          const choice = choices.find((candidate) => candidate.id === value)
          return <>{choice?.mark}{choice?.name ?? selectedText}</>
        }}</SelectValue>
        <ChevronDown aria-hidden />
      </Button>
      <Popover className="popover">
        <ListBox className="menu">
          {choices.map((choice) => (
            <ListBoxItem key={choice.id} id={choice.id} textValue={choice.name} className="menu-item">
              {choice.mark}
              <span className="menu-item-name">{choice.name}</span>
              {choice.id === value ? <Check aria-hidden /> : null}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  )
}
