import { mkdirSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { decode, encode } from '@msgpack/msgpack'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Host, serve } from '../../../main/host/serve.ts'
import { openUsers } from '../../../main/host/users.ts'
import { testFolder } from '../project/sample-project.ts'
import { fakeEngine } from './fake-engine.ts'

const folder = testFolder()
const page = join(folder, 'page')
const users = openUsers(join(folder, 'users.json'))
const engine = fakeEngine()
const log: string[] = []
let host: Host
let tls: { cert: string; key: string }
let ada = '', ben = ''

beforeAll(async () => {
  mkdirSync(page)
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>')
  ada = users.add('Ada', 'annotator')
  ben = users.add('Ben', 'owner')
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }, { type: 2, value: 'masks.lan' }] }] })
  tls = { cert: made.cert, key: made.private }
  host = await serve(engine, { port: 0, pageFolder: page, who: users.who, tls, names: ['masks.lan'], log: (message) => { log.push(message) } })
})
afterAll(async () => { await host.close() })

const port = (): string => new URL(host.url).port
const cookieOf = (token: string): string => `maskwright-${port()}=${token}`
interface Got { readonly status: number; readonly cookie: string | undefined; readonly body: string }
/** A request over TLS whose certificate is checked against our own. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Got> => new Promise((resolve, reject) => {
  const sent = httpsRequest({ hostname: '127.0.0.1', port: port(), path, method, headers, ca: tls.cert, servername: 'masks.lan' }, (answer) => {
    let text = ''
    answer.on('data', (bytes: Buffer) => { text += bytes.toString() })
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, cookie: answer.headers['set-cookie']?.[0], body: text }))
  })
  sent.on('error', reject)
  sent.end(body)
})
const open = (headers: Record<string, string>): Promise<WebSocket> => new Promise((resolve, reject) => {
  const socket = new WebSocket(`wss://127.0.0.1:${port()}/socket`, { headers, ca: tls.cert })
  socket.once('open', () => resolve(socket))
  socket.once('error', reject)
})
const origin = (): string => `https://127.0.0.1:${port()}`
const closed = (socket: WebSocket): Promise<number> => new Promise((resolve) => { socket.once('close', resolve) })

test('the address has no token in it; each person’s own gives a cookie that only travels over TLS', async () => {
  expect(host.url).toBe(`https://127.0.0.1:${port()}/`)
  const entry = await get(`/?token=${ada}`)
  expect([entry.status, entry.cookie]).toEqual([303, `${cookieOf(ada)}; HttpOnly; SameSite=Strict; Path=/; Secure`])
  expect((await get('/', { cookie: cookieOf(ada) })).status).toBe(200)
  expect((await get('/', { cookie: cookieOf(ada), host: `masks.lan:${port()}` })).status).toBe(200)
})

test('calls carry the name and the role of whose token it is', async () => {
  for (const [token, author, role] of [[ada, 'Ada', 'annotator'], [ben, 'Ben', 'owner']]) {
    const socket = await open({ cookie: cookieOf(token), origin: origin() })
    const answered = new Promise<unknown>((resolve) => { socket.once('message', (data) => resolve(decode(new Uint8Array(data as Buffer)))) })
    socket.send(encode({ id: 1, name: 'who', input: {} }))
    expect(await answered).toMatchObject({ id: 1, answer: { ok: true } })
    expect(engine.callers.at(-1)).toMatchObject({ author, role })
    socket.close()
  }
})

test.each([
  ['without a token', () => ({ origin: origin() }), '/'],
  ['with a wrong token', () => ({ cookie: cookieOf('guess') }), '/'],
  ['from a foreign Origin', () => ({ cookie: cookieOf(ada), origin: 'https://evil.example' }), '/pictures/7/0/thumb'],
  ['from the same Origin without TLS', () => ({ cookie: cookieOf(ada), origin: origin().replace('https', 'http') }), '/pictures/7/0/thumb'],
  ['under a foreign Host', () => ({ cookie: cookieOf(ada), host: 'evil.example' }), '/'],
  ['by another site', () => ({ cookie: cookieOf(ada), 'sec-fetch-site': 'cross-site' }), '/'],
] as [string, () => Record<string, string>, string][])('a request %s is refused and logged', async (_what, headers, path) => {
  const before = log.length
  expect((await get(path, headers())).status).toBe(403)
  expect(log.slice(before)).toEqual([expect.stringMatching(/^GET \/\S* from (::ffff:)?127\.0\.0\.1: ./)])
  await expect(open(headers().origin === undefined ? { ...headers(), origin: 'https://other.example' } : headers())).rejects.toThrow('403')
})

test.each(['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '/assets/..\\..\\secret', '/pictures/../../users.json', '/pictures/7/0/mip/0/../../../../users.json', '/users.json', '/%00'])('the path %s leads nowhere', async (path) => {
  const { status, body } = await get(path, { cookie: cookieOf(ada) })
  expect([400, 404]).toContain(status)
  expect(body).not.toContain('tokenSha256')
})

test('bodies are refused, however large; a frame above the limit ends its socket', async () => {
  expect((await get('/', { cookie: cookieOf(ada) }, 'POST', 'x'.repeat(1_000_000))).status).toBe(405)
  const socket = await open({ cookie: cookieOf(ada), origin: origin() })
  socket.on('error', () => undefined)
  const code = closed(socket)
  socket.send(new Uint8Array(64 * 2 ** 20 + 1))
  expect(await code).toBe(1009)
  await vi.waitFor(() => expect(log.at(-1)).toMatch(/^socket of Ada from .*Max payload size exceeded/), { timeout: 10_000 })
})

test('who is removed, or gets another role, is out at the next call', async () => {
  const token = users.add('Cleo', 'annotator')
  const socket = await open({ cookie: cookieOf(token), origin: origin() })
  const code = closed(socket)
  users.remove('Cleo')
  socket.send(encode({ id: 1, name: 'who', input: {} }))
  expect(await code).toBe(1008)
  expect((await get('/', { cookie: cookieOf(token) })).status).toBe(403)
})

test('who is removed is told nothing more, even when they ask nothing', async () => {
  const token = users.add('Dora', 'annotator')
  const socket = await open({ cookie: cookieOf(token), origin: origin() })
  const code = closed(socket)
  const heard: unknown[] = []
  socket.on('message', (data) => { heard.push(decode(new Uint8Array(data as Buffer))) })
  users.remove('Dora')
  engine.say({ name: 'notice', data: { level: 'info', message: 'for the team' } })
  expect(await code).toBe(1008)
  expect(heard).toEqual([])
})

test('a flood of calls is answered with refusals, what is admitted in order, and others go on', async () => {
  const [flooding, other] = [await open({ cookie: cookieOf(ada), origin: origin() }), await open({ cookie: cookieOf(ben), origin: origin() })]
  const count = 1500
  const answers: { id: number; answer: { ok: boolean; code?: string } }[] = []
  const all = new Promise<void>((resolve) => {
    flooding.on('message', (data) => {
      answers.push(decode(new Uint8Array(data as Buffer)) as never)
      if (answers.length === count) resolve()
    })
  })
  for (let id = 1; id <= count; id++) flooding.send(encode({ id, name: 'x', input: {} }))
  const answered = new Promise<unknown>((resolve) => { other.once('message', (data) => resolve(decode(new Uint8Array(data as Buffer)))) })
  other.send(encode({ id: 1, name: 'x', input: {} }))
  expect(await answered).toMatchObject({ answer: { ok: true } })
  await all
  expect(new Set(answers.map(({ id }) => id)).size).toBe(count)
  const admitted = answers.flatMap(({ id, answer }) => (answer.ok ? [id] : []))
  expect(admitted).toEqual(admitted.toSorted((a, b) => a - b))
  expect(answers.filter(({ answer }) => !answer.ok).length).toBeGreaterThan(0)
  expect(answers.find(({ answer }) => !answer.ok)?.answer.code).toBe('busy')
  expect(log.some((line) => /^socket of Ada from .*too many calls/.test(line))).toBe(true)
  flooding.close()
  other.close()
})

test('who guesses tokens is kept out for a while', async () => {
  const quiet = await serve(engine, { port: 0, pageFolder: page, who: users.who, log: () => undefined })
  try {
    const statuses: number[] = []
    for (let n = 0; n < 25; n++) statuses.push((await fetch(`${quiet.url}?token=guess-${n}`, { redirect: 'manual' })).status)
    expect([statuses[0], statuses.at(-1)]).toEqual([403, 429])
    expect((await fetch(`${quiet.url}?token=${ada}`, { redirect: 'manual' })).status).toBe(429)
  } finally {
    await quiet.close()
  }
})

test('a certificate that is none is said', async () => {
  await expect(serve(engine, { port: 0, pageFolder: page, who: users.who, tls: { cert: 'no', key: 'no' } })).rejects.toThrow(/the TLS certificate or its key can’t be used .* both have to be PEM/)
})
