import { FolderOpen } from 'lucide-react'
import { useState } from 'react'
import { Form } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { Grant } from '../../../main/contract/files.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { TextField } from '../../components/text-field.tsx'
import { usePage } from '../page-context.tsx'
import './dialogs.css'

/** A new project: its name and where its file goes. */
export function CreateProject({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const [name, setName] = useState('')
  const [place, setPlace] = useState<Grant | null>(null)
  const [busy, setBusy] = useState(false)
  const choose = async () => setPlace((await page.pick('project-create', 'folder', `${name.trim() === '' ? t('project.newName') : name.trim()}.maskwright`)) ?? place)
  const create = async () => {
    const where = place ?? (await page.pick('project-create', 'folder', `${name.trim()}.maskwright`))
    if (where === null) return
    setPlace(where)
    setBusy(true)
    await page.createProject(where.grant, name.trim())
    setBusy(false)
  }
  return (
    <Dialog title={t('project.createTitle')} width="narrow" onClose={onClose}>
      <Form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '' && !busy) void create()
        }}
      >
        <TextField label={t('project.name')} value={name} onChange={setName} autoFocus maxLength={120} />
        <div className="field">
          <span className="field-label">{t('project.where')}</span>
          <div className="chosen-place">
            <span className={place === null ? 'chosen-place-name row-quiet' : 'chosen-place-name'}>{place?.display ?? t('project.whereUnset')}</span>
            <Button icon={FolderOpen} onPress={() => void choose()}>{t('common.choose')}</Button>
          </div>
          <span className="field-help">{t('project.whereHelp')}</span>
        </div>
        <div className="dialog-actions">
          <Button kind="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button kind="main" submit disabled={name.trim() === '' || busy}>{t('project.createNow')}</Button>
        </div>
      </Form>
    </Dialog>
  )
}
