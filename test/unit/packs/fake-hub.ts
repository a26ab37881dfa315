import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** What the hub does wrong; files are named as in the repository. */
export interface Misbehaviour {
  /** status for every answer about this file (or 'listing') */
  status?: Record<string, number>
  /** the connection is cut after so many bytes of an answer, at most `times` times */
  cutAfter?: { readonly file: string; readonly bytes: number; times: number }
  /** pieces of so many bytes, one every `everyMs` */
  throttle?: { readonly bytes: number; readonly everyMs: number }
  /** says in the header (or listing) that a file has so many bytes more */
  liesInAnswer?: { readonly file: string; readonly by: number }
  liesInListing?: { readonly file: string; readonly by: number }
  /** flips the byte at this place of a file */
  wrongByte?: { readonly file: string; readonly at: number }
  /** sends every file from its beginning whatever is asked */
  ignoresRanges?: boolean
  /** answers nothing after so many bytes */
  silentAfter?: { readonly file: string; readonly bytes: number }
  listing?: string
}

/** The hub's listing (paths-info) and files (resolve, with ranges) of repositories in a folder, on 127.0.0.1. */
export class FakeHub {
  readonly misbehaviour: Misbehaviour = {}
  /** 'METHOD path range' of every request */
  readonly requests: string[] = []
  readonly #folder: string
  #server: Server | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  async start(): Promise<string> {
    const server = createServer((request, response) => { this.#answer(request, response).catch(() => response.destroy()) })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://hub').pathname)
    this.requests.push(`${request.method} ${path} ${request.headers.range ?? ''}`.trim())
    const listing = /^\/api\/models\/([^/]+\/[^/]+)\/paths-info\/main$/.exec(path)
    if (listing !== null) return this.#list(listing[1], request, response)
    const file = /^\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(path)
    if (file === null) return void response.writeHead(404).end()
    return this.#send(file[1], file[2], request, response)
  }

  async #list(repo: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const status = this.misbehaviour.status?.['listing']
    if (status !== undefined) return void response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"error":"no"}')
    if (this.misbehaviour.listing !== undefined) return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(this.misbehaviour.listing)
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const { paths } = JSON.parse(text) as { paths: string[] }
    const entries = paths.flatMap((path) => {
      const whole = join(this.#folder, repo, path)
      if (statSync(whole, { throwIfNoEntry: false })?.isFile() !== true) return []
      const bytes = readFileSync(whole)
      const lie = this.misbehaviour.liesInListing
      const size = bytes.length + (lie?.file === path ? lie.by : 0)
      const git = createHash('sha1').update(`blob ${size}\0`).update(bytes).digest('hex')
      return [path.endsWith('.safetensors')
        ? { type: 'file', path, size, oid: 'a'.repeat(40), lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size, pointerSize: 134 } }
        : { type: 'file', path, size, oid: git }]
    })
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(entries))
  }

  async #send(repo: string, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, cutAfter, throttle, liesInAnswer, wrongByte, ignoresRanges, silentAfter } = this.misbehaviour
    const refused = status?.[path]
    if (refused !== undefined) return void response.writeHead(refused).end('no')
    const whole = Buffer.from(readFileSync(join(this.#folder, repo, path)))
    if (wrongByte?.file === path) whole[wrongByte.at] ^= 0xff
    const asked = ignoresRanges === true ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    const from = asked === null ? 0 : Number(asked[1])
    const total = whole.length + (liesInAnswer?.file === path ? liesInAnswer.by : 0)
    response.writeHead(asked === null ? 200 : 206, { 'Content-Length': total - from, ...(asked === null ? {} : { 'Content-Range': `bytes ${from}-${total - 1}/${total}` }) })
    const cut = cutAfter?.file === path && cutAfter.times > 0 ? cutAfter : undefined
    const end = Math.min(whole.length, cut === undefined ? Infinity : from + cut.bytes, silentAfter?.file === path ? silentAfter.bytes : Infinity)
    const step = throttle?.bytes ?? 1 << 16
    for (let at = from; at < end && !response.destroyed; at += step) {
      await new Promise((resolve) => response.write(whole.subarray(at, Math.min(end, at + step)), resolve))
      if (throttle !== undefined) await new Promise((resolve) => setTimeout(resolve, throttle.everyMs))
    }
    if (silentAfter?.file === path) return
    if (cut !== undefined) {
      cut.times--
      response.destroy()
    } else response.end()
  }
}
