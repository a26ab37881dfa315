import type { LabelClass } from '../../../main/contract/records.ts'

/** More classes than this have a box to filter them by */
const SEEN_AT_ONCE = 12

/** Whether the list is long enough to be searched. */
export const isLong = (classes: readonly LabelClass[]): boolean => classes.length > SEEN_AT_ONCE

/**
 * The classes whose name or a synonym holds the text, each with its place in the whole list. O(classes)
 * @param contains whether the first text holds the second, by the rules of the person's language
 */
export function matchingClasses(classes: readonly LabelClass[], text: string, contains: (whole: string, part: string) => boolean): { readonly labelClass: LabelClass; readonly place: number }[] {
  const sought = isLong(classes) ? text.trim() : ''
  return classes.flatMap((labelClass, place) => (sought === '' || [labelClass.name, ...labelClass.synonyms].some((name) => contains(name, sought)) ? [{ labelClass, place }] : []))
}
