import { FileSearch, FolderSearch } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Grant } from '../../../main/contract/files.ts'
import { FormatName, type TransferReport as Report } from '../../../main/contract/transfer.ts'
import { Button } from '../../components/button.tsx'
import { Tick } from '../../components/choice-fields.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Progress } from '../../components/progress.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { FORMAT_TITLES } from './format-titles.ts'
import { TransferReport } from './transfer-report.tsx'
import './dialogs.css'

type Step = 'choose' | 'checking' | 'checked' | 'applying' | 'applied'

/** Annotations from a file: first a dry run that says what would happen, then the import itself. */
export function Import({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const transfer = usePart(page.engine, (state) => state.transfer)
  const [file, setFile] = useState<Grant | null>(null)
  const [step, setStep] = useState<Step>('choose')
  const [report, setReport] = useState<Report | null>(null)
  const [marksDone, setMarksDone] = useState(true)
  const [format, setFormat] = useState<FormatName | 'found'>('found')
  const options = { done: marksDone, format: format === 'found' ? null : format }
  const busy = step === 'checking' || step === 'applying'

  const choose = async (type: 'file' | 'folder') => {
    const grant = await page.pick(type === 'file' ? 'import' : 'image-folder', type)
    if (grant === null) return
    setFile(grant)
    await check(grant, format)
  }
  const check = async (grant: Grant, as: FormatName | 'found') => {
    setReport(null)
    setStep('checking')
    const found = await page.attempt(() => page.client.call('import.check', { grant: grant.grant, options: { format: as === 'found' ? null : as } }))
    page.engine.clearProgress()
    setReport(found ?? null)
    setStep(found === undefined ? 'choose' : 'checked')
  }
  const apply = async () => {
    if (file === null) return
    setStep('applying')
    const done = await page.attempt(async () => {
      await page.editor.flush()
      const found = await page.client.call('import.apply', { grant: file.grant, options })
      await page.reload()
      return found
    })
    page.engine.clearProgress()
    if (done !== undefined) setReport(done)
    setStep(done === undefined ? 'checked' : 'applied')
  }
  return (
    <Dialog
      title={t('import.title')}
      width="wide"
      onClose={onClose}
      dismissable={!busy}
      footer={step === 'applied'
        ? <Button kind="main" onPress={onClose}>{t('common.done')}</Button>
        : (
          <>
            <Button kind="quiet" disabled={busy} onPress={onClose}>{t('common.cancel')}</Button>
            <Button kind={report === null ? 'main' : 'plain'} icon={FileSearch} disabled={busy} onPress={() => void choose('file')}>{file === null ? t('import.choose') : t('import.chooseOther')}</Button>
            <Button kind="plain" icon={FolderSearch} disabled={busy} onPress={() => void choose('folder')}>{t('import.chooseFolder')}</Button>
            {report === null ? null : <Button kind="main" disabled={busy || report.verdict === 'refused'} onPress={() => void apply()}>{t('import.apply', { count: report.annotations })}</Button>}
          </>
        )}
    >
      <p>{step === 'applied' ? t('import.applied') : step === 'checked' ? t('import.dryRun') : t('import.intro')}</p>
      {step === 'applied'
        ? null
        : (
          <SelectField
            label={t('import.format')}
            disabled={busy}
            choices={[{ id: 'found' as const, name: t('import.found') }, ...FormatName.options.map((id) => ({ id, name: FORMAT_TITLES[id] }))]}
            value={format}
            onChange={(next) => {
              setFormat(next)
              if (file !== null) void check(file, next)
            }}
          />
        )}
      {file === null ? null : <p className="chosen-file"><bdi>{file.display}</bdi></p>}
      {step === 'checked' && report !== null && report.verdict !== 'refused' ? <Tick ticked={marksDone} onChange={setMarksDone}>{t('import.marksDone')}</Tick> : null}
      {busy
        ? (
          <div role="status" className="dialog-work">
            <span>{step === 'checking' ? t('import.checking') : t('transfer.import')}</span>
            <Progress label={t('transfer.import')} value={transfer?.total == null ? null : transfer.done} max={transfer?.total ?? 1} />
          </div>
        )
        : null}
      {report === null || busy ? null : <TransferReport report={report} />}
    </Dialog>
  )
}
