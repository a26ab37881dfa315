import { useTranslation } from 'react-i18next'
import { COMMANDS, type CommandId } from '../../../main/contract/commands.ts'
import { Dialog } from '../../components/dialog.tsx'
import { KeyCap } from '../../components/key-cap.tsx'
import { useKeyNames } from '../page-context.tsx'
import './dialogs.css'

const GROUPS = ['tool', 'mask', 'annotation', 'class', 'image', 'view', 'edit', 'help'] as const
/** what hands do that is no key */
const POINTER_ROWS = ['zoom', 'pan', 'radius', 'fit', 'polygon', 'mark'] as const

/** Every command with its keys, as they are printed on this keyboard. */
export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const keyNames = useKeyNames()
  const commands = Object.keys(COMMANDS) as CommandId[]
  return (
    <Dialog title={t('keys.title')} width="wide" onClose={onClose}>
      <div className="key-sheet" tabIndex={0} role="region" aria-label={t('keys.title')}>
        {GROUPS.map((group) => (
          <section key={group} className="key-group">
            <h3 className="key-group-title">{t(`keys.group.${group}`)}</h3>
            <dl>
              {commands.filter((command) => command.startsWith(`${group}.`)).filter((command) => group !== 'class' || command === 'class.1' || command === 'class.9').map((command) => (
                <div key={command} className="key-row">
                  <dt>{t(`command.${command}`)}</dt>
                  <dd>{keyNames(command).map((name) => <KeyCap key={name} name={name} />)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section className="key-group">
          <h3 className="key-group-title">{t('keys.group.pointer')}</h3>
          <dl>
            {POINTER_ROWS.map((row) => (
              <div key={row} className="key-row">
                <dt>{t(`keys.pointer.${row}.does`)}</dt>
                <dd><KeyCap name={t(`keys.pointer.${row}.by`)} /></dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  )
}
