import { useState } from 'react'
import { Label, Text, TextArea, TextField } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { LabelClass } from '../../../main/contract/records.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { usePage } from '../page-context.tsx'
import '../../components/fields.css'

/** what the record allows (records.ts) */
const MOST = 50

/** Further names of a class for the prompt, one a line. */
export function Synonyms({ labelClass, onClose }: { readonly labelClass: LabelClass; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { editor } = usePage()
  const [text, setText] = useState(labelClass.synonyms.join('\n'))
  const keep = () => {
    const synonyms = [...new Set(text.split('\n').map((line) => line.trim().slice(0, 200)).filter((line) => line !== '' && line !== labelClass.name))].slice(0, MOST)
    if (synonyms.join('\n') !== labelClass.synonyms.join('\n')) editor.updateClass(labelClass.id, { synonyms })
    onClose()
  }
  return (
    <Dialog
      title={t('classes.synonymsOf', { name: labelClass.name })}
      width="narrow"
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button kind="main" onPress={keep}>{t('classes.keep')}</Button>
        </>
      )}
    >
      <TextField className="field" value={text} onChange={setText} autoFocus>
        <Label className="field-label">{t('classes.synonymsOf', { name: labelClass.name })}</Label>
        <TextArea className="field-input field-area" rows={6} />
        <Text slot="description" className="field-help">{t('classes.synonymsHelp')}</Text>
      </TextField>
    </Dialog>
  )
}
