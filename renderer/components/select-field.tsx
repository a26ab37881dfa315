import { Check, ChevronDown } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
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

/** ms after which the focus is back on the button when the list has closed */
const RETURNED_MS = 50

/** One of a list, opened on demand; typing jumps to a name. */
export function SelectField<T extends string | number>({ label, choices, value, onChange, bare = false, disabled = false, className = '' }: SelectFieldProps<T>) {
  const button = useRef<HTMLButtonElement>(null)
  const lastInput = useRef('')
  const listening = useRef<AbortController | null>(null)
  /** Chosen with the mouse, the focus goes back to the page: the next letter is a command and not another choice. In a dialog it stays, where Escape is heard. */
  const release = (open: boolean) => {
    listening.current?.abort()
    if (!open && lastInput.current === 'pointerdown' && button.current?.closest('[role=dialog]') === null) setTimeout(() => button.current?.blur(), RETURNED_MS)
    if (!open) return
    const { signal } = (listening.current = new AbortController())
    for (const type of ['pointerdown', 'keydown']) document.addEventListener(type, () => { lastInput.current = type }, { capture: true, signal })
  }
  return (
    <Select onOpenChange={release} className={`field ${className}`} value={value} isDisabled={disabled} onChange={(key) => { if (key !== null && choices.some((choice) => choice.id === key)) onChange(key as T) }} {...(bare ? { 'aria-label': label } : {})}>
      {bare ? null : <Label className="field-label">{label}</Label>}
      <Button className="field-select" ref={button}>
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
