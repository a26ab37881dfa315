import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LabelClass } from '../../../main/contract/records.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { useEditor, usePage } from '../page-context.tsx'

const NONE = 0

/** Deletes a class, and asks which one its annotations get: merging is deleting with an heir. */
export function ReplaceClass({ labelClass, onClose }: { readonly labelClass: LabelClass; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const classes = useEditor((state) => state.classes)
  const [by, setBy] = useState(NONE)
  const [busy, setBusy] = useState(false)
  const choices = [{ id: NONE, name: t('classes.unnamed'), mark: <Swatch colour={null} /> }, ...classes.filter(({ id }) => id !== labelClass.id).map(({ id, name, colour }) => ({ id, name, mark: <Swatch colour={colour} /> }))]
  const replace = async () => {
    setBusy(true)
    onClose()
    await page.replaceClass(labelClass.id, by === NONE ? null : by)
  }
  return (
    <Dialog
      title={t('classes.replaceTitle', { name: labelClass.name })}
      width="narrow"
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button kind="main" disabled={busy} onPress={() => void replace()}>{t('classes.replaceNow')}</Button>
        </>
      )}
    >
      <SelectField label={t('classes.replaceBy')} choices={choices} value={by} onChange={setBy} />
      <p className="field-help">{t('classes.replaceHelp')}</p>
    </Dialog>
  )
}
