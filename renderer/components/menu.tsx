import type { LucideIcon } from 'lucide-react'
import type { ReactElement } from 'react'
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components'
import { KeyCap } from './key-cap.tsx'
import './fields.css'

export type MenuEntry =
  | { readonly id: string; readonly name: string; readonly icon?: LucideIcon; readonly keyName?: string | undefined; readonly disabled?: boolean; readonly onChoose: () => void }
  | { readonly id: string; readonly line: true }

/** A menu under its button. */
export function Menu({ label, trigger, entries, placement = 'bottom start' }: { readonly placement?: 'bottom start' | 'right top' | 'top start'; readonly label: string; readonly trigger: ReactElement; readonly entries: readonly MenuEntry[] }) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="popover" placement={placement}>
        <AriaMenu className="menu" aria-label={label}>
          {entries.map((entry) => 'line' in entry
            ? <Separator key={entry.id} className="menu-line" />
            : (
              <MenuItem key={entry.id} id={entry.id} textValue={entry.name} className="menu-item" isDisabled={entry.disabled ?? false} onAction={entry.onChoose}>
                {entry.icon === undefined ? null : <entry.icon aria-hidden />}
                <span className="menu-item-name">{entry.name}</span>
                {entry.keyName === undefined ? null : <KeyCap name={entry.keyName} />}
              </MenuItem>
            ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}
