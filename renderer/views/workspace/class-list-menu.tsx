import { Download, EllipsisVertical, Upload } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Menu } from '../../components/menu.tsx'
import { useEditor, usePage } from '../page-context.tsx'

/** The class list from a file, as one edit, and into one. */
export function ClassListMenu() {
  const { t } = useTranslation()
  const page = usePage()
  const empty = useEditor((state) => state.classes.length === 0)
  const read = () => page.attempt(async () => {
    const grant = await page.pick('import', 'file')
    if (grant === null) return
    const { classes } = await page.client.call('classes.read', { grant: grant.grant })
    const added = page.editor.addClasses(classes)
    page.notices.add('info', t('classes.imported', { count: added, known: classes.length - added }))
  })
  const write = () => page.attempt(async () => {
    const name = 'classes.json'
    const grant = await page.pick('export', 'folder', name)
    if (grant === null) return
    await page.editor.flush()
    const { display } = await page.client.call('classes.write', { grant: grant.grant, name })
    page.notices.add('info', t('classes.exported', { where: display }))
  })
  return (
    <Menu
      label={t('classes.listMenu')}
      trigger={<AriaButton className="icon-button icon-button-small" aria-label={t('classes.listMenu')}><EllipsisVertical aria-hidden /></AriaButton>}
      entries={[
        { id: 'import', name: t('classes.import'), icon: Download, onChoose: () => void read() },
        { id: 'export', name: t('classes.export'), icon: Upload, disabled: empty, onChoose: () => void write() },
      ]}
    />
  )
}
