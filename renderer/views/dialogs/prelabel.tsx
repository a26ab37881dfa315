import { Sparkles } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CLASSIC_PACK } from '../../../main/contract/packs.ts'
import { Button } from '../../components/button.tsx'
import { OneOf, Tick } from '../../components/choice-fields.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { asRequest } from '../state/recipe-choice.ts'
import { usePart } from '../state/use-part.ts'
import { PrelabelRecipe } from './prelabel-recipe.tsx'
import './dialogs.css'

type Scope = 'untouched' | 'image' | 'marked'

/** Starts the job: on which images, and with what. */
export function Prelabel({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = usePage()
  const image = useEditor((state) => state.image)
  const annotations = useEditor((state) => state.annotations)
  const marked = usePart(page.store, (state) => state.marked)
  const job = usePart(page.engine, (state) => state.job)
  const [scope, setScope] = useState<Scope>(marked.size > 0 ? 'marked' : 'untouched')
  const recipe = usePart(page.recipe, (state) => state)
  const onOpen = usePart(page.choices, (state) => state.proposeOnOpen)
  const [starting, setStarting] = useState(false)
  const running = job !== null && (job.state === 'running' || job.state === 'paused')
  const unnamedHere = annotations.filter((annotation) => annotation.state === 'pending' && annotation.classId === null).length

  const start = async () => {
    const ids = scope === 'image' ? (image === null ? [] : [image.id]) : [...marked]
    setStarting(true)
    const status = await page.attempt(async () => {
      await page.editor.flush()
      return page.client.call('prelabel.start', { ...asRequest(recipe), scope: scope === 'untouched' ? 'untouched' : ids })
    })
    setStarting(false)
    if (status === undefined) return
    page.engine.setJob(status)
    if (status.total === 0) page.notices.add('info', t('prelabel.nothingToDo'))
    onClose()
  }
  return (
    <Dialog
      title={t('prelabel.title')}
      onClose={onClose}
      footer={(
        <>
          <Button kind="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button kind="main" icon={Sparkles} disabled={starting || running} onPress={() => void start()}>{t('prelabel.start')}</Button>
        </>
      )}
    >
      <p>{t(recipe.pack === CLASSIC_PACK.name ? 'prelabel.intro' : 'prelabel.introNames')}</p>
      <OneOf
        label={t('prelabel.scope')}
        value={scope}
        onChange={setScope}
        choices={[
          { id: 'untouched', name: t('prelabel.untouched') },
          { id: 'image', name: t('prelabel.image'), disabled: image === null },
          { id: 'marked', name: marked.size === 0 ? t('prelabel.markedNone') : t('prelabel.marked', { count: marked.size }), disabled: marked.size === 0 },
        ]}
      />
      <PrelabelRecipe recipe={recipe} onChange={(next) => page.recipe.set(next)} />
      <Tick ticked={onOpen} onChange={(next) => page.choices.set({ proposeOnOpen: next })}>{t('prelabel.onOpen')}</Tick>
      {running ? <p className="field-error" role="status">{t('prelabel.running')}</p> : null}
      {job !== null && job.proposals > 0 ? <p className="row-quiet numbers">{t('prelabel.lastJob', { count: job.proposals, unnamed: job.unnamed })}</p> : null}
      {unnamedHere > 0 ? <p className="row-quiet numbers">{t('prelabel.unnamedHere', { count: unnamedHere })}</p> : null}
    </Dialog>
  )
}
