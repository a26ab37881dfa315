import { decode, encode } from '@msgpack/msgpack'
import type { Diff } from '../contract/diff.ts'

/** A diff as the history keeps it: msgpack, so that masks stay bytes. O(bytes). */
export function toStoredDiff(diff: Diff): Uint8Array {
  return encode(diff, { ignoreUndefined: true })
}

/** The diff of a history row. Its masks are views into one copy of `bytes`. */
export function fromStoredDiff(bytes: Uint8Array): Diff {
  return decode(new Uint8Array(bytes)) as Diff
}
