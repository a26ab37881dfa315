import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decode, encode } from '@msgpack/msgpack'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import type { EngineEvent } from '../../../../main/contract/events.ts'
import { connectSocket } from '../../../../renderer/transport/socket-transport.ts'

interface Call { readonly id: number; readonly name: string; readonly input: unknown }
const ends: (() => void)[] = []
afterEach(() => { for (const end of ends.splice(0)) end() })

/** A host whose answers a test decides; `port` lets it come back where it was. */
async function host(onCall: (call: Call, say: (frame: unknown) => void, socket: ServerSocket) => void, port = 0) {
  const server: Server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data) => onCall(decode(new Uint8Array(data as Buffer)) as Call, (frame) => socket.send(encode(frame)), socket)))
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve) })
  const stop = () => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  }
  ends.push(stop)
  return { port: (server.address() as AddressInfo).port, stop }
}
function transportTo(port: number, patienceMs = 2000) {
  const transport = connectSocket({ open: () => new WebSocket(`ws://127.0.0.1:${port}/socket`), firstPauseMs: 20, longestPauseMs: 80, patienceMs })
  ends.push(() => transport.dispose())
  return transport
}

test('answers find their calls whatever their order, and calls made before the socket opens are sent', async () => {
  const held: Call[] = []
  const { port } = await host((call, say) => {
    held.push(call)
    if (held.length === 3) for (const one of held.toReversed()) say({ id: one.id, answer: { ok: true, value: one.name } })
  })
  const transport = transportTo(port)
  const answers = await Promise.all([transport.call('project.info', {}), transport.call('app.info', {}), transport.call('classes.list', {})])
  expect(answers.map((answer) => answer.ok && answer.value)).toEqual(['project.info', 'app.info', 'classes.list'])
})

test('events and answers are handed on in the order they arrive', async () => {
  const notice = (message: string): EngineEvent => ({ name: 'notice', data: { level: 'info', message } })
  const { port } = await host((call, say) => {
    say({ event: notice('before') })
    say({ id: call.id, answer: { ok: true, value: null } })
    // a browser gives every frame a task of its own; Node's WebSocket hands on all frames of one packet at a stretch
    setTimeout(() => say({ event: notice('after') }), 20)
  })
  const transport = transportTo(port)
  const seen: string[] = []
  transport.onEvent((event) => { if (event.name === 'notice') seen.push(event.data.message) })
  await transport.call('app.info', {}).then(() => seen.push('answer'))
  await expect.poll(() => seen).toEqual(['before', 'answer', 'after'])
})

test('a call the engine never answered fails clearly when the connection breaks, and the transport comes back', async () => {
  let calls = 0
  const { port } = await host((call, say, socket) => {
    calls += 1
    if (call.name === 'diff.apply') socket.terminate()
    else say({ id: call.id, answer: { ok: true, value: 'back' } })
  })
  const transport = transportTo(port)
  const states: string[] = []
  transport.onConnection((state) => states.push(state))
  expect(await transport.call('diff.apply', {})).toMatchObject({ ok: false, code: 'unavailable', message: expect.stringContaining('diff.apply') as unknown })
  expect(await transport.call('app.info', {})).toEqual({ ok: true, value: 'back' })
  expect(states).toEqual(['open', 'lost', 'open'])
  // the broken call was not sent a second time: it may have been carried out
  expect(calls).toBe(2)
})

test('a call made while the host is away waits for it to come back', async () => {
  const first = await host(() => {})
  const transport = transportTo(first.port)
  const states: string[] = []
  transport.onConnection((state) => states.push(state))
  await expect.poll(() => states).toEqual(['open'])
  first.stop()
  await expect.poll(() => states).toEqual(['open', 'lost'])
  const waiting = transport.call('app.info', {})
  await host((call, say) => say({ id: call.id, answer: { ok: true, value: 'waited' } }), first.port)
  expect(await waiting).toEqual({ ok: true, value: 'waited' })
})

test('a page that is let in no more is told so, and comes back once it is let in again', async () => {
  let refused = false
  const server = createServer()
  const sockets = new WebSocketServer({ server, verifyClient: () => !refused })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  ends.push(() => server.close(), () => { for (const socket of sockets.clients) socket.terminate() })
  const transport = connectSocket({ open: () => new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`), isRefused: () => Promise.resolve(refused), firstPauseMs: 20, longestPauseMs: 80 })
  ends.push(() => transport.dispose())
  const states: string[] = []
  transport.onConnection((state) => states.push(state))
  await expect.poll(() => states).toEqual(['open'])
  refused = true
  for (const socket of sockets.clients) socket.close(1008)
  await expect.poll(() => states).toEqual(['open', 'lost', 'refused'])
  refused = false
  await expect.poll(() => states).toEqual(['open', 'lost', 'refused', 'open'])
})

test('a call to a host that stays away fails after the patience it was given, naming the way out', async () => {
  const gone = await host(() => {})
  gone.stop()
  const transport = transportTo(gone.port, 100)
  const states: string[] = []
  transport.onConnection((state) => states.push(state))
  expect(await transport.call('app.info', {})).toMatchObject({ ok: false, code: 'unavailable', message: expect.stringContaining('still running') as unknown })
  expect(states).toEqual(['lost'])
})

test('an input that cannot be sent is an answer, not an exception', async () => {
  const { port } = await host(() => {})
  const transport = transportTo(port)
  const states: string[] = []
  transport.onConnection((state) => states.push(state))
  await expect.poll(() => states).toEqual(['open'])
  expect(await transport.call('app.info', { circular: Symbol('no') })).toMatchObject({ ok: false, code: 'bad-input' })
})

test('disposing fails what waits and tries no more', async () => {
  const { port } = await host(() => {})
  const transport = transportTo(port)
  const call = transport.call('app.info', {})
  transport.dispose()
  expect(await call).toMatchObject({ ok: false, code: 'unavailable' })
  expect(await transport.call('app.info', {})).toMatchObject({ ok: false, code: 'unavailable' })
})
