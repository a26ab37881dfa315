import { ListFilter } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { ImageFacets, ImageFilter } from '../../../main/contract/images.ts'
import { AnnotationState } from '../../../main/contract/records.ts'
import { Button } from '../../components/button.tsx'
import { useKeepFocus } from '../../components/keep-focus.ts'
import { type Choice, SelectField } from '../../components/select-field.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { detailsOf, withoutDetails } from '../state/image-filter.ts'
import { RangeFields } from './range-fields.tsx'

interface DetailsProps {
  readonly filter: ImageFilter
  readonly onChange: (filter: ImageFilter) => void
}

/** any and nobody: no person's name or class can be so, since names are trimmed */
const ANY = ' any'
const NONE = ' none'
const AREA_MOST_PX2 = 1_000_000_000

/** A button that says how many further conditions are in force, and the conditions themselves. */
export function FilterDetails({ filter, onChange }: DetailsProps) {
  const { t } = useTranslation()
  const count = detailsOf(filter)
  return (
    <DialogTrigger>
      <AriaButton className={`button ${count > 0 ? 'button-plain' : 'button-quiet'}`}>
        <ListFilter aria-hidden />
        <span>{count === 0 ? t('filter.more') : t('filter.count', { count })}</span>
      </AriaButton>
      <Popover className="popover filter-popover" placement="top start">
        <Details filter={filter} onChange={onChange} />
      </Popover>
    </DialogTrigger>
  )
}

function Details({ filter, onChange }: DetailsProps) {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const frame = useKeepFocus()
  const classes = useEditor((state) => state.classes)
  const folders = useEditor((state) => state.project?.folders)
  const [facets, setFacets] = useState<ImageFacets | null>(null)
  useEffect(() => {
    let gone = false
    const count = async () => {
      const found = await page.attempt(() => page.client.call('images.facets', {}))
      if (!gone && found !== undefined) setFacets(found)
    }
    void count()
    return () => { gone = true }
  }, [page])
  const number = new Intl.NumberFormat(i18n.language)
  const with_ = (name: string, images: number) => `${name} (${number.format(images)})`
  const on = filter.annotation
  const about = (patch: Partial<NonNullable<ImageFilter['annotation']>>) => onChange({ ...filter, annotation: { ...on, ...patch } })
  const any = (): Choice<string> => ({ id: ANY, name: t('filter.any') })
  const people = (which: 'assignees' | 'reviewers'): Choice<string>[] => [any(), { id: NONE, name: t('review.nobody') }, ...(facets?.[which] ?? []).map(({ name, images }) => ({ id: name, name: with_(name, images) }))]
  const personOf = (value: string | null | undefined) => (value === undefined ? ANY : (value ?? NONE))
  const toPerson = (key: string) => (key === ANY ? undefined : key === NONE ? null : key)
  const classId = on?.classId
  const folderName = (id: number) => folders?.find((folder) => folder.id === id)?.name ?? ''
  const places = (facets?.places ?? []).map(({ folderId, under, images }) => ({ id: `${folderId}/${under}`, name: with_(under === '' ? folderName(folderId) : `${folderName(folderId)}/${under.slice(0, -1)}`, images) }))
  return (
    <Dialog className="filter-details" aria-label={t('filter.title')} ref={frame}>
      <SelectField
        label={t('filter.class')}
        value={classId === undefined ? ANY : classId === null ? NONE : String(classId)}
        onChange={(key) => about({ classId: key === ANY ? undefined : key === NONE ? null : Number(key) })}
        choices={[any(), { id: NONE, name: t('classes.unnamed') }, ...classes.map(({ id, name, colour }) => ({ id: String(id), name, mark: <Swatch colour={colour} /> }))]}
      />
      <SelectField
        label={t('filter.annotationState')}
        value={on?.states?.[0] ?? ANY}
        onChange={(key) => about({ states: key === ANY ? undefined : [key as AnnotationState] })}
        choices={[any(), ...AnnotationState.options.map((id) => ({ id, name: t(`state.${id}`) }))]}
      />
      <RangeFields label={t('filter.score')} unit="%" most={100} value={on?.score === undefined ? undefined : [on.score[0] * 100, on.score[1] * 100]} onChange={(range) => about({ score: range === undefined ? undefined : [range[0] / 100, range[1] / 100] })} />
      <RangeFields label={t('filter.area')} unit="px²" most={AREA_MOST_PX2} value={on?.areaPx2} onChange={(areaPx2) => about({ areaPx2 })} />
      <SelectField
        label={t('review.comments')}
        value={filter.comments ?? ANY}
        onChange={(key) => onChange({ ...filter, comments: key === ANY ? undefined : (key as 'any' | 'open' | 'none') })}
        choices={[any(), { id: 'open', name: with_(t('filter.openComments'), facets?.openlyCommented ?? 0) }, { id: 'any', name: with_(t('filter.withComments'), facets?.commented ?? 0) }, { id: 'none', name: t('filter.withoutComments') }]}
      />
      <SelectField
        label={t('review.verdict')}
        value={filter.review ?? ANY}
        onChange={(key) => onChange({ ...filter, review: key === ANY ? undefined : (key as 'approved' | 'needsWork' | 'none') })}
        choices={[any(), { id: 'approved', name: with_(t('review.approved'), facets?.reviews.approved ?? 0) }, { id: 'needsWork', name: with_(t('review.needsWork'), facets?.reviews.needsWork ?? 0) }, { id: 'none', name: t('filter.notReviewed') }]}
      />
      <SelectField label={t('review.assignee')} value={personOf(filter.assignee)} onChange={(key) => onChange({ ...filter, assignee: toPerson(key) })} choices={people('assignees')} />
      <SelectField label={t('review.reviewer')} value={personOf(filter.reviewer)} onChange={(key) => onChange({ ...filter, reviewer: toPerson(key) })} choices={people('reviewers')} />
      <SelectField
        label={t('filter.folder')}
        value={filter.folderId === undefined ? ANY : `${filter.folderId}/${filter.under ?? ''}`}
        onChange={(key) => {
          const cut = key.indexOf('/')
          onChange(key === ANY ? { ...filter, folderId: undefined, under: undefined } : { ...filter, folderId: Number(key.slice(0, cut)), under: key.slice(cut + 1) })
        }}
        choices={[any(), ...places]}
      />
      <Button kind="quiet" disabled={detailsOf(filter) === 0} onPress={() => onChange(withoutDetails(filter))}>{t('filter.clear')}</Button>
    </Dialog>
  )
}
