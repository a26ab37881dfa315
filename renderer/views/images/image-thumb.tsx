import { CircleAlert, CircleCheck, MessageSquareText, ThumbsUp, Wrench } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ImageRow } from '../../../main/contract/images.ts'
import { Avatar } from '../team/avatar.tsx'
import { usePeopleOn } from '../team/people-on.ts'
import './image-thumb.css'

/** What is wrong with an image, in the person's language; null: nothing. */
export function useProblemOf(): (row: ImageRow) => string | null {
  const { t } = useTranslation()
  return (row) => (row.missing ? t('images.missing') : row.problem)
}

/** State, proposals, verdict and comments of an image as they are read aloud. */
export function useSpokenState(): (row: ImageRow) => string {
  const { t } = useTranslation()
  const problemOf = useProblemOf()
  const peopleOn = usePeopleOn()
  return (row) => [
    t(`imageState.${row.state}`),
    row.pending > 0 ? t('images.pending', { count: row.pending }) : '',
    row.openComments > 0 ? t('review.openComments', { count: row.openComments }) : '',
    row.review === null ? '' : t(`review.${row.review}`),
    ...peopleOn(row.id).map(({ name }) => t('team.isHere', { name })),
    problemOf(row) ?? '',
  ].filter((part) => part !== '').join(', ')
}

/** A small picture of an image with marks of what it holds and how it stands. */
export function ImageThumb({ row, children }: { readonly row: ImageRow; readonly children?: React.ReactNode }) {
  const problem = useProblemOf()(row)
  const [somebody] = usePeopleOn()(row.id)
  return (
    <span className="image-thumb">
      {problem === null ? <img src={`/pictures/${row.id}/${row.revision}/thumb`} alt="" draggable={false} decoding="async" /> : <CircleAlert aria-hidden className="image-thumb-problem" />}
      {children}
      {row.pending > 0 ? <span aria-hidden className="image-thumb-badge image-thumb-pending numbers">{row.pending}</span> : null}
      {row.kept > 0 ? <span aria-hidden className="image-thumb-badge image-thumb-kept numbers">{row.kept}</span> : null}
      <span aria-hidden className="image-thumb-said">
        {somebody === undefined ? null : <Avatar member={somebody} className="avatar-small" />}
        {row.openComments > 0 ? <MessageSquareText className="image-thumb-mark image-thumb-asks" /> : null}
        {row.review === 'needsWork' ? <Wrench className="image-thumb-mark image-thumb-asks" /> : null}
        {row.review === 'approved' ? <ThumbsUp className="image-thumb-mark image-thumb-good" /> : null}
      </span>
      {row.state === 'done' ? <CircleCheck aria-hidden className="image-thumb-mark image-thumb-good image-thumb-done" /> : null}
    </span>
  )
}
