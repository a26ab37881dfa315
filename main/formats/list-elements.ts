import { notJson, whole } from './coco-header.ts'
import type { Findings } from './findings.ts'
import { LEFT_OUT } from './import-items.ts'
import { jsonEntries, JsonPlaceError, parseOr } from './json-entries.ts'

export interface ListPlace {
  /** key of the list; '' is the file itself */
  readonly list: string
  /** keys of lists that are passed over element by element, unread */
  readonly skip: ReadonlySet<string>
  /** names an element in findings */
  readonly what: (index: number) => string
}

/**
 * Streams the elements of one list of a JSON file. NaN and Infinity, which Python writes, refuse the element and not the file.
 * @throws RefusedFile when the file is no JSON. Memory: one element.
 */
export function* listElements(path: string, { list, skip, what }: ListPlace, findings: Findings, onBytes?: (done: number, total: number) => void): Generator<{ readonly index: number; readonly value: unknown }, void, void> {
  const entries = jsonEntries(path, new Set([list, ...skip]), skip, onBytes)
  try {
    for (;;) {
      const next = whole(path, () => entries.next())
      if (next.done === true) return
      const { key, index, text, offset } = next.value
      if (key !== list || index < 0) continue
      let value: unknown
      try {
        value = parseOr(text, offset)
      } catch (error) {
        if (!(error instanceof JsonPlaceError) || !/(?<=[[,:]\s*)-?(NaN|Infinity)\b/.test(text)) throw notJson(path, error)
        findings.add('not-a-number', 'refused', LEFT_OUT, `${what(index)} holds NaN or Infinity`)
        continue
      }
      yield { index, value }
    }
  } finally {
    entries.return()
  }
}
