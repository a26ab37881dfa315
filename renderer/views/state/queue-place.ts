import type { ImageOrder } from '../../../main/contract/images.ts'

/**
 * The place in the list to go to from the open image. An edit may have moved the image in its queue or taken it out of the
 * list: then the queue goes on where it was opened, and what followed has moved up into its place.
 * @param place of the open image now; null: the list does not have it any more
 * @param opened its place when it was opened; null: not known
 */
export function placeBeside(step: 1 | -1, order: ImageOrder, place: number | null, opened: number | null): number {
  const stayed = place !== null && (order === 'folder' || opened === null || place === opened)
  if (stayed) return place + step
  if (opened === null) return 0
  return step === 1 ? opened : opened - 1
}
