import { UserRound } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../components/icon-button.tsx'
import { useTranslation } from 'react-i18next'
import { Input, Label, TextField } from 'react-aria-components'
import { usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'

interface NameFieldProps {
  readonly label: string
  readonly value: string | null
  readonly onChange: (name: string | null) => void
}

/** A person's name: typed and kept with Enter or on leaving, or one's own at a press. */
export function NameField({ label, value, onChange }: NameFieldProps) {
  const { t } = useTranslation()
  const page = usePage()
  const me = usePart(page.engine, (state) => state.info?.person ?? null)
  /** null: nothing is being typed, so what is stored is shown */
  const [draft, setDraft] = useState<string | null>(null)
  const keep = () => {
    const name = draft?.trim() ?? value ?? ''
    setDraft(null)
    if (name !== (value ?? '')) onChange(name === '' ? null : name)
  }
  return (
    <div className="name-field">
      <TextField className="field" value={draft ?? value ?? ''} onChange={setDraft} onBlur={keep} maxLength={200}>
        <Label className="field-label">{label}</Label>
        <Input
          className="field-input"
          placeholder={t('review.nobody')}
          autoComplete="off"
          spellCheck="false"
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep()
            if (event.key === 'Escape') setDraft(null)
          }}
        />
      </TextField>
      {me === null || value === me || draft !== null ? null : <IconButton small className="name-field-me" icon={UserRound} label={t('review.me', { field: label })} onPress={() => onChange(me)} placement="top" />}
    </div>
  )
}
