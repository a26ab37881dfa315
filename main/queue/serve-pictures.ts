import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { EngineError } from '../contract/errors.ts'
import { sameSecret } from '../host/access.ts'
import { createFloods } from '../host/floods.ts'
import { safePath } from '../images/safe-path.ts'
import type { PicturePlace } from '../prelabel/crew.ts'

export interface PictureServerOptions {
  readonly host: string
  readonly port: number
  readonly token: string
  /** PEM; without it plain HTTP */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** undefined: the run is over, or has no such image */
  place(runId: string, imageId: number): PicturePlace | undefined
  readonly log: (level: 'warn', message: string) => void
}

export interface PictureServer {
  readonly url: string
  readonly close: () => Promise<void>
}

const ROUTE = /^\/runs\/([\w-]{1,200})\/pictures\/([1-9]\d{0,15})$/

/**
 * Gives the project's pictures, as they are, to workers that hold the token; by image id, never by path.
 * @throws EngineError when the address can't be listened on
 */
export async function servePictures(options: PictureServerOptions): Promise<PictureServer> {
  const floods = createFloods()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const say = (status: number, text: string): void => { response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text) }
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined || !sameSecret(given, options.token)) {
      // who has the right token is never kept out, whoever else guesses from the same address
      const from = request.socket.remoteAddress ?? 'somebody'
      if (!(await floods.admits('wrongTokens', from))) return say(429, 'Too many wrong tokens; wait a minute.')
      options.log('warn', `pictures: ${from} was refused: wrong token`)
      return say(403, 'The token is not the coordinator’s.')
    }
    if (request.method !== 'GET') return say(405, 'Only GET.')
    const [, runId, image] = ROUTE.exec(request.url ?? '') ?? []
    const place = runId === undefined ? undefined : options.place(runId, Number(image))
    if (place === undefined) return say(404, 'The run is over, or has no such image.')
    let path: string
    let bytes: number
    try {
      path = await safePath(place.folder, place.path)
      bytes = (await stat(path)).size
    } catch {
      return say(404, `${place.path} is not in its folder; relink the folder or put the file back`)
    }
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    await pipeline(createReadStream(path), response)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      options.log('warn', `pictures: ${error instanceof Error ? error.message : String(error)}`)
      response.destroy()
    })
  }
  const server = options.tls === undefined ? createHttpServer(listener) : createHttpsServer(options.tls, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new EngineError('unavailable', `pictures can’t be served on ${options.host}:${options.port} (${error.code ?? error.message}); choose another address or port`, { cause: error })))
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http${options.tls === undefined ? '' : 's'}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}
