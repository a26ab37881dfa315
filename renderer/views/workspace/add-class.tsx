import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Form } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/icon-button.tsx'
import { TextField } from '../../components/text-field.tsx'
import { usePage } from '../page-context.tsx'

/** Adds a class, or several as one edit when their names are separated by commas. */
export function AddClass() {
  const { t } = useTranslation()
  const { editor } = usePage()
  const [names, setNames] = useState('')
  const add = () => {
    const list = names.split(/[,;\n]/).map((name) => name.trim()).filter((name) => name !== '')
    // what was refused stays in the field; why is in the editor's failure
    setNames(editor.addClassNames(list).join(', '))
  }
  /** Esc leaves it: the next key is a tool's again. */
  const leave = (field: HTMLElement) => {
    setNames('')
    const picture = document.querySelector<HTMLElement>('[data-pane="canvas"]')
    // without an open image there is no picture to go to
    if (picture === null) field.blur()
    else picture.focus()
  }
  return (
    <Form
      className="add-class"
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <TextField label={t('classes.add')} bare value={names} onChange={setNames} placeholder={t('classes.addHint')} maxLength={5000} onEscape={leave} />
      <IconButton icon={Plus} label={t('classes.add')} onPress={add} disabled={names.trim() === ''} placement="top" />
    </Form>
  )
}
