import { type WebContents, ipcMain } from 'electron'
import { CALL_CHANNEL, EVENT_CHANNEL } from '../main/contract/bridge.ts'
import type { Answer } from '../main/contract/client.ts'
import type { Caller } from '../main/engine/caller.ts'
import type { Engine } from '../main/engine/engine.ts'
import { personsName } from '../main/engine/persons-name.ts'
import { isTrustedSender } from './trusted-sender.ts'

const REFUSED: Answer = { ok: false, code: 'not-allowed', message: 'Only the main page of Maskwright may call the engine.' }

/** Joins windows to the engine: "Validate the sender of all IPC messages". One channel for calls, one for events. */
export function serveCalls(engine: Engine): { join(contents: WebContents): void } {
  const callers = new Map<number, Caller>()
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown): Answer | Promise<Answer> => {
    const caller = callers.get(event.sender.id)
    if (caller === undefined || !isTrustedSender(event)) return REFUSED
    if (typeof name !== 'string') return { ok: false, code: 'bad-input', message: 'a call needs a procedure name' }
    return engine.call(name, input, caller)
  })
  return {
    join(contents) {
      const { id } = contents
      const caller = { id: `window-${id}`, author: personsName() }
      callers.set(id, caller)
      const unsubscribe = engine.subscribe(caller, (event) => { if (!contents.isDestroyed()) contents.send(EVENT_CHANNEL, event) })
      contents.once('destroyed', () => {
        unsubscribe()
        callers.delete(id)
      })
    },
  }
}
