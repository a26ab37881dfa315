import { useMemo } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { useTwoDecimals } from '../../components/use-two-decimals.ts'
import { histogram } from '../../document/score-threshold.ts'
import { useEditor, usePage } from '../page-context.tsx'
import type { AnnotationFilter } from './annotation-filter.ts'
import './score-threshold.css'

const BINS = 25

/** Scores of the image's proposals as a plot, whose handle hides those below it at once; nothing is stored, no model runs. Of the class that the list shows, or of all. */
export function ScoreThreshold({ classId: listed }: Pick<AnnotationFilter, 'classId'>) {
  const { t } = useTranslation()
  const decimals = useTwoDecimals()
  const { editor } = usePage()
  const annotations = useEditor((state) => state.annotations)
  const classes = useEditor((state) => state.classes)
  const thresholds = useEditor((state) => state.thresholds)
  const scored = useMemo(() => annotations.flatMap(({ state, score, classId }) => (state === 'pending' && score !== null ? [{ score, classId }] : [])), [annotations])
  const ids = listed === 'any' ? [...classes.map(({ id }) => id), null] : [listed]
  const own = scored.filter(({ classId }) => ids.includes(classId))
  if (scored.length < 2) return null
  const value = thresholds.get(ids[0]) ?? 0
  const bins = histogram(own.map(({ score }) => score), BINS)
  const highest = Math.max(1, ...bins)
  const stays = own.filter(({ score, classId }) => score >= (thresholds.get(classId) ?? 0)).length
  const of = listed === 'any' ? t('threshold.ofAll') : t('threshold.of', { name: classes.find(({ id }) => id === listed)?.name ?? t('classes.unnamed') })
  return (
    <div className="score-threshold">
      <div className="score-threshold-head">
        <span className="score-threshold-class" title={of}>{of}</span>
        <span className="numbers score-threshold-value">≥ {decimals(value)}</span>
      </div>
      <Slider className="score-threshold-slider" aria-label={t('threshold.label')} value={value} minValue={0} maxValue={1} step={0.01} onChange={(next) => { if (typeof next === 'number') editor.setThreshold(ids, next) }}>
        <svg className="score-threshold-plot" viewBox={`0 0 ${BINS} 10`} preserveAspectRatio="none" aria-hidden>
          {bins.map((count, place) => <rect key={place} x={place + 0.1} width={0.8} y={10 - (10 * count) / highest} height={(10 * count) / highest} className={(place + 0.5) / BINS < value ? 'score-bar score-bar-below' : 'score-bar'} />)}
        </svg>
        <SliderTrack className="score-threshold-track"><SliderThumb className="score-threshold-thumb" /></SliderTrack>
      </Slider>
      <p className="score-threshold-counts numbers" role="status">{t('threshold.stays', { stays, vanishes: own.length - stays })}</p>
    </div>
  )
}
