import type { ImageFilter } from '../../../main/contract/images.ts'

/** What a person filters by besides the name, the state and the order, which have fields of their own. */
const DETAILS = ['folderId', 'review', 'comments', 'assignee', 'reviewer'] as const

/** A filter without what asks nothing, so that two that mean the same are written the same. */
export function tidyFilter(filter: ImageFilter): ImageFilter {
  const { annotation, order, text, under, ...rest } = filter
  const on = annotation === undefined ? [] : Object.entries(annotation).filter(([, value]) => value !== undefined)
  return {
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as ImageFilter),
    ...(text === undefined || text.trim() === '' ? {} : { text: text.trim() }),
    ...(under === undefined || under === '' ? {} : { under }),
    ...(on.length === 0 ? {} : { annotation: Object.fromEntries(on) }),
    ...(order === undefined || order === 'folder' ? {} : { order }),
  }
}

/** How many details of a filter are in force: what the button that hides them says. */
export function detailsOf(filter: ImageFilter): number {
  return DETAILS.filter((name) => filter[name] !== undefined).length + Object.values(filter.annotation ?? {}).filter((value) => value !== undefined).length
}

/** The filter with its details gone. */
export function withoutDetails({ folderId: _f, under: _u, review: _r, comments: _c, assignee: _a, reviewer: _v, annotation: _n, ...kept }: ImageFilter): ImageFilter {
  return kept
}
