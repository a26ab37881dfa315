import { Plus, RotateCcw } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { CommandId } from '../../../main/contract/commands.ts'
import { clashOf, giveKey, isChanged, resetKeys, takeKey, type KeyClash } from '../../commands/key-choice.ts'
import { readKey } from '../../commands/read-key.ts'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { KeyCap } from '../../components/key-cap.tsx'
import { useNameOfKey, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'

/** What a row asks the person: a key in the place of `instead` (null: one more), or what to do about a clash. */
export interface KeyQuestion {
  readonly command: CommandId
  readonly instead: string | null
  readonly clash: KeyClash | null
  readonly refused: 'space' | 'foreign' | 'unknown' | null
}

/** One command: its keys, each a button that asks for another, one more, and the preset's again. */
export function KeyRow({ command, question, ask }: { readonly command: CommandId; readonly question: KeyQuestion | null; readonly ask: (question: KeyQuestion | null) => void }) {
  const { t } = useTranslation()
  const { keys } = usePage()
  const nameOfKey = useNameOfKey()
  const { choice, table } = usePart(keys, (state) => state)
  const name = t(`command.${command}`)
  /** the key whose button has to get the focus back */
  const [focused, setFocused] = useState<string | null>(null)
  const end = (key: string | null) => {
    setFocused(key)
    ask(null)
  }
  const askFor = (instead: string | null) => ask({ command, instead, clash: null, refused: null })
  return (
    <div className={`key-row ${question === null ? '' : 'key-row-asks'}`}>
      <dt>{name}</dt>
      <dd>
        {table[command].map((key) => (
          <AriaButton
            key={key}
            className="key-button"
            autoFocus={focused === key}
            aria-label={t('keys.change', { name, key: nameOfKey(key) })}
            onPress={() => askFor(key)}
            onKeyDown={(event) => { if (event.key === 'Delete') keys.choose(takeKey(choice, command, key)); else event.continuePropagation() }}
          >
            <KeyCap name={question?.clash === null && question.instead === key ? '…' : nameOfKey(key)} />
          </AriaButton>
        ))}
        {table[command].length === 0 && question === null ? <span className="key-none">{t('keys.none')}</span> : null}
        <span className="key-quiet">
          <IconButton small icon={Plus} label={t('keys.addTo', { name })} onPress={() => askFor(null)} />
        </span>
        {isChanged(choice, command) ? <IconButton small icon={RotateCcw} label={t('keys.resetOne', { name })} onPress={() => keys.choose(resetKeys(choice, command))} /> : null}
      </dd>
      {question === null ? null : question.clash === null
        ? <PressAKey question={question} ask={ask} end={end} />
        : <TakeOver question={question} clash={question.clash} end={end} />}
    </div>
  )
}

/** Waits for the next key, whatever it is; Esc gives up. */
function PressAKey({ question, ask, end }: { readonly question: KeyQuestion; readonly ask: (question: KeyQuestion) => void; readonly end: (key: string | null) => void }) {
  const { t } = useTranslation()
  const { keys } = usePage()
  const { command, instead, refused } = question
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    event.preventDefault()
    event.stopImmediatePropagation()
    const read = readKey(event, keys.mac)
    if (read.kind === 'waits') return
    if (read.kind === 'givesUp') return end(instead)
    if (read.kind === 'refused') return ask({ ...question, refused: read.why })
    const { choice } = keys.state()
    const clash = clashOf(choice, command, read.key)
    if (clash !== null) return ask({ ...question, clash, refused: null })
    keys.choose(giveKey(choice, command, read.key, instead))
    end(read.key)
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    // before everything else on the page: Tab, Enter and F1 are keys like any other now
    window.addEventListener('keydown', listener, true)
    return () => window.removeEventListener('keydown', listener, true)
  }, [])
  return (
    <dd className="key-question">
      <p role="alert">{refused === null ? t('keys.press', { name: t(`command.${command}`) }) : t(`keys.refused.${refused}`)}</p>
      <span className="key-answers">
        {instead === null ? null : <Button kind="quiet" onPress={() => { keys.choose(takeKey(keys.state().choice, command, instead)); end(null) }}>{t('keys.remove')}</Button>}
        <Button kind="quiet" onPress={() => end(instead)}>{t('common.cancel')}</Button>
      </span>
    </dd>
  )
}

/** The key is another command's: take it from that one, or leave both as they are. */
function TakeOver({ question, clash, end }: { readonly question: KeyQuestion; readonly clash: KeyClash; readonly end: (key: string | null) => void }) {
  const { t } = useTranslation()
  const { keys } = usePage()
  const nameOfKey = useNameOfKey()
  const { command, instead } = question
  return (
    <dd className="key-question">
      <p className="key-clash" role="alert">{t('keys.clash', { key: nameOfKey(clash.key), other: t(`command.${clash.command}`) })}</p>
      <span className="key-answers">
        <Button kind="plain" onPress={() => { keys.choose(giveKey(keys.state().choice, command, clash.key, instead)); end(clash.key) }}>{t('keys.takeOver')}</Button>
        <Button kind="quiet" autoFocus onPress={() => end(instead)}>{t('keys.leave')}</Button>
      </span>
    </dd>
  )
}
