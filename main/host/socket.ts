import { randomUUID } from 'node:crypto'
import { decode, encode } from '@msgpack/msgpack'
import type { WebSocket } from 'ws'
import type { Answer } from '../contract/client.ts'
import type { CallFrame, HostFrame } from '../contract/frames.ts'
import type { EngineEvent } from '../contract/events.ts'
import type { Role } from '../contract/role.ts'
import type { Caller } from '../engine/caller.ts'
import type { Engine } from '../engine/engine.ts'

/** One frame at most: an edit of a thousand large masks fits several times. */
export const MAX_FRAME_BYTES = 64 * 2 ** 20
/** A page that lets this much wait unread is gone or stuck; it reconnects and reloads. */
const MAX_UNREAD_BYTES = 256 * 2 ** 20
const MAX_CALLS_AT_ONCE = 1000
const CLOSE_BAD_FRAME = 1007
const CLOSE_NOT_ALLOWED = 1008
const TOO_MANY: Answer = { ok: false, code: 'busy', message: 'Too many calls at once; wait a moment.' }
const CLOSE_TOO_SLOW = 1013

function callFrame(data: Uint8Array): CallFrame | undefined {
  let frame: unknown
  try {
    // declared lengths are bounded by what the frame can hold, so that a few bytes can't ask for gigabytes
    const limit = data.length
    frame = decode(data, { maxStrLength: limit, maxBinLength: limit, maxArrayLength: limit, maxMapLength: limit, maxExtLength: 0 })
  } catch {
    return undefined
  }
  if (typeof frame !== 'object' || frame === null || !('id' in frame) || !('name' in frame)) return undefined
  if (!Number.isSafeInteger(frame.id) || typeof frame.name !== 'string') return undefined
  return { id: frame.id as number, name: frame.name, input: 'input' in frame ? frame.input : undefined }
}

/** An event is encoded once, however many pages it goes to: fifty people's strokes go to forty-nine others each. */
const encodedEvents = new WeakMap<EngineEvent, Uint8Array>()
function encodedEvent(event: EngineEvent): Uint8Array {
  const before = encodedEvents.get(event)
  if (before !== undefined) return before
  const bytes = encode({ event } satisfies HostFrame, { ignoreUndefined: true })
  encodedEvents.set(event, bytes)
  return bytes
}

export interface SocketPerson {
  readonly author: string
  readonly role?: Role
  readonly log?: (message: string) => void
  /** counts a call; false: one too many */
  readonly admits?: () => Promise<boolean>
  /** false once the person is not in the team any more, or has another role */
  readonly mayStay?: () => boolean
}

/** Joins one accepted WebSocket to the engine as one caller. Answers and events leave in the order the engine gave them. */
export function serveSocket(engine: Engine, socket: WebSocket, { author, role, log = () => undefined, admits, mayStay = () => true }: SocketPerson): void {
  const caller: Caller = { id: randomUUID(), author, ...(role === undefined ? {} : { role }) }
  let running = 0
  const sendBytes = (bytes: () => Uint8Array) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.close(CLOSE_TOO_SLOW, 'the page does not read')
    else socket.send(bytes())
  }
  const send = (frame: HostFrame) => sendBytes(() => encode(frame, { ignoreUndefined: true }))
  const leave = (): void => {
    log('not in the team any more, or in another role')
    socket.close(CLOSE_NOT_ALLOWED, 'not in the team any more, or in another role')
  }
  const unsubscribe = engine.subscribe(caller, (event) => {
    if (socket.readyState !== socket.OPEN) return
    if (mayStay()) sendBytes(() => encodedEvent(event))
    else leave()
  })

  socket.on('message', (data, isBinary) => {
    const frame = isBinary ? callFrame(new Uint8Array(data as Buffer)) : undefined
    if (frame === undefined) {
      log('what came is not a call frame')
      socket.close(CLOSE_BAD_FRAME, 'not a call frame')
      return
    }
    if (running >= MAX_CALLS_AT_ONCE) {
      log(`too many calls at once (${frame.name})`)
      send({ id: frame.id, answer: { ok: false, code: 'busy', message: `${MAX_CALLS_AT_ONCE} calls of this page are waiting already.` } })
      return
    }
    if (!mayStay()) {
      leave()
      return
    }
    running += 1
    const answering = admits === undefined ? engine.call(frame.name, frame.input, caller) : admits().then((admitted) => {
      if (admitted) return engine.call(frame.name, frame.input, caller)
      log(`too many calls (${frame.name})`)
      return TOO_MANY
    })
    void answering
      .then((answer) => send({ id: frame.id, answer }))
      .catch((error: unknown) => {
        // an answer that can't be encoded must still be an answer
        process.stderr.write(`maskwright: ${frame.name}: ${String(error)}\n`)
        send({ id: frame.id, answer: { ok: false, code: 'internal', message: `${frame.name}: the answer could not be sent.` } })
      })
      .finally(() => { running -= 1 })
  })
  socket.on('close', unsubscribe)
  // 'close' follows
  socket.on('error', (error) => log(error.message))
}
