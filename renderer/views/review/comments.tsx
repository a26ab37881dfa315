import { Check, RotateCcw, SendHorizontal, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Form, TextArea, TextField } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { Comment } from '../../../main/contract/records.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'

/** What people wrote about the open image, oldest first, and a field for more. */
export function Comments() {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const comments = useEditor((state) => state.comments)
  const person = usePart(page.engine, (state) => state.info?.person ?? '')
  const [text, setText] = useState('')
  const send = () => {
    page.editor.addComment(text, person)
    setText('')
  }
  const time = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'short', timeStyle: 'short' })
  return (
    <>
      {comments.length === 0 ? null : (
        <ol className="comments" aria-label={t('review.comments')}>
          {comments.map((comment) => <CommentEntry key={comment.id} comment={comment} own={comment.author === person} when={time.format(comment.at)} />)}
        </ol>
      )}
      <Form
        className="comment-form"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <TextField className="field" aria-label={t('review.write')} value={text} onChange={setText} maxLength={4000}>
          <TextArea
            className="field-input field-area comment-text"
            rows={2}
            placeholder={t('review.writeHint')}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey) return
              event.preventDefault()
              send()
            }}
          />
        </TextField>
        <IconButton icon={SendHorizontal} label={t('review.send')} disabled={text.trim() === ''} onPress={send} placement="top" />
      </Form>
    </>
  )
}

function CommentEntry({ comment, own, when }: { readonly comment: Comment; readonly own: boolean; readonly when: string }) {
  const { t } = useTranslation()
  const { editor } = usePage()
  const { id, text, author, resolved } = comment
  return (
    <li className={`comment ${resolved ? 'comment-resolved' : ''}`}>
      <p className="comment-head">
        <bdi className="comment-author">{author}</bdi> <span className="row-quiet">{when}{resolved ? ` · ${t('review.resolved')}` : ''}</span>
        <span className="comment-actions">
          <IconButton small icon={resolved ? RotateCcw : Check} label={t(resolved ? 'review.reopen' : 'review.resolve', { author })} onPress={() => editor.resolveComment(id, !resolved)} placement="top" />
          {own ? <IconButton small icon={Trash2} label={t('review.remove', { author })} onPress={() => editor.removeComment(id)} placement="top" /> : null}
        </span>
      </p>
      <p className="comment-body">{text}</p>
    </li>
  )
}
