import { useTranslation } from 'react-i18next'
import { Dialogs } from './dialogs/dialogs.tsx'
import { ConnectionBanner, Notices } from './notices/notices.tsx'
import { useEditor, usePage } from './page-context.tsx'
import { StartView } from './start/start-view.tsx'
import { usePart } from './state/use-part.ts'
import { Workspace } from './workspace/workspace.tsx'

/** The whole window: the start view without a project, the workspace with one, and what may stand over both. */
export function PageWindow() {
  const { t } = useTranslation()
  const { engine } = usePage()
  const project = useEditor((state) => state.project)
  const info = usePart(engine, (state) => state.info)
  const waiting = info === null || (info.project && project === null)
  return (
    <>
      {waiting ? <main className="only-read-aloud" aria-busy>{t('common.loading')}</main> : project === null ? <StartView /> : <Workspace />}
      <Notices />
      <ConnectionBanner />
      <Dialogs />
    </>
  )
}
