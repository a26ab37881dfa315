import { ChartBarBig } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { METHOD_SETTINGS } from '../../../main/contract/methods.ts'
import type { Settings } from '../../../main/contract/settings.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Progress } from '../../components/progress.tsx'
import { useTwoDecimals } from '../../components/use-two-decimals.ts'
import { reasonOf } from '../../document/reason-of.ts'
import { usePage } from '../page-context.tsx'
import { ModelProblem } from './explained.tsx'
import './fit.css'

/** Pictures looked at: enough to tell methods apart, few enough to wait for. */
const IMAGES_MAX = 12
/** Cluster counts tried beside the default, where the method has them. */
const CLUSTER_COUNTS = [10, 40]
/** From this IoU on a proposal is worth accepting. */
const GOOD_IOU = 0.75

interface Candidate {
  readonly name: string
  readonly how: { readonly pack: string; readonly method: keyof typeof METHOD_SETTINGS; readonly settings: Partial<Settings> }
  readonly ious: readonly number[]
  /** why it could not be run on some image */
  readonly failure: string | null
}

const meanOf = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length)

/** Which method fits: every one that can be run, measured on the masks a person keeps. Closing ends it. */
export function Fit({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const [candidates, setCandidates] = useState<readonly Candidate[]>([])
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number } | null>(null)
  useEffect(() => {
    let gone = false
    const measure = async () => {
      await page.editor.flush()
      const { methods } = await page.client.call('prelabel.methods', {})
      const { imageIds } = await page.client.call('prelabel.fitImages', { limit: IMAGES_MAX })
      const live = page.live.request()
      const tried: Candidate[] = methods.flatMap(({ pack, title, method }) => {
        const counts = (METHOD_SETTINGS[method] as readonly string[]).includes('clusterCount') ? [null, ...CLUSTER_COUNTS] : [null]
        return counts.map((clusterCount): Candidate => ({ name: `${title}: ${t(`method.${method}`)}${clusterCount === null ? '' : `, ${t('fit.clusters', { count: clusterCount })}`}`, how: { pack, method, settings: clusterCount === null ? {} : { clusterCount } }, ious: [], failure: null }))
      })
      if (Object.keys(live.settings).length > 0) tried.push({ name: t('fit.yours'), how: live, ious: [], failure: null })
      const total = tried.length * imageIds.length
      let done = 0
      if (!gone) setProgress({ done, total })
      for (const imageId of imageIds) {
        for (const [place, { how }] of tried.entries()) {
          if (gone) return
          try {
            const { ious } = await page.client.call('prelabel.fit', { imageId, ...how })
            tried[place] = { ...tried[place], ious: [...tried[place].ious, ...ious] }
          } catch (error) {
            tried[place] = { ...tried[place], failure: reasonOf(error, t) }
          }
          if (gone) return
          setCandidates([...tried])
          setProgress({ done: ++done, total })
        }
      }
    }
    void page.attempt(measure)
    return () => { gone = true }
  }, [page, t])
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 })
  const decimals = useTwoDecimals()
  const ranked = candidates.toSorted((a, b) => meanOf(b.ious) - meanOf(a.ious))
  const use = ({ how }: Candidate) => {
    // as it was measured: nothing of what was tried before
    page.live.choose(how.pack, how.method, how.settings)
    onClose()
  }
  return (
    <Dialog title={t('fit.title')} width="wide" onClose={onClose} footer={<Button kind="main" onPress={onClose}>{t('common.done')}</Button>}>
      <p className="row-quiet">{t('fit.intro', { count: IMAGES_MAX, iou: percent.format(GOOD_IOU) })}</p>
      {progress?.total === 0
        ? <EmptyState icon={ChartBarBig} title={t('fit.none')}>{t('fit.noneNext')}</EmptyState>
        : (
          <table className="fit-table">
            <thead><tr><th scope="col">{t('fit.method')}</th><th scope="col">{t('fit.mean')}</th><th scope="col" className="fit-number">{t('fit.good', { iou: percent.format(GOOD_IOU) })}</th><th scope="col"><span className="only-read-aloud">{t('fit.use')}</span></th></tr></thead>
            <tbody>
              {ranked.map((candidate) => {
                const mean = meanOf(candidate.ious)
                return (
                  <tr key={candidate.name}>
                    <th scope="row">{candidate.name}{candidate.failure === null ? null : <div className="fit-failure"><ModelProblem message={candidate.failure} /></div>}</th>
                    <td>
                      <div className="fit-bar">
                        <span className="fit-track" aria-hidden><span className="fit-fill" style={{ width: `${100 * mean}%` }} /></span>
                        <span className="numbers">{candidate.ious.length === 0 ? '–' : decimals(mean)}</span>
                      </div>
                    </td>
                    <td className="fit-number numbers">{candidate.ious.length === 0 ? '–' : `${percent.format(candidate.ious.filter((iou) => iou >= GOOD_IOU).length / candidate.ious.length)} (${candidate.ious.length})`}</td>
                    <td><Button kind="quiet" onPress={() => use(candidate)}>{t('fit.use')}</Button></td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        )}
      {progress === null || progress.done === progress.total ? null : <Progress label={t('fit.title')} value={progress.done} max={progress.total} />}
    </Dialog>
  )
}
