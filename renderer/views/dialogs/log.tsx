import { useVirtualizer } from '@tanstack/react-virtual'
import { FileDown, RefreshCw } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LogLine } from '../../../main/contract/files.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { usePage } from '../page-context.tsx'
import './dialogs.css'

const LINES = 2000
const LINE_PX = 22

/** What the engine did, newest last; can be exported for a bug report. */
export function Log({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const scroll = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => scroll.current, estimateSize: () => LINE_PX, overscan: 12 })
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let gone = false
    const load = async () => {
      const answer = await page.attempt(() => page.client.call('app.log', { limit: LINES }))
      if (!gone && answer !== undefined) setLines(answer.lines)
    }
    void load()
    return () => { gone = true }
  }, [page, asked])
  const revealNewest = useEffectEvent((count: number) => { if (count > 0) rows.scrollToIndex(count - 1) })
  useEffect(() => revealNewest(lines.length), [lines])
  const exportLog = async () => {
    const grant = await page.pick('log', 'folder', 'maskwright.log')
    if (grant === null) return
    await page.attempt(async () => {
      const written = await page.client.call('app.exportLog', { folder: grant.grant, name: 'maskwright.log' })
      page.notices.add('info', t('log.exported', { where: written.display }))
    })
  }
  // dates as this machine writes them, whatever the language of the page
  const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' })
  return (
    <Dialog
      title={t('log.title')}
      width="wide"
      onClose={onClose}
      footer={(
        <>
          <Button icon={RefreshCw} kind="quiet" onPress={() => setAsked(asked + 1)}>{t('log.refresh')}</Button>
          <Button icon={FileDown} onPress={() => void exportLog()}>{t('log.export')}</Button>
        </>
      )}
    >
      <div className="log-scroll" ref={scroll} tabIndex={0} role="log" aria-label={t('log.title')} aria-live="off">
        {lines.length === 0
          ? <EmptyState icon={FileDown} title={t('log.empty')} />
          : (
            <div className="log-lines" style={{ height: rows.getTotalSize() }}>
              {rows.getVirtualItems().map((item) => {
                const line = lines[item.index]
                return (
                  <p key={item.key} data-index={item.index} ref={rows.measureElement} className={`log-line log-${line.level}`} style={{ transform: `translateY(${item.start}px)` }}>
                    <span className="row-quiet">{time.format(line.at)}</span> <span className="log-level">{t(`log.level.${line.level}`)}</span> <span className="row-quiet">{line.from}</span> {line.message}
                  </p>
                )
              })}
            </div>
          )}
      </div>
    </Dialog>
  )
}
