import { useTranslation } from 'react-i18next'
import type { SplitOptions } from '../../../main/contract/transfer.ts'
import { Tick } from '../../components/choice-fields.tsx'
import { NumberField } from '../../components/number-field.tsx'

/** Shares of val and test in percent; the rest is train. */
export interface SplitShares {
  readonly val: number
  readonly test: number
  readonly seed: number
}
const USUAL: SplitShares = { val: 20, test: 0, seed: 0 }
const SEED_MAX = 1_000_000_000

export const splitOptionsOf = (shares: SplitShares | null): SplitOptions | null => (shares === null ? null : { train: (100 - shares.val - shares.test) / 100, val: shares.val / 100, test: shares.test / 100, seed: shares.seed })

/** Whether an export is shared out into train, val and test, how, and the seed that repeats it. */
export function ExportSplit({ shares, onChange }: { readonly shares: SplitShares | null; readonly onChange: (shares: SplitShares | null) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Tick ticked={shares !== null} onChange={(on) => onChange(on ? USUAL : null)}>{t('export.split')}</Tick>
      {shares === null
        ? null
        : (
          <fieldset className="split-shares">
            <legend className="field-label">{t('export.shares', { train: 100 - shares.val - shares.test })}</legend>
            <NumberField label="val" unit="%" min={0} max={100 - shares.test} value={shares.val} onChange={(val) => onChange({ ...shares, val: Math.round(val) })} />
            <NumberField label="test" unit="%" min={0} max={100 - shares.val} value={shares.test} onChange={(test) => onChange({ ...shares, test: Math.round(test) })} />
            <NumberField label={t('export.seed')} min={0} max={SEED_MAX} value={shares.seed} onChange={(seed) => onChange({ ...shares, seed: Math.round(seed) })} />
          </fieldset>
        )}
    </>
  )
}
