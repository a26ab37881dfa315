import type { Role } from '../contract/role.ts'

/** Who calls the engine: one window, one WebSocket, or the command line. */
export interface Caller {
  /** unique per connection; events about a caller's own diffs are not sent back to it */
  readonly id: string
  readonly author: string
  /** what they may do in a team; undefined: the person at this machine, who may everything */
  readonly role?: Role
}
