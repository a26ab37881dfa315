import type { EngineEvent } from '../../../main/contract/events.ts'
import { spellTones } from '../../../main/contract/pictures.ts'
import type { Caller } from '../../../main/engine/caller.ts'
import type { Engine } from '../../../main/engine/engine.ts'

/** An engine that echoes its input, knows image 7 only, and lets a test say events. */
export function fakeEngine(): Engine & { readonly callers: Caller[]; say(event: EngineEvent): void; listeners: number } {
  const listeners = new Set<(event: EngineEvent) => void>()
  const callers: Caller[] = []
  return {
    callers,
    get listeners() { return listeners.size },
    say: (event) => { for (const listener of listeners) listener(event) },
    call: async (name, input, caller) => {
      callers.push(caller)
      if (name === 'never.answers') return new Promise(() => {})
      if (name === 'event.thenAnswer') for (const listener of listeners) listener({ name: 'notice', data: { level: 'info', message: 'first' } })
      return { ok: true, value: { name, input } }
    },
    subscribe: (_caller, listener) => {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    picture: async (imageId, part) => {
      if (imageId === 8) return { bytes: new TextEncoder().encode('<svg/>'), contentType: 'image/svg+xml' }
      return imageId === 7 ? { bytes: new TextEncoder().encode(part.kind === 'thumb' ? 'thumb' : `${part.kind} ${part.level} ${part.kind === 'tile' ? `${part.column} ${part.row} ` : ''}${spellTones(part.tones)}`), contentType: 'image/jpeg' } : undefined
    },
    openProject: async () => {},
    addFolder: async () => ({ folderId: 1, added: 0, changed: 0, missing: 0, returned: 0, problems: [], problemCount: 0, remarks: [], remarkCount: 0 }),
    importDataSet: () => Promise.reject(new Error('a fake imports nothing')),
    close: async () => {},
  }
}
