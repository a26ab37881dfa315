import type { Answer } from './client.ts'
import type { EngineEvent } from './events.ts'

/** What the page sends over the WebSocket, as one msgpack frame. `id` is the page's own count, from 1. */
export interface CallFrame {
  readonly id: number
  readonly name: string
  readonly input: unknown
}
/** What the host sends: the answer to a call, or an event; in the order the engine gave them. */
export type HostFrame = { readonly id: number; readonly answer: Answer } | { readonly event: EngineEvent }
