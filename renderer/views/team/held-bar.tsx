import { Eye } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { useEditor, useMay, usePage } from '../page-context.tsx'
import './team.css'

/** Says that the open image is somebody else's to edit for now. */
export function HeldBar() {
  const { t } = useTranslation()
  const page = usePage()
  const may = useMay()
  const holder = useEditor((state) => state.holder)
  if (holder === null) return null
  return (
    <div className="held-bar" role="status">
      <Eye aria-hidden />
      <span>{t('team.held', { name: holder })}</span>
      {may('team.takeOver') ? <Button kind="plain" onPress={() => void page.attempt(() => page.team.takeOver())}>{t('team.takeOver')}</Button> : null}
    </div>
  )
}
