import { Check, Search } from 'lucide-react'
import { Autocomplete, Button, Dialog, DialogTrigger, Input, ListBox, ListBoxItem, Popover, SearchField, useFilter } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Swatch } from '../../components/swatch.tsx'
import { useEditor } from '../page-context.tsx'
import './class-chooser.css'

const NONE = 'none'

/** The class of an annotation, and on a press the list to choose another from; typing filters it. */
export function ClassChooser({ classId, label, disabled, onChoose }: { readonly classId: number | null; readonly label: string; readonly disabled: boolean; readonly onChoose: (classId: number | null) => void }) {
  const { t } = useTranslation()
  const classes = useEditor((state) => state.classes)
  const { contains } = useFilter({ sensitivity: 'base' })
  const current = classes.find((candidate) => candidate.id === classId)
  const choices = [...classes.map(({ id, name, colour }) => ({ id: String(id), name, colour: colour as string | null })), { id: NONE, name: t('classes.unnamed'), colour: null }]
  return (
    <DialogTrigger>
      <Button className="class-chooser" aria-label={`${label}: ${current?.name ?? t('classes.unnamed')}`} isDisabled={disabled}>
        <Swatch colour={current?.colour ?? null} />
        <span className={current === undefined ? 'row-name row-quiet' : 'row-name'}>{current?.name ?? t('classes.unnamed')}</span>
      </Button>
      <Popover className="popover" placement="bottom start">
        <Dialog className="class-chooser-list" aria-label={label}>
          {({ close }) => (
            <Autocomplete filter={contains}>
              <SearchField className="class-chooser-search" aria-label={t('classes.find')} autoFocus>
                <Search aria-hidden />
                <Input className="class-chooser-input" placeholder={t('classes.find')} />
              </SearchField>
              <ListBox
                className="menu class-chooser-menu"
                aria-label={label}
                items={choices}
                selectionMode="single"
                renderEmptyState={() => <p className="class-chooser-none">{t('classes.noMatch')}</p>}
                onAction={(key) => {
                  close()
                  onChoose(key === NONE ? null : Number(key))
                }}
              >
                {(choice) => (
                  <ListBoxItem id={choice.id} textValue={choice.name} className="menu-item">
                    <Swatch colour={choice.colour} />
                    <span className="menu-item-name">{choice.name}</span>
                    {choice.id === String(classId ?? NONE) ? <Check aria-hidden /> : null}
                  </ListBoxItem>
                )}
              </ListBox>
            </Autocomplete>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
