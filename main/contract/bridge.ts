import type { Answer } from './client.ts'
import type { EngineEvent } from './events.ts'

/** What Electron's preload puts on `window.maskwright`: calls and events, nothing else. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Answer>
  onEvent(listener: (event: EngineEvent) => void): () => void
}

/** The two IPC channels between preload and main process; nothing else is ever sent. */
export const CALL_CHANNEL = 'maskwright:call'
export const EVENT_CHANNEL = 'maskwright:event'
