import { CircleCheck, CircleX, Info, TriangleAlert, Wrench } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { TransferReport as Report } from '../../../main/contract/transfer.ts'
import { actionKey } from './finding-action.ts'
import { leavesOut, wholeExport } from './leaves-out.ts'
import './dialogs.css'

const ICONS = { note: Info, mended: Wrench, refused: CircleX } as const

/** What a dry run or a finished import or export found, and what is or was done about it. */
export function TransferReport({ report, kept = false }: { readonly report: Report; /** an export: what it leaves out a person had kept */ readonly kept?: boolean }) {
  const { t } = useTranslation()
  const titleOf = (rule: string) => t(`report.rule.${rule}`, { defaultValue: rule })
  const leftOut = kept ? report.findings.filter(leavesOut) : []
  const whole = kept && report.verdict === 'clean' && leftOut.length === 0 ? wholeExport(report) : null
  const nothing = whole?.key === 'noneOfStates'
  return (
    <div className="report" role="status">
      {report.verdict === 'clean' && leftOut.length > 0
        ? null
        : (
          <p className={`report-verdict report-${nothing ? 'warning' : report.verdict}`}>
            {nothing ? <TriangleAlert aria-hidden /> : report.verdict === 'clean' ? <CircleCheck aria-hidden /> : report.verdict === 'mended' ? <Wrench aria-hidden /> : <CircleX aria-hidden />}
            {whole === null ? t(`report.${report.verdict}`) : t(`report.${whole.key}`, { count: whole.count })}
          </p>
        )}
      {leftOut.map(({ rule, count, action }) => (
        <p key={`${rule} ${action}`} className="report-verdict report-warning">
          <TriangleAlert aria-hidden />
          {rule === 'no-class' ? t('report.noClass', { count }) : t('report.leftOut', { count, rule: titleOf(rule) })}
        </p>
      ))}
      <p className="numbers row-quiet">{t('report.counts', { format: report.format, images: report.images, annotations: report.annotations, classes: report.classes })}</p>
      {report.findings.length === 0
        ? null
        : (
          <div className="report-scroll" tabIndex={0} role="region" aria-label={t('report.findings')}>
            <table className="report-table">
              <caption className="only-read-aloud">{t('report.findings')}</caption>
              <thead><tr><th scope="col">{t('report.finding')}</th><th scope="col" className="report-number">{t('report.count')}</th><th scope="col">{t('report.action')}</th></tr></thead>
              <tbody>
                {report.findings.map((finding) => {
                  const Icon = ICONS[finding.severity]
                  return (
                    <tr key={`${finding.rule} ${finding.action}`}>
                      <td>
                        <span className={`report-rule finding-${finding.severity}`}><Icon role="img" aria-label={t(`report.severity.${finding.severity}`)} />{titleOf(finding.rule)}</span>
                        {finding.examples.length === 0 ? null : <ul className="report-examples">{[...new Set(finding.examples)].map((example) => <li key={example}><bdi>{example}</bdi></li>)}</ul>}
                      </td>
                      <td className="report-number numbers">{finding.count}</td>
                      <td>{t(actionKey(finding.action), { defaultValue: finding.action })}</td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        )}
    </div>
  )
}
