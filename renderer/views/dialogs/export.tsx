import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AnnotationState } from '../../../main/contract/records.ts'
import { type ExportOptions, FILE_FORMATS, FormatName, READ_ONLY_FORMATS, type TransferReport as Report } from '../../../main/contract/transfer.ts'
import { Button } from '../../components/button.tsx'
import { Tick } from '../../components/choice-fields.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ExportSplit, splitOptionsOf, type SplitShares } from './export-split.tsx'
import { FORMAT_TITLES } from './format-titles.ts'
import { NumberField } from '../../components/number-field.tsx'
import { Progress } from '../../components/progress.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { TransferReport } from './transfer-report.tsx'
import './dialogs.css'

const EXPORTABLE: readonly AnnotationState[] = ['accepted', 'fixed', 'drawn', 'pending', 'rejected']
const WRITABLE = FormatName.options.filter((name) => !READ_ONLY_FORMATS.includes(name))
/** Formats in which a mask can be written in more than one way, the usual one first. */
const MASKS: Readonly<Partial<Record<FormatName, readonly ExportOptions['masks'][]>>> = {
  'coco-instances': ['rle', 'polygons', 'keyhole', 'simplified'], 'coco-stuff': ['rle', 'polygons', 'keyhole', 'simplified'],
  labelme: ['polygons', 'keyhole', 'simplified'], yolo: ['keyhole', 'simplified'], cityscapes: ['keyhole', 'simplified'],
}
const waysIn = (format: FormatName): readonly ExportOptions['masks'][] => MASKS[format] ?? ['rle']
/** The chosen way, or the usual one of a format that does not have it. */
const masksIn = (format: FormatName, chosen: ExportOptions['masks']): ExportOptions['masks'] => (waysIn(format).includes(chosen) ? chosen : waysIn(format)[0])
/** Formats in which a pixel has one owner. */
const ONE_OWNER: readonly FormatName[] = ['coco-panoptic', 'coco-stuff', 'coco-stuff-maps', 'voc', 'cityscapes', 'label-png']
const OVERLAPS = ['front', 'smaller'] as const
/** Formats that have our own key. */
const WITH_OWN_KEY: readonly FormatName[] = ['coco-instances', 'coco-panoptic', 'coco-stuff']
/** px, as the contract has it */
const TOLERANCE_LEAST = 0.1
const TOLERANCE_MOST = 100
const PICTURES = ['none', 'copy', 'link'] as const
const nameOf = (projectName: string, format: FormatName) => {
  const plain = projectName.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
  return FILE_FORMATS.includes(format) ? `${plain}.${format === 'coco-instances' ? 'coco' : format}.json` : `${plain}-${format}`
}

/** Annotations out: which format and states, and a report of what would be in the file before it is written. */
export function Export({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const projectName = useEditor((state) => state.project?.name ?? 'annotations')
  const transfer = usePart(page.engine, (state) => state.transfer)
  const [states, setStates] = useState<readonly AnnotationState[]>(['accepted', 'fixed', 'drawn'])
  const [strict, setStrict] = useState(false)
  const [format, setFormat] = useState<FormatName>('coco-instances')
  const [chosenMasks, setMasks] = useState<ExportOptions['masks']>('rle')
  const [tolerancePx, setTolerance] = useState(1)
  const [overlap, setOverlap] = useState<ExportOptions['overlap']>('front')
  const [split, setSplit] = useState<SplitShares | null>(null)
  const [pictures, setPictures] = useState<ExportOptions['images']>('none')
  const [name, setName] = useState(() => nameOf(projectName, 'coco-instances'))
  const options = useMemo(
    () => ({ states: [...states], strict, format, masks: masksIn(format, chosenMasks), tolerancePx, overlap, images: pictures, split: splitOptionsOf(split) }),
    [states, strict, format, chosenMasks, tolerancePx, overlap, pictures, split],
  )
  const ways = waysIn(format)
  const [report, setReport] = useState<Report | null>(null)
  const [writing, setWriting] = useState(false)
  const [written, setWritten] = useState<string | null>(null)

  useEffect(() => {
    let gone = false
    const check = async () => {
      setReport(null)
      if (options.states.length === 0) return
      const found = await page.attempt(async () => {
        await page.editor.flush()
        return page.client.call('export.check', { options })
      })
      if (!gone && found !== undefined) setReport(found)
    }
    void check()
    return () => { gone = true }
  }, [page, options])

  const write = async () => {
    const grant = await page.pick('export', 'folder', name)
    if (grant === null) return
    setWriting(true)
    const done = await page.attempt(() => page.client.call('export.write', { grant: grant.grant, ...(grant.type === 'folder' ? { name } : {}), options }))
    page.engine.clearProgress()
    setWriting(false)
    if (done === undefined) return
    setReport(done.report)
    setWritten(done.display)
  }
  return (
    <Dialog
      title={t('export.title')}
      width="wide"
      onClose={onClose}
      dismissable={!writing}
      footer={written === null
        ? (
          <>
            <Button kind="quiet" disabled={writing} onPress={onClose}>{t('common.cancel')}</Button>
            <Button kind="main" disabled={writing || report === null || report.verdict === 'refused' || name.trim() === ''} onPress={() => void write()}>{t('export.write')}</Button>
          </>
        )
        : <Button kind="main" onPress={onClose}>{t('common.done')}</Button>}
    >
      {written === null
        ? (
          <>
            <SelectField
              label={t('export.format')}
              choices={WRITABLE.map((id) => ({ id, name: FORMAT_TITLES[id] }))}
              value={format}
              onChange={(next) => {
                setFormat(next)
                setName(nameOf(projectName, next))
              }}
            />
            <fieldset className="choices">
              <legend className="field-label">{t('export.states')}</legend>
              {EXPORTABLE.map((state) => (
                <Tick key={state} ticked={states.includes(state)} onChange={(on) => setStates(EXPORTABLE.filter((other) => (other === state ? on : states.includes(other))))}>{t(`export.state.${state}`)}</Tick>
              ))}
            </fieldset>
            {WITH_OWN_KEY.includes(format) ? <Tick ticked={strict} onChange={setStrict}>{t('export.strict')}</Tick> : null}
            {ways.length > 1 ? <SelectField label={t('export.masks')} choices={ways.map((id) => ({ id, name: t(`export.mask.${format === 'labelme' && id === 'polygons' ? 'holes' : id}`) }))} value={options.masks} onChange={setMasks} /> : null}
            {options.masks === 'simplified' ? <NumberField label={t('export.tolerance')} unit="px" min={TOLERANCE_LEAST} max={TOLERANCE_MOST} step={0.1} value={tolerancePx} onChange={setTolerance} /> : null}
            {ONE_OWNER.includes(format) ? <SelectField label={t('export.overlap')} choices={OVERLAPS.map((id) => ({ id, name: t(`export.owner.${id}`) }))} value={overlap} onChange={setOverlap} /> : null}
            <SelectField label={t('export.images')} choices={PICTURES.map((id) => ({ id, name: t(`export.image.${id}`) }))} value={pictures} onChange={setPictures} />
            <ExportSplit shares={split} onChange={setSplit} />
            <TextField label={t(FILE_FORMATS.includes(format) ? 'export.name' : 'export.folderName')} value={name} onChange={setName} />
          </>
        )
        : <p role="status">{t('export.written')} <strong className="written-path"><bdi>{written}</bdi></strong></p>}
      {writing ? <div role="status" className="dialog-work"><span>{t('transfer.export')}</span><Progress label={t('transfer.export')} value={transfer?.total == null ? null : transfer.done} max={transfer?.total ?? 1} /></div> : null}
      {states.length === 0 ? <p className="field-error">{t('export.noStates')}</p> : report === null ? null : <TransferReport report={report} kept />}
    </Dialog>
  )
}
