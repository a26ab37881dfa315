import { Tooltip } from 'react-aria-components'
import { KeyCap } from './key-cap.tsx'

/** Tooltip of a control: what it does, and its key. */
export function Hint({ label, keyName, placement = 'bottom' }: { readonly label: string; readonly keyName?: string | undefined; readonly placement?: 'top' | 'bottom' | 'left' | 'right' }) {
  return (
    <Tooltip className="hint" placement={placement} offset={6}>
      <span>{label}</span>
      {keyName === undefined ? null : <KeyCap name={keyName} />}
    </Tooltip>
  )
}
