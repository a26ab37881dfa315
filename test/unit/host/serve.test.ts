import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode, encode } from '@msgpack/msgpack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Host, serve } from '../../../main/host/serve.ts'
import { fakeEngine } from './fake-engine.ts'

const TOKEN = 'a-token-that-only-this-test-knows'
const engine = fakeEngine()
let folder = ''
let host: Host
let base = ''
let cookie = ''

interface Got { readonly status: number; readonly headers: Record<string, string | string[] | undefined>; readonly body: string }
/** A raw request: nothing is normalised, every header as given. */
const get = (path: string, headers: Record<string, string> = { cookie }, method = 'GET'): Promise<Got> => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(base)
  const sent = request({ hostname, port, path, method, headers }, (answer) => {
    const chunks: Buffer[] = []
    answer.on('data', (chunk: Buffer) => chunks.push(chunk))
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }))
  })
  sent.on('error', reject)
  sent.end()
})

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maskwright-host-'))
  const page = join(folder, 'page')
  mkdirSync(join(page, 'assets'), { recursive: true })
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(page, 'assets', 'main-1a2b.js'), 'export {}')
  writeFileSync(join(page, 'notes.txt'), 'not part of a page')
  writeFileSync(join(page, '.hidden.js'), 'hidden')
  writeFileSync(join(folder, 'secret.js'), 'secret')
  symlinkSync(join(folder, 'secret.js'), join(page, 'link.js'))
  host = await serve(engine, { port: 0, pageFolder: page, token: TOKEN })
  base = host.url
  const entry = await get(`/?token=${TOKEN}`, {})
  cookie = String(entry.headers['set-cookie']?.[0]).split(';')[0]
})
afterAll(async () => {
  await host.close()
  rmSync(folder, { recursive: true })
})

test('the token gives a cookie that scripts and other sites cannot use, and a redirect', async () => {
  const entry = await get(`/?token=${TOKEN}`, {})
  expect(entry.status).toBe(303)
  expect(entry.headers.location).toBe('/')
  expect(entry.headers['set-cookie']).toEqual([`maskwright-${new URL(base).port}=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`])
  expect(entry.headers['cache-control']).toBe('no-store')
})

test('an upgrade that is refused and broken off by its other end ends nothing', async () => {
  const errors: unknown[] = []
  const hear = (error: unknown) => { errors.push(error) }
  process.on('uncaughtException', hear)
  const { hostname, port } = new URL(base)
  const breakOff = () => new Promise<void>((resolve) => {
    const socket = connectTcp(Number(port), hostname, () => {
      socket.write(`GET /other HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${'x'.repeat(200_000)}`)
      setTimeout(() => socket.resetAndDestroy(), 1)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
  })
  for (let n = 0; n < 50; n++) await breakOff()
  expect((await get('/')).status).toBe(200)
  process.off('uncaughtException', hear)
  expect(errors).toEqual([])
})

test('it listens on 127.0.0.1 and its address carries the token', () => {
  expect(new URL(base).hostname).toBe('127.0.0.1')
  expect(new URL(base).searchParams.get('token')).toBe(TOKEN)
})

test.each(['/', '/assets/main-1a2b.js', '/pictures/7/0/thumb', '/pictures/7/0/mip/1', '/nothing'])('%s is refused without the cookie, with a wrong one, and with a token in the wrong place', async (path) => {
  for (const headers of [{}, { cookie: `${cookie}x` }, { cookie: cookie.slice(0, -1) }, { cookie: `other=${TOKEN}` }, { authorization: TOKEN }]) {
    expect((await get(path, headers as Record<string, string>)).status).toBe(403)
  }
  if (path !== '/') expect((await get(`${path}?token=${TOKEN}`, {})).status).toBe(403)
})

test('a wrong token is refused and gives no cookie', async () => {
  const entry = await get('/?token=guess', {})
  expect([entry.status, entry.headers['set-cookie']]).toEqual([403, undefined])
})

test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', 'evil@127.0.0.1', '127.0.0.1/'])('Host %j is refused, token or cookie or not', async (name) => {
  expect((await get('/', { cookie, host: name })).status).not.toBe(200)
  expect((await get(`/?token=${TOKEN}`, { host: name })).status).not.toBe(303)
})

test('a forwarded port is served: the name counts, not the port', async () => {
  expect((await get('/', { cookie, host: 'localhost:9999' })).status).toBe(200)
})

test.each([
  [{ origin: 'null' }], [{ origin: 'https://evil.example' }], [{ origin: 'http://localhost:3000' }], [{ origin: 'http://127.0.0.1' }],
  [{ 'sec-fetch-site': 'cross-site' }], [{ 'sec-fetch-site': 'same-site' }],
])('a picture is refused to %j', async (headers) => {
  expect((await get('/pictures/7/0/thumb', { cookie, ...headers })).status).toBe(403)
})

test('pictures come by id, cached for ever, typed as pictures', async () => {
  const thumb = await get('/pictures/7/3/thumb')
  expect([thumb.status, thumb.body, thumb.headers['content-type'], thumb.headers['cache-control']]).toEqual([200, 'thumb', 'image/jpeg', 'private, max-age=31536000, immutable'])
  expect((await get('/pictures/7/3/mip/2')).body).toBe('mip 2 full')
  expect((await get('/pictures/7/3/mip/2?tones=auto')).body).toBe('mip 2 auto')
  expect((await get('/pictures/7/3/tile/1/12/3?tones=100-4095')).body).toBe('tile 1 12 3 100-4095')
})

test.each(['/pictures/9/0/thumb', '/pictures/7/0/mip', '/pictures/7/0/mip/-1', '/pictures/7/0/mip/1e3', '/pictures/7/0/mip/1?tones=9-3', '/pictures/7/0/mip/1?tones=0-70000', '/pictures/7/0/mip/1?tones=x', '/pictures/7/0/tile/0/-1/0', '/pictures/7/0/tile/0/1', '/pictures/0x7/0/thumb', '/pictures/7/../thumb', '/pictures/8/0/thumb', '/pictures/07/0/thumb'])('%s is not found', async (path) => {
  expect((await get(path)).status).toBe(404)
})

test('the page comes with a strict policy and the bundle with its type', async () => {
  const page = await get('/')
  expect([page.status, page.headers['content-type'], page.headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache'])
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('unsafe')
  expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin' })
  const script = await get('/assets/main-1a2b.js')
  expect([script.status, script.headers['content-type'], script.headers['cache-control']]).toEqual([200, 'text/javascript; charset=utf-8', 'private, max-age=31536000, immutable'])
})

test.each(['/../secret.js', '/%2e%2e/secret.js', '/..%2fsecret.js', '/%2e%2e%2fsecret.js', '/assets/..%2f..%2fsecret.js', '/..%5csecret.js', '/link.js', '/.hidden.js', '/notes.txt', '/assets', '/assets/', '/%00.js', '/%ff.js', '//secret.js', '/nothing.js'])('%s gives nothing', async (path) => {
  const answer = await get(path)
  expect([answer.status, answer.body.includes('secret')]).toEqual([404, false])
})

test('only GET and HEAD', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await get('/', { cookie }, method)).status).toBe(405)
  expect((await get('/', { cookie }, 'HEAD')).status).toBe(200)
})

const open = (headers: Record<string, string>, path = '/socket'): Promise<WebSocket> => new Promise((resolve, reject) => {
  const socket = new WebSocket(`ws://${new URL(base).host}${path}`, { headers })
  socket.once('open', () => resolve(socket))
  socket.once('error', reject)
})
const origin = () => `http://${new URL(base).host}`

test.each([
  ['no cookie', () => ({ origin: origin() })],
  ['no origin', () => ({ cookie })],
  ['origin null', () => ({ cookie, origin: 'null' })],
  ['another site', () => ({ cookie, origin: 'http://evil.example' })],
  ['another port', () => ({ cookie, origin: 'http://127.0.0.1:1' })],
  ['https', () => ({ cookie, origin: origin().replace('http:', 'https:') })],
  ['a foreign Host with its own origin', () => ({ cookie, host: 'evil.example', origin: 'http://evil.example' })],
])('a socket with %s is refused with 403', async (_what, headers) => {
  await expect(open(headers() as Record<string, string>)).rejects.toThrow('403')
})

test('calls are answered, typed arrays stay typed arrays, and events keep their place', async () => {
  const socket = await open({ cookie, origin: origin() })
  const frames: unknown[] = []
  const four = new Promise<void>((resolve) => {
    socket.on('message', (data) => { frames.push(decode(new Uint8Array(data as Buffer))); if (frames.length === 3) resolve() })
  })
  socket.send(encode({ id: 1, name: 'event.thenAnswer', input: { runs: new Uint8Array([1, 2, 255]) } }))
  socket.send(encode({ id: 2, name: 'second', input: {} }))
  await four
  expect(frames).toEqual([
    { event: { name: 'notice', data: { level: 'info', message: 'first' } } },
    { id: 1, answer: { ok: true, value: { name: 'event.thenAnswer', input: { runs: new Uint8Array([1, 2, 255]) } } } },
    { id: 2, answer: { ok: true, value: { name: 'second', input: {} } } },
  ])
  expect(engine.callers.at(-1)?.id).toMatch(/^[0-9a-f-]{36}$/)
  const before = engine.listeners
  socket.close()
  await expect.poll(() => engine.listeners).toBe(before - 1)
})

test.each([
  ['text', 'hello'], ['not msgpack', new Uint8Array([0xc1])], ['no name', encode({ id: 1 })], ['a string id', encode({ id: '1', name: 'x' })],
  ['an array that says it holds four thousand million items', new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff])], ['a bare number', encode(7)],
])('a frame that is %s ends the connection and nothing else', async (_what, frame) => {
  const socket = await open({ cookie, origin: origin() })
  const code = new Promise((resolve) => { socket.once('close', resolve) })
  socket.send(frame)
  expect(await code).toBe(1007)
  expect((await get('/')).status).toBe(200)
})

test('a frame above the limit ends the connection', async () => {
  const socket = await open({ cookie, origin: origin() })
  const code = new Promise((resolve) => { socket.once('close', resolve) })
  socket.on('error', () => {})
  socket.send(new Uint8Array(64 * 2 ** 20 + 1))
  expect(await code).toBe(1009)
})

test('a socket anywhere else is not found, and half a handshake harms nobody', async () => {
  await expect(open({ cookie, origin: origin() }, '/other')).rejects.toThrow('404')
  await new Promise<void>((resolve) => {
    const raw = connectTcp(Number(new URL(base).port), '127.0.0.1', () => raw.end('GET /socket HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'))
    raw.resume()
    raw.on('close', () => resolve())
    raw.on('error', () => resolve())
  })
  expect((await get('/')).status).toBe(200)
})

test('an unbuilt page is said, not a blank window', async () => {
  const empty = await serve(engine, { port: 0, pageFolder: join(folder, 'nowhere'), token: TOKEN })
  const answer = await fetch(new URL('/', empty.url), { headers: { cookie: `maskwright-${new URL(empty.url).port}=${TOKEN}` } })
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('npm run build')])
  await empty.close()
})

test('a taken port and an address for every network are refused with the way out', async () => {
  await expect(serve(engine, { port: Number(new URL(base).port), pageFolder: folder })).rejects.toThrow(/is taken; choose another/)
  await expect(serve(engine, { port: 0, host: '0.0.0.0', pageFolder: folder })).rejects.toThrow(/name one address/)
})

test('closing ends open sockets and frees the port', async () => {
  const second = await serve(engine, { port: 0, pageFolder: folder })
  const port = Number(new URL(second.url).port)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { origin: `http://127.0.0.1:${port}`, cookie: `maskwright-${port}=${new URL(second.url).searchParams.get('token')}` } })
  await new Promise((resolve) => { socket.once('open', resolve) })
  const code = new Promise((resolve) => { socket.once('close', resolve) })
  await second.close()
  expect(await code).toBe(1001)
  const third = await serve(engine, { port, pageFolder: folder })
  await third.close()
})
