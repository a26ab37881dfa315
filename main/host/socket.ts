import { randomUUID } from 'node:crypto'
import { decode, encode } from '@msgpack/msgpack'
import type { WebSocket } from 'ws'
import type { CallFrame, HostFrame } from '../contract/frames.ts'
import type { Engine } from '../engine/engine.ts'

/** One frame at most: an edit of a thousand large masks fits several times. */
export const MAX_FRAME_BYTES = 64 * 2 ** 20
/** A page that lets this much wait unread is gone or stuck; it reconnects and reloads. */
const MAX_UNREAD_BYTES = 256 * 2 ** 20
const MAX_CALLS_AT_ONCE = 1000
const CLOSE_BAD_FRAME = 1007
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

/** Joins one accepted WebSocket to the engine as one caller. Answers and events leave in the order the engine gave them. */
export function serveSocket(engine: Engine, socket: WebSocket, author: string): void {
  const caller = { id: randomUUID(), author }
  let running = 0
  const send = (frame: HostFrame) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.close(CLOSE_TOO_SLOW, 'the page does not read')
    else socket.send(encode(frame, { ignoreUndefined: true }))
  }
  const unsubscribe = engine.subscribe(caller, (event) => send({ event }))

  socket.on('message', (data, isBinary) => {
    const frame = isBinary ? callFrame(new Uint8Array(data as Buffer)) : undefined
    if (frame === undefined) {
      socket.close(CLOSE_BAD_FRAME, 'not a call frame')
      return
    }
    if (running >= MAX_CALLS_AT_ONCE) {
      send({ id: frame.id, answer: { ok: false, code: 'busy', message: `${MAX_CALLS_AT_ONCE} calls of this page are waiting already.` } })
      return
    }
    running += 1
    void engine.call(frame.name, frame.input, caller)
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
  socket.on('error', () => {})
}
