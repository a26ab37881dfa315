import { ChevronRight, FolderOpen, SquarePlus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Grant } from '../../../main/contract/files.ts'
import { Button } from '../../components/button.tsx'
import { usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { TopBar } from '../workspace/top-bar.tsx'
import './start-view.css'

const STEPS = ['folder', 'classes', 'label', 'prelabel', 'export'] as const

/** Without a project: open one, make one, and what comes after. */
export function StartView() {
  const { t } = useTranslation()
  const page = usePage()
  const info = usePart(page.engine, (state) => state.info)
  const [recent, setRecent] = useState<readonly Grant[]>([])
  useEffect(() => {
    const load = async () => {
      const answer = await page.attempt(() => page.client.call('project.recent', {}))
      setRecent(answer?.projects ?? [])
    }
    if (info !== null) void load()
  }, [page, info])
  const open = async () => {
    const grant = await page.pick('project-open', 'file')
    if (grant !== null) await page.openProject(grant.grant)
  }
  return (
    <div className="start">
      <TopBar />
      <main className="start-main">
        <div className="start-column">
          <h1 className="start-title">{t('start.title')}</h1>
          <p className="start-lead">{t('start.lead')}</p>
          <div className="start-actions">
            <Button kind="main" icon={SquarePlus} onPress={() => page.show('create')}>{t('project.create')}</Button>
            <Button kind="plain" icon={FolderOpen} onPress={() => void open()}>{t('project.open')}</Button>
          </div>
          {recent.length === 0
            ? null
            : (
              <section aria-label={t('start.recent')}>
                <h2 className="start-heading">{t('start.recent')}</h2>
                <ul className="start-recent">
                  {recent.map((project) => (
                    <li key={project.grant}>
                      <button type="button" className="start-project" onClick={() => void page.openProject(project.grant)}>
                        <span className="start-project-name">{project.name.replace(/\.maskwright$/, '')}</span>
                        <span className="start-project-path">{project.display}</span>
                        <ChevronRight aria-hidden />
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          <section aria-label={t('start.next')}>
            <h2 className="start-heading">{t('start.next')}</h2>
            <ol className="start-steps">
              {STEPS.map((step, index) => (
                <li key={step}><span className="start-step numbers" aria-hidden>{index + 1}</span><span>{t(`start.step.${step}`)}</span></li>
              ))}
            </ol>
          </section>
        </div>
      </main>
    </div>
  )
}
