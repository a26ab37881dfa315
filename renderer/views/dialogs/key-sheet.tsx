import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COMMANDS, type CommandId } from '../../../main/contract/commands.ts'
import { resetAllKeys } from '../../commands/key-choice.ts'
import { PRESET_IDS } from '../../commands/key-presets.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { KeyCap } from '../../components/key-cap.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { KeyRow, type KeyQuestion } from './key-row.tsx'
import './dialogs.css'
import './key-sheet.css'

const GROUPS = ['tool', 'mask', 'annotation', 'class', 'image', 'view', 'edit', 'help'] as const
/** what hands do that is no key */
const POINTER_ROWS = ['zoom', 'pan', 'radius', 'fit', 'polygon', 'freehand', 'vertex', 'several', 'smartClick', 'reach', 'mark'] as const
const COMMAND_IDS = Object.keys(COMMANDS) as CommandId[]

/** Every command with its keys, as they are printed on this keyboard; each can be given others. */
export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { keys } = usePage()
  const choice = usePart(keys, (state) => state.choice)
  const [question, setQuestion] = useState<KeyQuestion | null>(null)
  const changes = Object.keys(choice.changed[choice.preset] ?? {}).length
  return (
    <Dialog
      title={t('keys.title')}
      width="wide"
      onClose={onClose}
      footer={changes === 0 ? undefined : <Button icon={RotateCcw} onPress={() => keys.choose(resetAllKeys(choice))}>{t('keys.resetAll', { count: changes })}</Button>}
    >
      <div className="key-presets">
        <SelectField label={t('keys.preset')} value={choice.preset} choices={PRESET_IDS.map((id) => ({ id, name: t(`keys.presetName.${id}`) }))} onChange={(preset) => keys.choose({ ...choice, preset })} />
        <p>{t('keys.how')}</p>
      </div>
      <div className="key-sheet" role="region" aria-label={t('keys.title')}>
        {GROUPS.map((group) => (
          <section key={group} className="key-group">
            <h3 className="key-group-title">{t(`keys.group.${group}`)}</h3>
            <dl>
              {COMMAND_IDS.filter((command) => command.startsWith(`${group}.`)).map((command) => (
                <KeyRow key={command} command={command} question={question?.command === command ? question : null} ask={setQuestion} />
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
