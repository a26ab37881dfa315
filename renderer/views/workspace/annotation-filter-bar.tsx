import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Annotation } from '../../../main/contract/records.ts'
import { SelectField } from '../../components/select-field.tsx'
import { SliderField } from '../../components/slider-field.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { useTwoDecimals } from '../../components/use-two-decimals.ts'
import { useEditor } from '../page-context.tsx'
import type { AnnotationFilter } from './annotation-filter.ts'

/** stand for 'any' and null, which a choice can't be */
const ANY = -1
const UNNAMED = 0

interface AnnotationFilterBarProps {
  readonly annotations: readonly Annotation[]
  readonly filter: AnnotationFilter
  readonly onChange: (filter: AnnotationFilter) => void
}

/** The class and the least score of what the list shows; each stands only where it can leave something out. */
export function AnnotationFilterBar({ annotations, filter, onChange }: AnnotationFilterBarProps) {
  const { t } = useTranslation()
  const decimals = useTwoDecimals()
  const classes = useEditor((state) => state.classes)
  const present = useMemo(() => new Set(annotations.map(({ classId }) => classId)), [annotations])
  const scored = useMemo(() => annotations.some(({ score }) => score !== null), [annotations])
  const byClass = present.size > 1 || filter.classId !== 'any'
  const byScore = scored || filter.leastScore > 0
  if (!byClass && !byScore) return null
  const stands = (id: number | null) => present.has(id) || filter.classId === id
  const choices = [
    { id: ANY, name: t('threshold.allClasses') },
    ...classes.filter(({ id }) => stands(id)).map(({ id, name, colour }) => ({ id, name, mark: <Swatch colour={colour} /> })),
    ...(stands(null) ? [{ id: UNNAMED, name: t('classes.unnamed'), mark: <Swatch colour={null} /> }] : []),
  ]
  const value = filter.classId === 'any' ? ANY : (filter.classId ?? UNNAMED)
  return (
    <div className="annotation-filter" role="group" aria-label={t('annotations.filterMore')}>
      {byClass ? <SelectField className="annotation-filter-class" label={t('annotations.filterClass')} bare choices={choices} value={value} onChange={(id) => onChange({ ...filter, classId: id === ANY ? 'any' : id === UNNAMED ? null : id })} /> : null}
      {byScore ? <SliderField label={t('annotations.filterScore')} value={filter.leastScore} min={0} max={1} step={0.05} onChange={(leastScore) => onChange({ ...filter, leastScore })} show={(least) => (least === 0 ? t('annotations.anyScore') : `≥ ${decimals(least)}`)} /> : null}
    </div>
  )
}
