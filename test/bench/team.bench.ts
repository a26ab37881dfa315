import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { decode, encode } from '@msgpack/msgpack'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import type { Answer } from '../../main/contract/client.ts'
import type { HostFrame } from '../../main/contract/frames.ts'
import type { OutputOf } from '../../main/contract/procedures.ts'
import type { Annotation } from '../../main/contract/records.ts'
import { openUsers } from '../../main/host/users.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import { atMost, type BenchResult, quantile } from './figures.ts'

const PEOPLE = 50
const SECONDS = 60
/** an annotator ends a stroke about this often */
const PAUSE_MS = 1000
const STROKE_BYTES = 2000
/** as renderer/views/state/image-list.ts while one change follows the other */
const REFRESH_MS = 1000
/** msgpack's first byte of a map with one entry */
const ONE_ENTRY = 0x81

/** One annotator's connection: calls by name. When the others have changed something it asks for the rows in view again, as the page does. */
async function connect(base: string, token: string) {
  const { host, port } = new URL(base)
  const socket = new WebSocket(`ws://${host}/socket`, { headers: { origin: new URL(base).origin, cookie: `maskwright-${port}=${token}` } })
  await new Promise((resolve, reject) => { socket.once('open', resolve).once('error', reject) })
  const waiting = new Map<number, (answer: Answer) => void>()
  let lastId = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  socket.on('message', (data) => {
    const bytes = new Uint8Array(data as Buffer)
    // a map of one entry is an event; fifty pages' worth of them would only measure this process's decoding
    if (bytes[0] === ONE_ENTRY) {
      timer ??= setTimeout(() => {
        timer = undefined
        void me.call('images.page', { filter: {}, offset: 0, limit: PEOPLE }).catch(() => undefined)
      }, REFRESH_MS)
      return
    }
    const frame = decode(bytes) as HostFrame
    if ('id' in frame) waiting.get(frame.id)?.(frame.answer)
  })
  const me = {
    async call<T>(name: string, input: unknown): Promise<T> {
      const id = ++lastId
      const answer = await new Promise<Answer>((resolve) => {
        waiting.set(id, resolve)
        socket.send(encode({ id, name, input }))
      })
      waiting.delete(id)
      if (!answer.ok) throw new Error(`${name}: ${answer.message}`)
      return answer.value as T
    },
    close() {
      clearTimeout(timer)
      socket.close()
    },
  }
  return me
}

/** Processor time a process has used, ms; null where the system has no /proc. */
function processorMs(pid: number | undefined): number | null {
  if (process.platform !== 'linux' || pid === undefined) return null
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  // user and system time, in hundredths of a second
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Fifty annotators, each with a token of their own and an image of their own, draw for a minute through `serve --team`. */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-team-'))
  try {
    const pictures = join(folder, 'pictures')
    mkdirSync(pictures)
    const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#556677' } }).jpeg().toBuffer()
    for (let index = 0; index < PEOPLE; index++) writeFileSync(join(pictures, `${String(index).padStart(2, '0')}.jpg`), picture)
    const users = openUsers(join(folder, 'data', 'users.json'))
    const tokens = Array.from({ length: PEOPLE }, (_, index) => users.add(`Annotator ${index}`, 'annotator'))
    const path = join(folder, 'team.maskwright')
    const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../../main/cli/maskwright.ts'), 'serve', '--team', '--no-open', '--port', '0', '--project', path, '--images', pictures],
      { env: { ...process.env, MASKWRIGHT_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => { server.once('exit', resolve) })
    let said = ''
    const base = await new Promise<string>((resolve, reject) => {
      server.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString()
        const found = /(http:\S+)\?token=/.exec(said)
        if (found !== null) resolve(found[1])
      })
      void ended.then(() => reject(new Error(`serve ended: ${said}`)))
    })

    const people = await Promise.all(tokens.map((token) => connect(base, token)))
    const { rows } = await people[0].call<OutputOf<'images.page'>>('images.page', { filter: {}, offset: 0, limit: PEOPLE })
    const took: number[] = []
    const stored: Annotation[] = []
    let refused = 0
    const until = performance.now() + SECONDS * 1000
    await Promise.all(people.map(async (person, index) => {
      const { id: imageId } = rows[index]
      await person.call('team.here', { imageId })
      await person.call('image.open', { imageId })
      let { from } = await person.call<OutputOf<'ids.reserve'>>('ids.reserve', { count: 1000 })
      // not all at the same moment
      await wait((index * PAUSE_MS) / PEOPLE)
      for (let stroke = 0; performance.now() < until; stroke++) {
        const runs = new Uint8Array(STROKE_BYTES).fill(1)
        const added: Annotation = {
          kind: 'annotation', id: from++, version: 1, imageId, classId: null, state: 'drawn', mask: { x: 10, y: 10, width: 50, height: 40, runs }, areaPx2: 1000, score: null, z: stroke, crowd: false, locked: false,
          boxOnly: null, importedId: null, provenance: { source: 'person', by: `Annotator ${index}` }, carried: null,
        }
        const begun = performance.now()
        try {
          await person.call('diff.apply', { diff: { added: [added], updated: [], removed: [] }, imageId, label: 'brush' })
          took.push(performance.now() - begun)
          stored.push(added)
        } catch {
          refused++
        }
        await wait(Math.max(0, PAUSE_MS - (performance.now() - begun)))
      }
    }))
    for (const person of people) person.close()
    const cpuMs = processorMs(server.pid)
    server.kill('SIGTERM')
    await ended

    const file = openProjectFile(path)
    const there = rows.flatMap(({ id }) => file.annotations.ofImage(id))
    const lines = [...file.audit.lines()].filter(({ what }) => what === 'brush').length
    file.close()
    const ids = new Set(there.map(({ id }) => id))
    const lost = stored.filter(({ id }) => !ids.has(id)).length
    return {
      figures: {
        [`${PEOPLE} annotators for ${SECONDS} s: a diff saved, p95`]: atMost(quantile(took, 0.95), 50, 'ms'),
        'the server’s processor time for a diff, what the fifty pages ask then included': cpuMs === null ? { value: null, unit: 'ms', target: '≤ 20 ms', holds: null } : atMost(cpuMs / took.length, 20, 'ms'),
        'diffs saved': { value: took.length, unit: '', target: 'about 3000', holds: took.length >= (PEOPLE * SECONDS * 1000) / PAUSE_MS / 2 },
        'diffs lost': atMost(lost, 0, ''),
        'diffs applied twice, or not answered': atMost(there.length - stored.length + lines - stored.length, 0, ''),
        'diffs refused': atMost(refused, 0, ''),
      },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
