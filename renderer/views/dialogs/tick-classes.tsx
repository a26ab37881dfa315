import { Check, Download, Search } from 'lucide-react'
import { useState } from 'react'
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField, useFilter } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import './tick-classes.css'

/** Which classes are in the open image: typing filters, Enter ticks and the next name can be typed. The assistant then proposes no others there. */
export function TickClasses({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const { editor } = page
  const classes = useEditor((state) => state.classes)
  const ticked = useEditor((state) => state.image?.ticked ?? null)
  const projectName = useEditor((state) => state.project?.name ?? 'images')
  const { contains } = useFilter({ sensitivity: 'base' })
  const [search, setSearch] = useState('')
  const save = async () => {
    const name = `${projectName.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.classes.json`
    const grant = await page.pick('export', 'folder', name)
    if (grant === null) return
    const written = await page.attempt(async () => {
      await editor.flush()
      return page.client.call('ticks.write', { grant: grant.grant, ...(grant.type === 'folder' ? { name } : {}) })
    })
    if (written !== undefined) page.notices.add('info', t('ticks.saved', { count: written.images, where: written.display }))
  }
  return (
    <Dialog
      title={t('ticks.title')}
      width="narrow"
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" icon={Download} onPress={() => void save()}>{t('ticks.save')}</Button>
          <Button kind="quiet" disabled={ticked === null} onPress={() => editor.tickClasses(null)}>{t('ticks.none')}</Button>
          <Button kind="main" onPress={onClose}>{t('common.done')}</Button>
        </>
      )}
    >
      <p className="row-quiet">{t('ticks.intro')}</p>
      <div className="tick-list">
        <Autocomplete filter={contains} inputValue={search} onInputChange={setSearch}>
          <SearchField className="class-chooser-search" aria-label={t('classes.find')} autoFocus>
            <Search aria-hidden />
            <Input className="class-chooser-input" placeholder={t('classes.find')} />
          </SearchField>
          <ListBox
            className="menu tick-list-menu"
            aria-label={t('ticks.title')}
            selectionMode="multiple"
            selectionBehavior="toggle"
            escapeKeyBehavior="none"
            selectedKeys={(ticked ?? []).map(String)}
            onSelectionChange={(keys) => {
              setSearch('')
              const next = classes.filter(({ id }) => keys === 'all' || keys.has(String(id))).map(({ id }) => id)
              editor.tickClasses(next.length === 0 ? null : next)
            }}
            renderEmptyState={() => <p className="class-chooser-none">{t(classes.length === 0 ? 'classes.none' : 'classes.noMatch')}</p>}
          >
            {classes.map(({ id, name, colour }) => (
              <ListBoxItem key={id} id={String(id)} textValue={name} className="menu-item">
                {({ isSelected }) => (
                  <>
                    <span className={isSelected ? 'tick-mark tick-mark-on' : 'tick-mark'}><Check aria-hidden /></span>
                    <Swatch colour={colour} />
                    <span className="menu-item-name">{name}</span>
                  </>
                )}
              </ListBoxItem>
            ))}
          </ListBox>
        </Autocomplete>
      </div>
    </Dialog>
  )
}
