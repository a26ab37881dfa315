import { CircleAlert, FolderInput, Gauge, HardDriveDownload, Pause, Play, ShieldCheck, Trash2, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '../../../main/contract/procedures.ts'
import type { PackBenchmark, PackInfo, PackProgress, PackReport } from '../../../main/contract/packs.ts'
import { Button } from '../../components/button.tsx'
import { Tick } from '../../components/choice-fields.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Progress } from '../../components/progress.tsx'
import { usePage } from '../page-context.tsx'
import type { Page } from '../state/page.ts'
import { usePart } from '../state/use-part.ts'
import { durationParts } from '../workspace/duration.ts'
import { ModelProblem } from './explained.tsx'
import { PackTimes } from './pack-times.tsx'
import { packSize } from './pack-size.ts'
import './dialogs.css'
import './models.css'

type Listing = OutputOf<'packs.list'>
/** What a person is asked about a pack: its licences, or whether it shall really go. */
type Question = { readonly kind: 'licence'; readonly pack: PackInfo; readonly from: 'hub' | 'folder' } | { readonly kind: 'remove'; readonly name: string }
/** What a check or a benchmark of a pack found. */
type Found = { readonly name: string } & ({ readonly report: PackReport } | { readonly times: PackBenchmark })

const isBusy = (progress: PackProgress | null): boolean => progress !== null && (progress.state === 'running' || progress.state === 'paused')

/** The packs as they stand, and what runs. */
async function askListing(page: Page): Promise<Listing | undefined> {
  const answer = await page.attempt(() => page.client.call('packs.list', {}))
  if (answer !== undefined) page.engine.setPack(answer.progress)
  return answer
}

/** Packs of models: which there are, what they allow, getting, checking and removing them. */
export function Models({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const progress = usePart(page.engine, (state) => state.pack)
  const [listing, setListing] = useState<Listing | null>(null)
  const [question, setQuestion] = useState<Question | null>(null)
  const [found, setFound] = useState<Found | null>(null)
  useEffect(() => {
    const look = async () => {
      const answer = await askListing(page)
      if (answer !== undefined) setListing(answer)
    }
    void look()
    // what is here changes when work begins or ends
    let before = page.engine.state().pack?.state
    return page.engine.subscribe(() => {
      const now = page.engine.state().pack?.state
      if (now !== before) void look()
      before = now
    })
  }, [page])

  const install = async (pack: PackInfo, from: 'hub' | 'folder') => {
    setFound(null)
    // asked over the dialog that is there: two that open at once would lock each other out
    const grant = from === 'folder' ? await page.pick('pack-folder', 'folder') : null
    setQuestion(null)
    if (from === 'folder' && grant === null) return
    const begun = await page.attempt(() => page.client.call('packs.install', { name: pack.name, agree: true, ...(grant === null ? {} : { grant: grant.grant }) }))
    if (begun !== undefined) page.engine.setPack(begun)
  }
  const begin = (pack: PackInfo, from: 'hub' | 'folder') => {
    if (pack.agreed) void install(pack, from)
    else setQuestion({ kind: 'licence', pack, from })
  }
  const act = async (name: 'packs.pause' | 'packs.resume' | 'packs.cancel') => {
    const now = await page.attempt(() => page.client.call(name, {}))
    if (now !== undefined) page.engine.setPack(now)
  }
  const verify = async (name: string) => {
    setFound(null)
    const report = await page.attempt(() => page.client.call('packs.verify', { name }))
    if (report !== undefined) setFound({ name, report })
  }
  const time = async (name: string) => {
    setFound(null)
    const times = await page.attempt(() => page.client.call('packs.benchmark', { name }))
    if (times !== undefined) setFound({ name, times })
  }
  const remove = async (name: string) => {
    setQuestion(null)
    setFound(null)
    await page.attempt(() => page.client.call('packs.remove', { name }))
    const answer = await askListing(page)
    if (answer !== undefined) setListing(answer)
  }

  if (question?.kind === 'licence') return <Licence pack={question.pack} onAgree={() => void install(question.pack, question.from)} onBack={() => setQuestion(null)} onClose={onClose} />
  return (
    <Dialog title={t('models.title')} width="wide" onClose={onClose} footer={<Button kind="main" onPress={onClose}>{t('common.done')}</Button>}>
      <p>{t('models.intro', { hub: listing?.hub ?? '…' })}</p>
      {listing === null ? <p role="status" className="row-quiet">{t('common.loading')}</p> : (
        <ul className="pack-list">
          {listing.packs.map((pack) => {
            const working = progress !== null && progress.name === pack.name && isBusy(progress)
            return (
              <li key={pack.name} className="pack" aria-label={pack.title}>
                <PackHead pack={pack} working={working} />
                {working ? <Work progress={progress} onAct={(name) => void act(name)} /> : null}
                {!working && progress?.name === pack.name && progress.state === 'failed' ? <div className="pack-problem" role="alert"><CircleAlert aria-hidden /><ModelProblem message={progress.message ?? ''} /></div> : null}
                {found?.name !== pack.name ? null : 'report' in found ? <Report report={found.report} /> : <PackTimes times={found.times} />}
                {question?.kind === 'remove' && question.name === pack.name
                  ? (
                    <div className="pack-actions" role="group" aria-label={t('models.removeSure')}>
                      <span>{t('models.removeSure')}</span>
                      <Button kind="quiet" onPress={() => setQuestion(null)}>{t('common.cancel')}</Button>
                      <Button kind="plain" icon={Trash2} autoFocus onPress={() => void remove(pack.name)}>{t('models.remove')}</Button>
                    </div>
                  )
                  : working ? null : (
                    <Actions
                      pack={pack}
                      busy={isBusy(progress)}
                      onInstall={(from) => begin(pack, from)}
                      onVerify={() => void verify(pack.name)}
                      onTime={() => void time(pack.name)}
                      onRemove={() => setQuestion({ kind: 'remove', name: pack.name })}
                    />
                  )}
              </li>
            )
          })}
        </ul>
      )}
      {listing === null ? null : <p className="row-quiet">{t('models.where')} <span className="written-path"><bdi>{listing.folder}</bdi></span></p>}
    </Dialog>
  )
}

function PackHead({ pack, working }: { readonly pack: PackInfo; readonly working: boolean }) {
  const { t, i18n } = useTranslation()
  const gives = [...(pack.scores ? [t('models.scores')] : []), ...(pack.affinity ? [t('models.affinity')] : [])].join(' · ')
  const size = pack.bytes === null ? null : packSize(pack.bytes, i18n.language)
  return (
    <>
      <div className="pack-head">
        <h3 className="pack-title">{pack.title}</h3>
        {working ? null : <span className={`pack-state pack-${pack.state}`}>{pack.state === 'partial' ? t('models.state.partial', { size: packSize(pack.partialBytes, i18n.language) }) : t(`models.state.${pack.state}`)}</span>}
        {size === null ? null : <span className="row-quiet numbers">{size}</span>}
      </div>
      {pack.problem === null ? null : <p className="pack-problem"><CircleAlert aria-hidden /><span>{pack.problem}</span></p>}
      {pack.summary === '' ? null : <p>{t(`models.pack.${pack.name}`, { defaultValue: pack.summary })}</p>}
      {gives === '' ? null : <p className="row-quiet">{t('models.gives')} {gives}</p>}
      <ul className="pack-licences">
        {pack.licences.map((licence) => (
          <li key={licence.name} className={licence.commercial ? 'row-quiet' : 'pack-not-commercial'}>
            {licence.name}{licence.commercial ? '' : ` – ${t('models.notCommercial')}`}
          </li>
        ))}
      </ul>
    </>
  )
}

interface ActionsProps {
  readonly pack: PackInfo
  readonly busy: boolean
  readonly onInstall: (from: 'hub' | 'folder') => void
  readonly onVerify: () => void
  readonly onTime: () => void
  readonly onRemove: () => void
}

function Actions({ pack, busy, onInstall, onVerify, onTime, onRemove }: ActionsProps) {
  const { t } = useTranslation()
  const here = pack.state === 'installed' || pack.state === 'built-in'
  const installable = pack.state === 'available' || pack.state === 'partial'
  return (
    <div className="pack-actions">
      {installable ? <Button kind="plain" icon={pack.state === 'partial' ? Play : HardDriveDownload} disabled={busy} onPress={() => onInstall('hub')}>{pack.state === 'partial' ? t('models.goOn') : t('models.install')}</Button> : null}
      {installable ? <Button kind="quiet" icon={FolderInput} disabled={busy} onPress={() => onInstall('folder')}>{t('models.fromFolder')}</Button> : null}
      {pack.state === 'installed' ? <Button kind="plain" icon={ShieldCheck} disabled={busy} onPress={onVerify}>{t('models.verify')}</Button> : null}
      {here && (pack.scores || pack.affinity) ? <Button kind="plain" icon={Gauge} disabled={busy} onPress={onTime}>{t('models.time')}</Button> : null}
      {pack.state === 'available' || pack.state === 'built-in' ? null : <Button kind="quiet" icon={Trash2} disabled={busy} onPress={onRemove}>{pack.state === 'partial' ? t('models.discard') : t('models.remove')}</Button>}
    </div>
  )
}

function Work({ progress, onAct }: { readonly progress: PackProgress; readonly onAct: (name: 'packs.pause' | 'packs.resume' | 'packs.cancel') => void }) {
  const { t, i18n } = useTranslation()
  const { step, state, work, device, done, total, rate, secondsLeft } = progress
  const left = secondsLeft === null ? null : durationParts(secondsLeft)
  const size = (bytes: number) => packSize(bytes, i18n.language)
  const paused = state === 'paused'
  return (
    <div className="pack-work" role="group" aria-label={t(`models.step.${step}`)}>
      <div className="pack-work-line" role="status">
        <span>{paused ? t('models.paused') : t(`models.step.${step}`)}</span>
        {work !== 'benchmark' || device === null ? null : <span>{t('models.timingOn', { device: t(`device.${device}`) })}</span>}
        {total === null ? null : <span className="numbers">{work === 'benchmark' ? t('models.of', { done, total }) : t('models.of', { done: size(done), total: size(total) })}</span>}
        {rate === null || paused ? null : <span className="numbers">{t('models.rate', { rate: size(rate) })}</span>}
        {left === null || paused ? null : <span className="numbers">{t(`job.left.${left.unit}`, { count: left.value })}</span>}
      </div>
      <Progress label={t(`models.step.${step}`)} value={total === null ? null : done} max={total ?? 1} />
      <div className="pack-actions">
        {work !== 'install' ? null : paused
          ? <Button kind="plain" icon={Play} onPress={() => onAct('packs.resume')}>{t('models.goOn')}</Button>
          : <Button kind="plain" icon={Pause} onPress={() => onAct('packs.pause')}>{t('models.pause')}</Button>}
        <Button kind="quiet" icon={X} onPress={() => onAct('packs.cancel')}>{t('common.cancel')}</Button>
      </div>
    </div>
  )
}

function Report({ report }: { readonly report: PackReport }) {
  const { t, i18n } = useTranslation()
  if (report.problems.length === 0) return <p className="pack-sound" role="status"><ShieldCheck aria-hidden /><span>{t('models.sound', { count: report.files, size: packSize(report.bytes, i18n.language) })}</span></p>
  return (
    <div role="alert">
      <p className="pack-problem"><CircleAlert aria-hidden /><span>{t('models.unsound')}</span></p>
      <ul className="finding-examples">{report.problems.map((problem) => <li key={problem}>{problem}</li>)}</ul>
    </div>
  )
}

/** The licences of a pack, to be read and agreed to once. Their texts stay in English, which alone was checked. */
function Licence({ pack, onAgree, onBack, onClose }: { readonly pack: PackInfo; readonly onAgree: () => void; readonly onBack: () => void; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [agreed, setAgreed] = useState(false)
  return (
    <Dialog
      title={t('models.licences', { name: pack.title })}
      width="wide"
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" autoFocus onPress={onBack}>{t('common.cancel')}</Button>
          <Button kind="main" icon={HardDriveDownload} disabled={!agreed} onPress={onAgree}>{t('models.install')}</Button>
        </>
      )}
    >
      <p>{t('models.licenceIntro')}</p>
      {pack.licences.map((licence) => (
        <section key={licence.name} className="pack-licence" aria-label={licence.name}>
          <h3 className="pack-title">{licence.name}</h3>
          {licence.commercial ? null : <p className="pack-not-commercial">{t('models.notCommercial')}</p>}
          <p lang="en">{licence.text}</p>
        </section>
      ))}
      <Tick ticked={agreed} onChange={setAgreed}>{t('models.agree')}</Tick>
    </Dialog>
  )
}
