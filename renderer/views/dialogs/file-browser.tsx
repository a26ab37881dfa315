import { ArrowUp, File, Folder } from 'lucide-react'
import { useEffect, useState } from 'react'
import { GridList, GridListItem } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { Grant } from '../../../main/contract/files.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { reasonOf } from '../../document/reason-of.ts'
import { usePage } from '../page-context.tsx'
import type { FileQuestion } from '../state/page.ts'
import './dialogs.css'

interface Listing {
  readonly here: Grant | null
  readonly parent: Grant | null
  readonly entries: readonly Grant[]
}

/** Chooses a file or folder where there is no native dialog: only what the engine allows is listed. */
export function FileBrowser({ question }: { readonly question: FileQuestion }) {
  const { t, i18n } = useTranslation()
  const { client } = usePage()
  const [listing, setListing] = useState<Listing | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const [chosen, setChosen] = useState<Grant | null>(null)

  /** the folder that is looked into; undefined: the allowed roots */
  const [into, setInto] = useState<string | undefined>(undefined)
  useEffect(() => {
    let gone = false
    const browse = async () => {
      try {
        const found = await client.call('files.browse', into === undefined ? {} : { grant: into })
        if (gone) return
        setListing(found)
        setRefused(null)
        setChosen(null)
      } catch (error) {
        if (!gone) setRefused(reasonOf(error, t))
      }
    }
    void browse()
    return () => { gone = true }
  }, [client, into, t])

  const wantsFolder = question.type === 'folder'
  const result = wantsFolder ? (chosen ?? listing?.here ?? null) : chosen
  const size = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 })
  const open = (entry: Grant) => {
    if (entry.type === 'folder') setInto(entry.grant)
    else if (!wantsFolder) question.answer(entry)
  }
  const entries = (listing?.entries ?? []).filter((entry) => entry.type === 'folder' || !wantsFolder)
  return (
    <Dialog
      title={t(`browse.${question.purpose}`)}
      onClose={() => question.answer(null)}
      footer={(
        <>
          <Button kind="quiet" onPress={() => question.answer(null)}>{t('common.cancel')}</Button>
          <Button kind="main" disabled={result === null} onPress={() => { if (result !== null) question.answer(result) }}>{result === null ? t('common.choose') : t('browse.chooseThis', { name: result.name })}</Button>
        </>
      )}
    >
      <div className="browser-path">
        <IconButton icon={ArrowUp} label={t('browse.up')} disabled={listing === null || (listing.parent === null && listing.here === null)} onPress={() => setInto(listing?.parent?.grant)} />
        <span className="browser-here"><bdi>{listing?.here?.display ?? t('browse.roots')}</bdi></span>
      </div>
      {refused === null ? null : <p className="field-error" role="alert">{refused}</p>}
      <GridList
        className="browser-list"
        aria-label={t('browse.list')}
        items={entries.map((entry) => ({ ...entry, id: entry.grant }))}
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={chosen === null ? [] : [chosen.grant]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys]
          const entry = entries.find((candidate) => candidate.grant === key)
          setChosen(entry === undefined || (entry.type === 'folder') !== wantsFolder ? null : entry)
        }}
        onAction={(key) => {
          const entry = entries.find((candidate) => candidate.grant === key)
          if (entry !== undefined) open(entry)
        }}
        renderEmptyState={() => <p className="browser-none">{listing === null ? '' : wantsFolder ? t('browse.noFolders') : t('browse.empty')}</p>}
      >
        {(entry) => (
          <GridListItem id={entry.grant} textValue={entry.name} className="browser-entry">
            {entry.type === 'folder' ? <Folder aria-hidden /> : <File aria-hidden />}
            <span className="menu-item-name">{entry.name}</span>
            {entry.bytes === null || entry.type === 'folder' ? null : <span className="row-quiet numbers">{size.format(entry.bytes / 1024)} KiB</span>}
          </GridListItem>
        )}
      </GridList>
      <p className="field-help">{wantsFolder ? t('browse.folderHelp') : t('browse.fileHelp')}</p>
    </Dialog>
  )
}
