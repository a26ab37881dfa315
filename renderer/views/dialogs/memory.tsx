import { Brain, Download, X } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RememberedClass, RememberedMask } from '../../../main/contract/memory.ts'
import { CLASSIC_PACK } from '../../../main/contract/packs.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { CROP_PX, memoryCrop, memoryOutline } from './memory-crop.ts'
import './memory.css'

/** masks fetched at once */
const PAGE = 60

/** What the assistant has learnt: the masks that speak for and against each class, each of which can be forgotten. */
export function Memory({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const labelClasses = useEditor((state) => state.classes)
  const projectName = useEditor((state) => state.project?.name ?? 'memory')
  const [known, setKnown] = useState<readonly RememberedClass[] | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const [titles, setTitles] = useState<ReadonlyMap<string, string>>(new Map([[CLASSIC_PACK.name, CLASSIC_PACK.title]]))
  const [masks, setMasks] = useState<{ readonly of: number; readonly total: number; readonly rows: readonly RememberedMask[] } | null>(null)
  const current = known?.find((one) => one.classId === chosen) ?? known?.at(0)

  useEffect(() => {
    let gone = false
    void page.attempt(async () => {
      await page.editor.flush()
      const { classes } = await page.client.call('memory.classes', {})
      if (!gone) setKnown(classes)
      if (gone || classes.every(({ packs }) => packs.every(({ pack }) => pack === CLASSIC_PACK.name))) return
      const { packs } = await page.client.call('packs.list', {})
      if (!gone) setTitles(new Map([CLASSIC_PACK, ...packs].map(({ name, title }) => [name, title])))
    })
    return () => { gone = true }
  }, [page])
  const classId = current?.classId
  useEffect(() => {
    if (classId === undefined) return undefined
    let gone = false
    void page.attempt(async () => {
      const { total, rows } = await page.client.call('memory.page', { classId, offset: 0, limit: PAGE })
      if (!gone) setMasks({ of: classId, total, rows })
    })
    return () => { gone = true }
  }, [page, classId])

  const more = async () => {
    if (masks === null || classId === undefined) return
    const answer = await page.attempt(() => page.client.call('memory.page', { classId, offset: masks.rows.length, limit: PAGE }))
    if (answer !== undefined) setMasks({ ...masks, total: answer.total, rows: [...masks.rows, ...answer.rows] })
  }
  const forget = async (mask: RememberedMask) => {
    const done = await page.attempt(() => page.client.call('memory.forget', { annotationId: mask.annotationId }))
    if (done === undefined || masks === null) return
    setMasks({ ...masks, total: masks.total - 1, rows: masks.rows.filter(({ annotationId }) => annotationId !== mask.annotationId) })
    const answer = await page.attempt(() => page.client.call('memory.classes', {}))
    if (answer !== undefined) setKnown(answer.classes)
  }
  const save = async () => {
    const name = `${projectName.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.memory.json`
    const grant = await page.pick('export', 'folder', name)
    if (grant === null) return
    const written = await page.attempt(() => page.client.call('memory.write', { grant: grant.grant, ...(grant.type === 'folder' ? { name } : {}) }))
    if (written !== undefined) page.notices.add('info', t('memory.saved', { count: written.masks, where: written.display }))
  }
  const colour = labelClasses.find(({ id }) => id === classId)?.colour ?? null
  const choices = (known ?? []).map((one) => {
    const labelClass = labelClasses.find(({ id }) => id === one.classId)
    const name = t('memory.classCount', { name: labelClass?.name ?? t('classes.unnamed'), positive: one.positive, negative: one.negative })
    return { id: one.classId, name, mark: <Swatch colour={labelClass?.colour ?? null} /> }
  })
  return (
    <Dialog
      title={t('memory.title')}
      width="wide"
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" icon={Download} disabled={current === undefined} onPress={() => void save()}>{t('memory.save')}</Button>
          <Button kind="main" onPress={onClose}>{t('common.done')}</Button>
        </>
      )}
    >
      <p className="row-quiet">{t('memory.intro')}</p>
      {known === null ? <p role="status">{t('common.loading')}</p> : current === undefined
        ? <EmptyState icon={Brain} title={t('memory.none')}>{t('memory.noneNext')}</EmptyState>
        : (
          <>
            <SelectField label={t('memory.class')} value={current.classId} choices={choices} onChange={setChosen} />
            <p className="row-quiet numbers">{current.packs.map(({ pack, positive, negative }) => t('memory.withPack', { pack: titles.get(pack) ?? pack, positive, negative })).join(' · ')}</p>
            <ul className="memory-grid" aria-label={t('memory.masks')}>
              {(masks?.of === current.classId ? masks.rows : []).map((mask) => (
                <li key={mask.annotationId} className={mask.positive ? 'memory-mask' : 'memory-mask memory-mask-against'}>
                  <span className="memory-crop" role="img" aria-label={t(mask.positive ? 'memory.for' : 'memory.against', { image: mask.path, id: mask.annotationId })} title={`${mask.path} · ${mask.packs.map((pack) => titles.get(pack) ?? pack).join(', ')}`} style={memoryCrop(mask)} />
                  <Outline mask={mask} colour={colour} />
                  {mask.positive ? null : <span className="memory-against" aria-hidden>{t('memory.not')}</span>}
                  <IconButton small icon={X} label={t('memory.forget', { id: mask.annotationId })} onPress={() => void forget(mask)} placement="top" className="memory-forget" />
                </li>
              ))}
            </ul>
            {masks !== null && masks.of === current.classId && masks.rows.length < masks.total ? <Button onPress={() => void more()}>{t('memory.more', { count: masks.total - masks.rows.length })}</Button> : null}
          </>
        )}
    </Dialog>
  )
}

/** Over its part of the picture: on light and on dark, in the colour of the class. */
function Outline({ mask, colour }: { readonly mask: RememberedMask; readonly colour: string | null }) {
  const path = useMemo(() => memoryOutline(mask), [mask])
  return (
    <svg className="memory-outline" viewBox={`0 0 ${CROP_PX} ${CROP_PX}`} aria-hidden>
      <path className="memory-outline-edge" d={path} />
      <path className="memory-outline-line" d={path} style={colour === null ? undefined : { stroke: colour }} />
    </svg>
  )
}
