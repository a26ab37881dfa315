import { Group, Input, NumberField } from 'react-aria-components'
import { useTranslation } from 'react-i18next'

interface RangeFieldsProps {
  readonly label: string
  readonly unit: string
  /** the least is 0 */
  readonly most: number
  /** undefined: all are let through, also those that have no such number */
  readonly value: readonly [number, number] | undefined
  readonly onChange: (range: [number, number] | undefined) => void
}

/** Two numbers, from and to; both empty is no condition. */
export function RangeFields({ label, unit, most, value, onChange }: RangeFieldsProps) {
  const { t } = useTranslation()
  const set = (from: number, to: number) => {
    if (Number.isNaN(from) && Number.isNaN(to)) return onChange(undefined)
    const low = Number.isNaN(from) ? 0 : from
    const high = Number.isNaN(to) ? most : to
    onChange([Math.min(low, high), Math.max(low, high)])
  }
  const [from, to] = value === undefined ? [Number.NaN, Number.NaN] : [value[0] === 0 ? Number.NaN : value[0], value[1] === most ? Number.NaN : value[1]]
  return (
    <Group className="field" aria-label={label}>
      <span className="field-label">{label} ({unit})</span>
      <span className="range-fields">
        <NumberField aria-label={t('filter.from', { what: label })} value={from} onChange={(next) => set(next, to)} minValue={0} maxValue={most} className="field"><Input className="field-input" placeholder="0" /></NumberField>
        <span aria-hidden>–</span>
        <NumberField aria-label={t('filter.to', { what: label })} value={to} onChange={(next) => set(from, next)} minValue={0} maxValue={most} className="field"><Input className="field-input" placeholder="…" /></NumberField>
      </span>
    </Group>
  )
}
