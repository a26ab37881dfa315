import { decode, encode } from '@msgpack/msgpack'
import type { Diff } from '../contract/diff.ts'
import type { ProjectRecord } from '../contract/records.ts'

/** A diff as the history keeps it: msgpack, so that masks stay bytes. O(bytes). */
export function toStoredDiff(diff: Diff): Uint8Array {
  return encode(diff, { ignoreUndefined: true })
}

/** The diff of a history row. Its masks are views into one copy of `bytes`. */
export function fromStoredDiff(bytes: Uint8Array): Diff {
  const { added, updated, removed } = decode(new Uint8Array(bytes)) as Diff
  return { added: added.map(whole), updated: updated.map(([from, to]) => [whole(from), whole(to)]), removed: removed.map(whole) }
}

/** A mark that was stored before images had names and verdicts had none. */
const whole = (record: ProjectRecord): ProjectRecord => (record.kind === 'image' ? { ...UNREVIEWED, ...record } : record)
const UNREVIEWED = { assignee: null, reviewer: null, review: null } as const
