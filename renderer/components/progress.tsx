import { ProgressBar } from 'react-aria-components'
import './fields.css'

/** How far long work is; `value` null while its length is unknown. */
export function Progress({ label, value, max }: { readonly label: string; readonly value: number | null; readonly max: number }) {
  return (
    <ProgressBar className="progress" aria-label={label} value={value ?? 0} maxValue={Math.max(1, max)} isIndeterminate={value === null}>
      {({ percentage }) => <div className="progress-track"><div className="progress-fill" style={{ width: `${percentage ?? 30}%` }} /></div>}
    </ProgressBar>
  )
}
