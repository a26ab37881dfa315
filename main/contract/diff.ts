import { z } from 'zod'
import { ProjectRecord } from './records.ts'

/**
 * One edit. Doing, undoing, redoing, saving and crash recovery all apply one of these.
 * In `updated` both sides have the same kind and id, and `to.version === from.version + 1`.
 */
export const Diff = z.strictObject({
  added: z.array(ProjectRecord),
  updated: z.array(z.tuple([ProjectRecord, ProjectRecord])),
  removed: z.array(ProjectRecord),
})
export type Diff = z.infer<typeof Diff>

/** The diff that takes `diff` back. Versions go on growing, so an undo is an edit like any other. O(records). */
export function invertDiff(diff: Diff): Diff {
  return {
    added: diff.removed.map((record) => ({ ...record, version: record.version + 1 })),
    updated: diff.updated.map(([from, to]) => [to, { ...from, version: to.version + 1 }]),
    removed: diff.added,
  }
}

/**
 * Brings a stored diff to the versions the records have now, so that a redo or an undo after other edits' version
 * bumps still applies. Content is not touched: a record that has since changed in content makes the caller refuse.
 * @param versionOf current version of a record, or undefined when it does not exist
 */
export function rebaseVersions(diff: Diff, versionOf: (record: ProjectRecord) => number | undefined): Diff {
  const current = (record: ProjectRecord): ProjectRecord => ({ ...record, version: versionOf(record) ?? record.version })
  return {
    added: diff.added,
    updated: diff.updated.map(([from, to]) => {
      const base = current(from)
      return [base, { ...to, version: base.version + 1 }]
    }),
    removed: diff.removed.map(current),
  }
}

/** Scope of an edit for undo: one image's edits, or the project's (class list). */
export const HistoryEntry = z.strictObject({
  id: z.int().positive(),
  /** null: an edit of the class list */
  imageId: z.int().positive().nullable(),
  /** what the person did, as a translation key: 'brush', 'polygon', 'accept', … */
  label: z.string().min(1).max(60),
  author: z.string().max(200),
  /** ms since 1970 */
  at: z.int(),
  state: z.enum(['done', 'undone', 'dropped']),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>
