import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { createPictureFetcher } from '../../../main/queue/fetch-picture.ts'
import { PicturesAway } from '../../../main/queue/pictures-away.ts'
import { servePictures } from '../../../main/queue/serve-pictures.ts'
import { testFolder } from '../project/sample-project.ts'

const home = testFolder()
const shared = join(home, 'shared')
mkdirSync(join(shared, 'train'), { recursive: true })
writeFileSync(join(shared, 'train', 'a.jpg'), 'the picture')
writeFileSync(join(home, 'secret'), 'a secret')
symlinkSync(join(home, 'secret'), join(shared, 'out.jpg'))

const closing: (() => Promise<unknown> | void)[] = []
afterAll(async () => { for (const close of closing) await close() })
const TOKEN = 'right-token'
const refusals: string[] = []
async function coordinator() {
  const server = await servePictures({
    host: '127.0.0.1', port: 0, token: TOKEN, log: (_level, message) => { refusals.push(message) },
    place: (run, imageId) => (run === 'run-1' ? { 1: { folder: shared, path: 'train/a.jpg' }, 2: { folder: shared, path: '../secret' }, 3: { folder: shared, path: 'out.jpg' }, 4: { folder: shared, path: 'gone.jpg' } }[imageId] : undefined),
  })
  closing.push(server.close)
  return server.url
}

test('a folder of the coordinator is found where it is on this machine, by the longest mapping that fits', async () => {
  const pictures = createPictureFetcher([{ from: '/data', to: '/wrong' }, { from: '/data/photos', to: shared }], undefined)
  const { path, release } = await pictures.fetch(1, 'run-1', { folder: '/data/photos', path: 'train/a.jpg' })
  expect(readFileSync(path, 'utf8')).toBe('the picture')
  await release()
  expect(readFileSync(path, 'utf8')).toBe('the picture')
  const inner = await pictures.fetch(1, 'run-1', { folder: '/data/photos/train', path: 'a.jpg' })
  expect(inner.path).toBe(path)
})

test('a mapped folder gives nothing that lies outside it', async () => {
  const pictures = createPictureFetcher([{ from: '/data', to: shared }], undefined)
  for (const path of ['../secret', '/etc/hostname', 'out.jpg', 'train/../../secret', '']) {
    await expect(pictures.fetch(1, 'run-1', { folder: '/data', path })).rejects.toMatchObject({ code: 'not-allowed' })
  }
  await expect(pictures.fetch(1, 'run-1', { folder: '/data', path: 'none.jpg' })).rejects.toMatchObject({ code: 'not-found' })
})

test('a folder that was never here is the command line’s fault; one that is gone for a while is waited for', async () => {
  const pictures = createPictureFetcher([], undefined)
  const failure: unknown = await pictures.fetch(1, 'run-1', { folder: '/nowhere', path: 'a.jpg' }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(PicturesAway)
  expect(failure).toMatchObject({ never: true, message: expect.stringContaining('--map /nowhere=WHERE') as string })
})

test('the coordinator gives a picture to who has the token, and it is removed after use', async () => {
  const pictures = createPictureFetcher([], { url: await coordinator(), token: TOKEN })
  const { path, release } = await pictures.fetch(1, 'run-1', { folder: shared, path: 'train/a.jpg' })
  expect(path).toMatch(/\.jpg$/)
  expect(readFileSync(path, 'utf8')).toBe('the picture')
  await release()
  expect(() => readFileSync(path)).toThrow(/ENOENT/)
})

test('the coordinator refuses a wrong token and gives no file outside the project’s folders, and says which', async () => {
  const url = await coordinator()
  const wrong: unknown = await createPictureFetcher([], { url, token: 'wrong' }).fetch(1, 'run-1', { folder: shared, path: 'a' }).catch((error: unknown) => error)
  expect(wrong).toMatchObject({ never: true, message: expect.stringContaining('refuses the token') as string })
  expect(refusals.at(-1)).toMatch(/127\.0\.0\.1 was refused: wrong token/)
  const right = createPictureFetcher([], { url, token: TOKEN })
  for (const imageId of [2, 3, 4, 5]) await expect(right.fetch(imageId, 'run-1', { folder: shared, path: 'a' })).rejects.toMatchObject({ code: 'not-found' })
  await expect(right.fetch(1, 'run-2', { folder: shared, path: 'a' })).rejects.toMatchObject({ code: 'not-found' })
  const authorization = `Bearer ${TOKEN}`
  for (const path of ['runs/run-1/pictures/1/../../../../etc/passwd', 'runs/run-1/pictures/%2e%2e', 'runs/run-1/pictures/1e3', '', 'runs/run-1/pictures/99999999999999999999']) {
    expect((await fetch(url + path, { headers: { authorization } })).status).toBe(404)
  }
  expect((await fetch(`${url}runs/run-1/pictures/1`, { method: 'POST', headers: { authorization } })).status).toBe(405)
})

test('who guesses tokens is told to wait and fills no log; a worker at the same address goes on', async () => {
  const url = await coordinator()
  const before = refusals.length
  const statuses: number[] = []
  for (let n = 0; n < 30; n++) statuses.push((await fetch(`${url}runs/run-1/pictures/1`, { headers: { authorization: `Bearer guess-${n}` } })).status)
  expect([statuses[0], statuses.at(-1)]).toEqual([403, 429])
  expect(refusals.length - before).toBe(20)
  const { path, release } = await createPictureFetcher([], { url, token: TOKEN }).fetch(1, 'run-1', { folder: shared, path: 'train/a.jpg' })
  expect(readFileSync(path, 'utf8')).toBe('the picture')
  await release()
})

test('what is sent to the coordinator is not read, however large', async () => {
  const url = await coordinator()
  const authorization = `Bearer ${TOKEN}`
  expect((await fetch(`${url}runs/run-1/pictures/1`, { method: 'POST', headers: { authorization }, body: new Uint8Array(20 * 2 ** 20) })).status).toBe(405)
  expect((await fetch(`${url}runs/run-1/pictures/1`, { headers: { authorization } })).status).toBe(200)
})

test('a coordinator that is away is waited for: it costs an image no try', async () => {
  const server = await servePictures({ host: '127.0.0.1', port: 0, token: TOKEN, log: () => undefined, place: () => undefined })
  await server.close()
  const failure: unknown = await createPictureFetcher([], { url: server.url, token: TOKEN }).fetch(1, 'run-1', { folder: shared, path: 'a.jpg' }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'PicturesAway', never: false, message: expect.stringContaining('ECONNREFUSED') as string })
})

test('pictures come from S3-compatible storage, signed, by bucket, prefix and path', async () => {
  const asked: IncomingMessage[] = []
  const store = createServer((request, response) => {
    asked.push(request)
    if (request.url?.startsWith('/photos/set-1/train/a%20b.jpg') === true) response.end('from the bucket')
    else response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code><Message>no</Message></Error>')
  })
  await new Promise<void>((resolve) => { store.listen(0, '127.0.0.1', resolve) })
  closing.push(() => { store.close() })
  for (const [name, value] of Object.entries({ AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(store.address() as AddressInfo).port}`, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' })) vi.stubEnv(name, value)
  const pictures = createPictureFetcher([{ from: '/data', to: 's3://photos/set-1' }], undefined)
  closing.push(pictures.close)
  try {
    const { path, release } = await pictures.fetch(1, 'run-1', { folder: '/data', path: 'train/a b.jpg' })
    expect(readFileSync(path, 'utf8')).toBe('from the bucket')
    await release()
    expect(asked[0].headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=key\//)
    await expect(pictures.fetch(2, 'run-1', { folder: '/data', path: 'none.jpg' })).rejects.toMatchObject({ code: 'not-found', message: 's3://photos/set-1/none.jpg is not in the bucket' })
  } finally {
    vi.unstubAllEnvs()
  }
})
