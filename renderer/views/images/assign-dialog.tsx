import { useState } from 'react'
import { Form } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { TextField } from '../../components/text-field.tsx'
import { usePage } from '../page-context.tsx'

/** Who labels and who reviews the marked images; an empty field leaves what each image has. */
export function AssignDialog({ count, onClose }: { readonly count: number; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const [assignee, setAssignee] = useState('')
  const [reviewer, setReviewer] = useState('')
  const patch = { ...(assignee.trim() === '' ? {} : { assignee: assignee.trim() }), ...(reviewer.trim() === '' ? {} : { reviewer: reviewer.trim() }) }
  const nothing = Object.keys(patch).length === 0
  const keep = async () => {
    if (nothing) return
    await page.markImages(patch)
    onClose()
  }
  return (
    <Dialog
      title={t('images.assignTitle', { count })}
      width="narrow"
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button kind="main" disabled={nothing} onPress={() => void keep()}>{t('images.assignNow')}</Button>
        </>
      )}
    >
      <Form
        className="choices"
        onSubmit={(event) => {
          event.preventDefault()
          void keep()
        }}
      >
        <TextField label={t('review.assignee')} value={assignee} onChange={setAssignee} autoFocus />
        <TextField label={t('review.reviewer')} value={reviewer} onChange={setReviewer} help={t('images.assignHelp')} />
        <input type="submit" hidden />
      </Form>
    </Dialog>
  )
}
