import { EngineError, type ErrorCode } from './errors.ts'
import type { EngineEvent, EventName, EventOf } from './events.ts'
import type { InputOf, OutputOf, ProcedureName } from './procedures.ts'

/** What crosses the wire for a call: `{ ok: true, value }` or a Failure. */
export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly details?: unknown }

/** How calls and events travel: the preload's IPC bridge or the WebSocket. */
export interface Transport {
  call(name: ProcedureName, input: unknown): Promise<Answer>
  onEvent(listener: (event: EngineEvent) => void): () => void
  onConnection(listener: (state: Connection) => void): () => void
}

/** 'lost': the engine can't be reached; 'refused': it is there and lets this page in no more. Either way the transport goes on trying. */
export type Connection = 'open' | 'lost' | 'refused'

/** The typed face of the engine, the same in the page, the tests and scripts. */
export interface Client {
  call<N extends ProcedureName>(name: N, input: InputOf<N>): Promise<OutputOf<N>>
  on<N extends EventName>(name: N, listener: (data: EventOf<N>) => void): () => void
  onConnection(listener: (state: Connection) => void): () => void
}

/** Turns a transport into a client; a Failure is thrown as an EngineError. */
export function createClient(transport: Transport): Client {
  return {
    async call(name, input) {
      const answer = await transport.call(name, input)
      if (!answer.ok) throw new EngineError(answer.code, answer.message, { details: answer.details })
      return answer.value as never
    },
    on: (name, listener) => transport.onEvent((event) => { if (event.name === name) listener(event.data as never) }),
    onConnection: (listener) => transport.onConnection(listener),
  }
}
