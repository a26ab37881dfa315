import type { ImageMark } from '../../main/contract/records.ts'

/** The mark of an image that nobody has touched. */
export const newMark = (id: number): ImageMark => ({ kind: 'image', id, version: 0, state: 'new', ticked: null, assignee: null, reviewer: null, review: null })
