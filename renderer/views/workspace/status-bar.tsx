import { CircleCheck, CloudAlert, Cpu, LoaderCircle, Pause, Play, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { PackProgress } from '../../../main/contract/packs.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { Progress } from '../../components/progress.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { useEditor, useMay, usePage } from '../page-context.tsx'
import { canBeShown } from '../state/page.ts'
import { usePart } from '../state/use-part.ts'
import { durationParts } from './duration.ts'
import './status-bar.css'

/** One line: the tool and its state, the image, the pointer, long work, whose page it is, saving, the device. */
export function StatusBar() {
  const { t } = useTranslation()
  const page = usePage()
  const tool = useEditor((state) => state.tool)
  const toolPath = useEditor((state) => state.toolPath)
  const image = useEditor((state) => state.image)
  const shown = image !== null && canBeShown(image)
  const zoom = usePart(page.viewControl, (state) => state.zoom)
  const phase = toolPath.slice(toolPath.indexOf('.') + 1)
  return (
    <footer className="status-bar">
      <span className="status-item">{t(toolPath.startsWith('operation.') ? `command.mask.${phase}` : toolPath.startsWith('snap.') ? 'command.mask.snap' : `command.tool.${tool}`)}{phase === 'idle' ? '' : toolPath.startsWith('operation.') ? ` · ${t('phase.previewing')}` : ` · ${t(`phase.${phase}`, { defaultValue: phase })}`}</span>
      {!shown ? null : <span className="status-item numbers">{image.width} × {image.height}</span>}
      {!shown ? null : <span className="status-item numbers">{t('status.zoom', { percent: Math.round(zoom * 100) })}</span>}
      <Cursor />
      <span className="status-space" />
      <Work />
      <Person />
      <Saving />
      <Device />
    </footer>
  )
}

function Cursor() {
  const { t } = useTranslation()
  const { viewControl } = usePage()
  const cursor = usePart(viewControl, (state) => state.cursor)
  const classes = useEditor((state) => state.classes)
  if (cursor === null) return null
  const under = cursor.annotationId === null ? null : classes.find((candidate) => candidate.id === cursor.classId)
  return (
    <>
      <span className="status-item status-cursor numbers">{cursor.x}, {cursor.y}</span>
      {under === null ? null : <span className="status-item"><Swatch colour={under?.colour ?? null} />{under?.name ?? t('classes.unnamed')}</span>}
    </>
  )
}

/** Who this page belongs to, in a team. */
function Person() {
  const { t } = useTranslation()
  const info = usePart(usePage().engine, (state) => state.info)
  if (info === null || info.role === null) return null
  return <span className="status-item">{t(`role.${info.role}`, { name: info.person })}</span>
}

function Saving() {
  const { t } = useTranslation()
  const saving = useEditor((state) => state.saving)
  const open = useEditor((state) => state.project !== null)
  if (!open) return null
  const Icon = saving === 'saved' ? CircleCheck : saving === 'saving' ? LoaderCircle : CloudAlert
  return <span className={`status-item status-${saving}`} role="status"><Icon aria-hidden />{t(`saving.${saving}`)}</span>
}

function Device() {
  const { t } = useTranslation()
  const { engine } = usePage()
  const pipeline = usePart(engine, (state) => state.pipeline)
  if (pipeline === null) return null
  const gigabytes = pipeline.memoryBytes === null ? '' : ` · ${(pipeline.memoryBytes / 2 ** 30).toFixed(1)} GiB`
  return <span className={pipeline.state === 'died' ? 'status-item status-failed' : 'status-item'} title={`${t(`pipeline.${pipeline.state}`)}${gigabytes}${pipeline.message === null ? '' : `\n${pipeline.message}`}`}><Cpu aria-hidden />{[t(`pipeline.${pipeline.state}`), pipeline.device].filter((part) => part !== null).join(' · ')}</span>
}

function Work() {
  const { t } = useTranslation()
  const page = usePage()
  const may = useMay()
  const job = usePart(page.engine, (state) => state.job)
  const transfer = usePart(page.engine, (state) => state.transfer)
  const scan = usePart(page.engine, (state) => state.scan)
  const pack = usePart(page.engine, (state) => state.pack)
  const act = (name: 'prelabel.pause' | 'prelabel.resume' | 'prelabel.cancel') => void page.attempt(async () => page.engine.setJob(await page.client.call(name, {})))
  if (job !== null && (job.state === 'running' || job.state === 'paused')) {
    const left = job.secondsLeft === null ? null : durationParts(job.secondsLeft)
    const ended = job.done + job.failed
    return (
      <div className="status-job" role="group" aria-label={t('job.name')}>
        <Progress label={t('job.name')} value={ended} max={job.total} />
        <span className="numbers">{t('job.progress', { done: ended, total: job.total })}</span>
        {job.state === 'paused' ? <span>{t('job.paused')}</span> : null}
        {job.state === 'running' && job.rate !== null ? <span className="numbers">{t('job.rate', { rate: job.rate >= 10 ? Math.round(job.rate) : job.rate.toFixed(1) })}</span> : null}
        {job.state === 'running' && left !== null ? <span className="numbers">{t(`job.left.${left.unit}`, { count: left.value })}</span> : null}
        {job.unnamed > 0 ? <span className="numbers">{t('job.unnamed', { count: job.unnamed })}</span> : null}
        {job.failed > 0 ? <span className="status-failed numbers" title={job.problems.map((problem) => `${problem.path}: ${problem.reason}`).join('\n')}>{t('job.failed', { count: job.failed })}</span> : null}
        {may('prelabel.pause') ? (job.state === 'running'
          ? <IconButton small icon={Pause} label={t('job.pause')} onPress={() => act('prelabel.pause')} placement="top" />
          : <IconButton small icon={Play} label={t('job.resume')} onPress={() => act('prelabel.resume')} placement="top" />) : null}
        {may('prelabel.cancel') ? <IconButton small icon={X} label={t('job.cancel')} onPress={() => act('prelabel.cancel')} placement="top" /> : null}
      </div>
    )
  }
  const progress = transfer !== null && (transfer.total === null || transfer.done < transfer.total)
    ? { name: t(`transfer.${transfer.what}`), done: transfer.done, total: transfer.total }
    : scan !== null && scan.read < scan.total ? { name: t('folders.scanning'), done: scan.read, total: scan.total }
      : pack?.state === 'running' ? { name: `${pack.name}: ${t(`models.step.${pack.step}`)}`, ...inPercent(pack) } : null
  if (progress === null) return null
  return (
    <div className="status-job">
      <span>{progress.name}</span>
      <Progress label={progress.name} value={progress.total === null ? null : progress.done} max={progress.total ?? 1} />
      <span className="numbers">{progress.total === null ? progress.done : t('job.progress', { done: progress.done, total: progress.total })}</span>
    </div>
  )
}

/** Bytes would be too long a number for the bar. */
const inPercent = ({ done, total }: PackProgress) => ({ done: total === null ? 0 : Math.floor(100 * done / Math.max(1, total)), total: total === null ? null : 100 })
