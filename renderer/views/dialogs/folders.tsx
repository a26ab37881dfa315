import { FolderPlus, FolderSync, FolderX, Link2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScanReport } from '../../../main/contract/images.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Progress } from '../../components/progress.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import './dialogs.css'

/** The image folders of the project: add, look again for changed files, say where a moved one is. */
export function Folders({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const project = useEditor((state) => state.project)
  const scan = usePart(page.engine, (state) => state.scan)
  const [busy, setBusy] = useState(false)
  const [report, setReport] = useState<ScanReport | null>(null)
  const folders = project?.folders ?? []

  const scanWith = async (work: () => Promise<ScanReport>) => {
    setBusy(true)
    setReport(null)
    const found = await page.attempt(work)
    if (found !== undefined) {
      setReport(found)
      await page.attempt(page.reload)
    }
    page.engine.clearProgress()
    setBusy(false)
  }
  const add = async () => {
    const grant = await page.pick('image-folder', 'folder')
    if (grant !== null) await scanWith(() => page.client.call('folder.add', { grant: grant.grant }))
  }
  const relink = async (folderId: number) => {
    const grant = await page.pick('image-folder', 'folder')
    if (grant !== null) await scanWith(() => page.client.call('folder.relink', { folderId, grant: grant.grant }))
  }
  return (
    <Dialog
      title={t('folders.title')}
      onClose={onClose}
      dismissable={!busy}
      footer={(
        <>
          <Button icon={FolderPlus} kind={folders.length === 0 ? 'main' : 'plain'} disabled={busy} onPress={() => void add()}>{t('folders.add')}</Button>
          {folders.length === 0 ? null : <Button kind="main" disabled={busy} onPress={onClose}>{t('common.done')}</Button>}
        </>
      )}
    >
      {folders.length === 0
        ? <EmptyState icon={FolderPlus} title={t('images.noFolder')}>{t('images.noFolderNext')}</EmptyState>
        : (
          <ul className="folder-list">
            {folders.map((folder) => (
              <li key={folder.id} className="folder-entry">
                <div className="folder-text">
                  <span className="folder-name">{folder.name}</span>
                  <span className="row-quiet folder-path"><bdi>{folder.path}</bdi></span>
                  {folder.present
                    ? <span className="row-quiet numbers">{t('folders.images', { count: folder.imageCount })}</span>
                    : <span className="folder-lost"><FolderX aria-hidden />{t('folders.lost')}</span>}
                </div>
                <Button icon={FolderSync} disabled={busy || !folder.present} onPress={() => void scanWith(() => page.client.call('folder.sync', { folderId: folder.id }))}>{t('folders.sync')}</Button>
                <Button icon={Link2} kind={folder.present ? 'quiet' : 'main'} disabled={busy} onPress={() => void relink(folder.id)}>{t('folders.relink')}</Button>
              </li>
            ))}
          </ul>
        )}
      {busy
        ? (
          <div role="status" className="dialog-work">
            <span>{t('folders.scanning')}{scan === null ? '' : ` ${scan.read} / ${scan.total}`}</span>
            <Progress label={t('folders.scanning')} value={scan?.read ?? null} max={scan?.total ?? 1} />
          </div>
        )
        : null}
      {report === null ? null : <ScanFindings report={report} />}
    </Dialog>
  )
}

function ScanFindings({ report }: { readonly report: ScanReport }) {
  const { t } = useTranslation()
  const counts = (['added', 'changed', 'missing', 'returned'] as const).filter((what) => report[what] > 0)
  return (
    <div className="findings" role="status">
      <p>{counts.length === 0 && report.problemCount === 0 ? t('folders.nothingNew') : counts.map((what) => t(`folders.found.${what}`, { count: report[what] })).join(' · ')}</p>
      {report.problemCount === 0
        ? null
        : (
          <>
            <p className="finding-refused">{t('folders.problems', { count: report.problemCount })}</p>
            <ul className="finding-examples">
              {report.problems.map((problem) => <li key={problem.path}><bdi>{problem.path}</bdi>: {problem.reason}</li>)}
            </ul>
          </>
        )}
    </div>
  )
}
