import { FileSearch, FolderSearch, GitCompareArrows } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AgreementQuestion, AgreementReport, MaskMaker } from '../../../main/contract/agreement.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Progress } from '../../components/progress.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { useTwoDecimals } from '../../components/use-two-decimals.ts'
import { useMay, usePage } from '../page-context.tsx'
import './agreement.css'

interface Answer {
  /** whose masks a and b are */
  readonly names: readonly [string, string]
  readonly report: AgreementReport
}

/** How far two agree: two who made masks of this project, or this project and another or a data set. A press on an image opens it. */
export function Agreement({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const may = useMay()
  const [makers, setMakers] = useState<readonly MaskMaker[]>([])
  const [chosen, setChosen] = useState<readonly [string, string] | null>(null)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    let gone = false
    const load = async () => {
      const found = await page.attempt(async () => {
        await page.editor.flush()
        return page.client.call('agreement.makers', {})
      })
      if (!gone && found !== undefined) setMakers(found.makers)
    }
    void load()
    return () => { gone = true }
  }, [page])
  const pair = chosen ?? (makers.length < 2 ? null : [makers[0].name, makers[1].name] as const)
  const compare = async (of: AgreementQuestion, names: Answer['names']) => {
    setBusy(true)
    setAnswer(null)
    const report = await page.attempt(async () => {
      await page.editor.flush()
      return page.client.call('agreement.check', { of })
    })
    setBusy(false)
    if (report !== undefined) setAnswer({ names, report })
  }
  const choose = async (type: 'file' | 'folder') => {
    const grant = await page.pick(type === 'file' ? 'compare' : 'image-folder', type)
    if (grant !== null) await compare({ grant: grant.grant }, [t('agreement.here'), grant.name])
  }
  const choices = makers.map(({ name, masks }) => ({ id: name, name: t('agreement.maker', { name, count: masks }) }))
  return (
    <Dialog
      title={t('agreement.title')}
      width="wide"
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" onPress={onClose}>{t('common.close')}</Button>
          {may('files.browse') ? <Button kind="plain" icon={FolderSearch} disabled={busy} onPress={() => void choose('folder')}>{t('agreement.withFolder')}</Button> : null}
          {may('files.browse') ? <Button kind={pair === null ? 'main' : 'plain'} icon={FileSearch} disabled={busy} onPress={() => void choose('file')}>{t('agreement.withFile')}</Button> : null}
        </>
      )}
    >
      <p>{t('agreement.intro')}</p>
      {pair === null
        ? <p className="row-quiet">{t('agreement.onePerson')}</p>
        : (
          <div className="agreement-people">
            <SelectField label={t('agreement.first')} choices={choices} value={pair[0]} onChange={(name) => setChosen([name, pair[1]])} />
            <SelectField label={t('agreement.second')} choices={choices} value={pair[1]} onChange={(name) => setChosen([pair[0], name])} />
            <Button kind="main" icon={GitCompareArrows} disabled={busy || pair[0] === pair[1]} onPress={() => void compare({ people: [...pair] }, pair)}>{t('agreement.compare')}</Button>
          </div>
        )}
      {busy ? <div role="status" className="dialog-work"><span>{t('agreement.comparing')}</span><Progress label={t('agreement.comparing')} value={null} max={1} /></div> : null}
      {answer === null ? null : <Figures answer={answer} onOpen={(imageId) => {
        page.openImage(imageId)
        onClose()
      }} />}
    </Dialog>
  )
}

function Figures({ answer: { names: [a, b], report }, onOpen }: { readonly answer: Answer; readonly onOpen: (imageId: number) => void }) {
  const { t } = useTranslation()
  const decimals = useTwoDecimals()
  const figure = (value: number | null) => (value === null ? '–' : decimals(value))
  return (
    <>
      <p role="status">
        <strong>{t('agreement.summary', { count: report.images, agreement: figure(report.agreement), meanIoU: figure(report.meanIoU), f1: figure(report.f1) })}</strong>
        {report.onlyA + report.onlyB === 0 ? null : ` ${t('agreement.only', { a, b, onlyA: report.onlyA, onlyB: report.onlyB })}`}
      </p>
      <table className="agreement-table">
        <caption>{t('agreement.byClass')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('agreement.class')}</th>
            {[a, b, t('agreement.pairs'), t('agreement.agreement'), t('agreement.meanIoU'), 'F1'].map((title, place) => <th key={place} scope="col" className="agreement-number">{title}</th>)}
          </tr>
        </thead>
        <tbody>
          {report.classes.map((one) => (
            <tr key={one.className}>
              <th scope="row">{one.className}</th>
              {[String(one.a), String(one.b), String(one.pairs), figure(one.agreement), figure(one.meanIoU), figure(one.f1)].map((text, place) => <td key={place} className="agreement-number numbers">{text}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
      <table className="agreement-table">
        <caption>{t('agreement.worst')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('agreement.image')}</th>
            {[a, b, t('agreement.agreement')].map((title, place) => <th key={place} scope="col" className="agreement-number">{title}</th>)}
          </tr>
        </thead>
        <tbody>
          {report.worst.map((one) => (
            <tr key={one.imageId}>
              <th scope="row"><Button kind="quiet" onPress={() => onOpen(one.imageId)}>{one.path}</Button></th>
              {[String(one.a), String(one.b), figure(one.agreement)].map((text, place) => <td key={place} className="agreement-number numbers">{text}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
