import { useTranslation } from 'react-i18next'
import type { NetworkTime, PackBenchmark } from '../../../main/contract/packs.ts'
import { NotTaken } from './explained.tsx'

/** What a pack's networks take on each device of this machine, and why the others are not used. */
export function PackTimes({ times }: { readonly times: PackBenchmark }) {
  const { t, i18n } = useTranslation()
  const seconds = new Intl.NumberFormat(i18n.language, { style: 'unit', unit: 'second', maximumSignificantDigits: 2 })
  const cell = (time: NetworkTime | null) => (time === null ? '–' : (
    <>
      {seconds.format(time.next / 1000)} <span className="row-quiet">{t('models.firstTime', { time: seconds.format(time.first / 1000) })}</span>
    </>
  ))
  return (
    <div role="status">
      <table className="pack-times">
        <caption className="row-quiet">{t('models.timesOf', { count: times.threads })}</caption>
        <thead><tr><th scope="col">{t('prelabel.device')}</th><th scope="col">{t('models.scores')}</th><th scope="col">{t('models.affinity')}</th></tr></thead>
        <tbody>
          {times.devices.map(({ device, scores, affinity }) => (
            <tr key={device}><th scope="row">{t(`device.${device}`)}</th><td className="numbers">{cell(scores)}</td><td className="numbers">{cell(affinity)}</td></tr>
          ))}
        </tbody>
      </table>
      <NotTaken devices={times.notTaken} />
    </div>
  )
}
