import { History as HistoryIcon } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HistoryEntry } from '../../../main/contract/diff.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { restoreTo } from '../state/restore.ts'
import './history.css'

const ENTRIES = 200

/** Who did what to the open image and when, newest first; any of it can be come back to. */
export function History({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const imageId = useEditor((state) => state.image?.id ?? null)
  const undo = useEditor((state) => state.undo)
  const [entries, setEntries] = useState<readonly HistoryEntry[]>([])
  const busy = useRef(false)
  const region = useRef<HTMLDivElement>(null)
  const read = useCallback(async () => (await page.attempt(() => page.client.call('history.page', { imageId, limit: ENTRIES })))?.entries ?? [], [page, imageId])
  useEffect(() => {
    let gone = false
    const load = async () => {
      const found = await read()
      if (!gone) setEntries(found)
    }
    void load()
    return () => { gone = true }
  }, [read])
  const restore = async (entry: HistoryEntry) => {
    if (busy.current) return
    busy.current = true
    const there = await page.attempt(() => restoreTo(page.editor, entry.id))
    if (there === false) page.notices.add('warn', t('history.notThere'))
    busy.current = false
    setEntries(await read())
    // The button that was pressed goes; without the focus in here, Esc would close nothing.
    region.current?.focus()
  }
  const time = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'short', timeStyle: 'medium' })
  return (
    <Dialog title={t('history.title')} width="middle" onClose={onClose}>
      <div className="history-scroll" ref={region} tabIndex={0} role="region" aria-label={t('history.title')}>
        {entries.length === 0
          ? <EmptyState icon={HistoryIcon} title={t('history.none')} />
          : (
            <ol className="history-entries">
              {entries.map((entry) => (
                <li key={entry.id} className={`history-entry history-${entry.state}`} aria-current={entry.id === undo?.id}>
                  <span className="history-what">{t(`edit.${entry.label}`, { defaultValue: entry.label })}</span>
                  <span className="history-who">{entry.author} · {time.format(entry.at)}{entry.state === 'done' ? '' : ` · ${t(`history.${entry.state}`)}`}</span>
                  {entry.state === 'dropped' || entry.id === undo?.id ? null : <Button kind="quiet" onPress={() => void restore(entry)}>{t('history.restore')}</Button>}
                </li>
              ))}
            </ol>
          )}
      </div>
    </Dialog>
  )
}
