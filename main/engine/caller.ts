/** Who calls the engine: one window, one WebSocket, or the command line. */
export interface Caller {
  /** unique per connection; events about a caller's own diffs are not sent back to it */
  readonly id: string
  readonly author: string
}
