import { ChevronDown, ChevronUp, MessageSquareText, ThumbsUp, Wrench } from 'lucide-react'
import { useEffect, useId, useRef } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { ReviewVerdict } from '../../../main/contract/records.ts'
import { releaseFocus } from '../../components/icon-button.tsx'
import { useEditor, useMayEdit, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { Comments } from './comments.tsx'
import { NameField } from './name-field.tsx'
import './review-panel.css'

const VERDICTS: readonly { readonly id: ReviewVerdict; readonly icon: typeof Wrench }[] = [{ id: 'approved', icon: ThumbsUp }, { id: 'needsWork', icon: Wrench }]

/** Who labels and who reviews the open image, the verdict, and what people wrote about it. Folded, it says how it stands. */
export function ReviewPanel() {
  const { t } = useTranslation()
  const page = usePage()
  const { editor } = page
  const mayReview = useMayEdit('review')
  const image = useEditor((state) => state.image)
  const open = usePart(page.choices, (state) => state.reviewOpen)
  const asked = usePart(page.store, (state) => state.commenting)
  const body = useId()
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    if (asked > 0) panel.current?.querySelector('textarea')?.focus()
  }, [asked])
  if (image === null) return null
  const Fold = open ? ChevronDown : ChevronUp
  return (
    <section className="review" aria-label={t('review.title')} data-pane="review" ref={panel}>
      <h2 className="review-heading">
        <button type="button" className="review-fold" aria-expanded={open} aria-controls={body} onClick={() => page.choices.set({ reviewOpen: !open })}>
          <span className="review-title">{t('review.title')}</span>
          {image.review === null ? null : <span className={`review-verdict-mark review-${image.review}`}>{t(`review.${image.review}`)}</span>}
          {image.openComments === 0 ? null : <span className="review-count numbers"><MessageSquareText aria-hidden />{image.openComments}<span className="only-read-aloud"> {t('review.openComments', { count: image.openComments })}</span></span>}
          <Fold aria-hidden />
        </button>
      </h2>
      <div id={body} className="review-body" hidden={!open}>
        {open ? (
          <>
            {mayReview ? <><div className="review-names">
              <NameField label={t('review.assignee')} value={image.assignee} onChange={(assignee) => editor.updateImage({ assignee })} />
              <NameField label={t('review.reviewer')} value={image.reviewer} onChange={(reviewer) => editor.updateImage({ reviewer })} />
            </div>
            <ToggleButtonGroup
              className="review-verdict"
              aria-label={t('review.verdict')}
              selectionMode="single"
              selectedKeys={image.review === null ? [] : [image.review]}
              onSelectionChange={(keys) => editor.updateImage({ review: VERDICTS.find(({ id }) => keys.has(id))?.id ?? null })}
            >
              {VERDICTS.map(({ id, icon: Icon }) => (
                <ToggleButton key={id} id={id} className={`review-verdict-button review-${id}`} onPress={releaseFocus}><Icon aria-hidden />{t(`review.${id}`)}</ToggleButton>
              ))}
            </ToggleButtonGroup></> : null}
            <Comments />
          </>
        ) : null}
      </div>
    </section>
  )
}
