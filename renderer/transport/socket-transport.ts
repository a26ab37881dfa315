import { decode, encode } from '@msgpack/msgpack'
import type { Answer, Connection, Transport } from '../../main/contract/client.ts'
import type { EngineEvent } from '../../main/contract/events.ts'
import type { CallFrame, HostFrame } from '../../main/contract/frames.ts'

/** The part of the browser's WebSocket that is used. */
export type Socket = Pick<WebSocket, 'binaryType' | 'readyState' | 'send' | 'close' | 'addEventListener'>

export interface SocketOptions {
  /** opens a fresh socket; called again after each loss */
  readonly open: () => Socket
  /** asked after each loss: whether the host is there and does not let this page in */
  readonly isRefused?: () => Promise<boolean>
  /** registers a function to call when waiting longer makes no sense (the machine woke up) */
  readonly onWake?: (wake: () => void) => void
  /** first pause between attempts; doubles up to `longestPauseMs` */
  readonly firstPauseMs?: number
  readonly longestPauseMs?: number
  /** how long a call made while the connection is lost waits for it to come back */
  readonly patienceMs?: number
}

interface Waiting {
  readonly frame: CallFrame
  readonly answer: (answer: Answer) => void
  sent: boolean
  timer: ReturnType<typeof setTimeout> | undefined
}

const OPEN = 1
const unavailable = (message: string): Answer => ({ ok: false, code: 'unavailable', message })

/**
 * Calls and events over one WebSocket. Answers and events are handed on in the order they arrive. A call that was sent
 * and not answered when the connection broke fails with 'unavailable' (it may or may not have been carried out: reload
 * what it changed); a call made while the connection is lost waits `patienceMs` and then fails the same way. The
 * transport goes on trying until `dispose`.
 */
export function connectSocket(options: SocketOptions): Transport & { dispose(): void } {
  const firstPauseMs = options.firstPauseMs ?? 250
  const longestPauseMs = options.longestPauseMs ?? 5000
  const patienceMs = options.patienceMs ?? 15_000
  const waiting = new Map<number, Waiting>()
  const eventListeners = new Set<(event: EngineEvent) => void>()
  const connectionListeners = new Set<(state: Connection) => void>()
  let state: 'connecting' | Connection = 'connecting'
  let lastId = 0
  let pauseMs = firstPauseMs
  let retry: ReturnType<typeof setTimeout> | undefined
  let socket: Socket | undefined
  let disposed = false

  const settle = (id: number, answer: Answer) => {
    const call = waiting.get(id)
    if (call === undefined) return
    waiting.delete(id)
    clearTimeout(call.timer)
    call.answer(answer)
  }

  const transmit = (call: Waiting) => {
    let bytes: Uint8Array<ArrayBuffer>
    try {
      bytes = encode(call.frame, { ignoreUndefined: true })
    } catch (error) {
      settle(call.frame.id, { ok: false, code: 'bad-input', message: `${call.frame.name}: the input can't be sent: ${String(error)}` })
      return
    }
    clearTimeout(call.timer)
    call.sent = true
    socket?.send(bytes)
  }

  const change = (next: Connection) => {
    if (state === next) return
    state = next
    for (const listener of connectionListeners) listener(next)
  }

  const attempt = () => {
    clearTimeout(retry)
    const mine = options.open()
    socket = mine
    mine.binaryType = 'arraybuffer'
    mine.addEventListener('open', () => {
      pauseMs = firstPauseMs
      change('open')
      for (const call of waiting.values()) if (!call.sent) transmit(call)
    })
    mine.addEventListener('message', (message: MessageEvent<unknown>) => {
      if (!(message.data instanceof ArrayBuffer)) return
      const frame = decode(new Uint8Array(message.data)) as HostFrame
      if ('event' in frame) for (const listener of eventListeners) listener(frame.event)
      else settle(frame.id, frame.answer)
    })
    // an 'error' is always followed by it
    mine.addEventListener('close', () => {
      if (socket !== mine || disposed) return
      if (state !== 'refused') change('lost')
      void options.isRefused?.().then((refused) => { if (socket === mine && !disposed && state !== 'open') change(refused ? 'refused' : 'lost') })
      for (const call of waiting.values()) {
        if (call.sent) settle(call.frame.id, unavailable(`${call.frame.name}: the connection to the engine was lost before it answered. Trying to connect again.`))
      }
      // jitter, so that several windows don't all come back in the same instant
      retry = setTimeout(attempt, pauseMs * (0.75 + Math.random() / 2))
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    })
  }
  attempt()
  options.onWake?.(() => { if (state !== 'open' && state !== 'connecting' && socket?.readyState !== 0 && !disposed) attempt() })

  return {
    call: (name, input) => new Promise((resolve) => {
      lastId += 1
      const id = lastId
      const call: Waiting = { frame: { id, name, input }, answer: resolve, sent: false, timer: undefined }
      waiting.set(id, call)
      if (disposed) settle(id, unavailable(`${name}: the connection to the engine was closed.`))
      else if (state === 'open' && socket?.readyState === OPEN) transmit(call)
      else call.timer = setTimeout(() => settle(id, unavailable(`${name}: the engine can't be reached. Is Maskwright still running? Its terminal says why it ended.`)), patienceMs)
    }),
    onEvent: (listener) => {
      eventListeners.add(listener)
      return () => { eventListeners.delete(listener) }
    },
    onConnection: (listener) => {
      connectionListeners.add(listener)
      if (state !== 'connecting') listener(state)
      return () => { connectionListeners.delete(listener) }
    },
    dispose: () => {
      disposed = true
      clearTimeout(retry)
      for (const id of waiting.keys()) settle(id, unavailable('The connection to the engine was closed.'))
      socket?.close()
    },
  }
}
