import { Group, Input, Label, NumberField as AriaNumberField, Text } from 'react-aria-components'
import './fields.css'

interface NumberFieldProps {
  readonly label: string
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly unit?: string
  readonly help?: string
}

/** A number in a range; what is outside is brought to the nearer end when the field is left. */
export function NumberField({ label, value, onChange, min, max, step = 1, unit = '', help }: NumberFieldProps) {
  return (
    <AriaNumberField className="field" value={value} onChange={(next) => { if (Number.isFinite(next)) onChange(next) }} minValue={min} maxValue={max} step={step}>
      <Label className="field-label">{label}</Label>
      <Group className="field-number">
        <Input className="field-input" />
        {unit === '' ? null : <span className="field-help">{unit}</span>}
      </Group>
      {help === undefined ? null : <Text slot="description" className="field-help">{help}</Text>}
    </AriaNumberField>
  )
}
