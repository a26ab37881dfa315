import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { WebSocketServer } from 'ws'
import { EngineError } from '../contract/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { personsName } from '../engine/persons-name.ts'
import { type HeaderOf, hostAllowed, refusal, sameSecret } from './access.ts'
import { createApp } from './app.ts'
import { MAX_FRAME_BYTES, serveSocket } from './socket.ts'

export interface ServeOptions {
  /** 0: any free one */
  readonly port: number
  /** default 127.0.0.1; another address has to be asked for, one address, never all of them */
  readonly host?: string
  /** where the bundler put the page */
  readonly pageFolder: string
  /** default: 32 random bytes */
  readonly token?: string
}

export interface Host {
  /** with the token: the way in */
  readonly url: string
  close(): Promise<void>
}

const MAX_SOCKETS = 64

/**
 * Serves one engine to browsers of this machine. `GET /?token=…` gives an HttpOnly SameSite=Strict cookie and redirects to
 * `/`; every other route, pictures and the socket included, wants that cookie, this machine's Host and no foreign Origin.
 * Throws EngineError when the port is taken or the address is not one.
 */
export async function serve(engine: Engine, options: ServeOptions): Promise<Host> {
  const address = options.host ?? '127.0.0.1'
  const everywhere = () => new EngineError('bad-input', `host '${address}' would serve every network this machine is on; name one address, for example 127.0.0.1`)
  if (address === '') throw everywhere()
  const token = options.token ?? randomBytes(32).toString('base64url')
  // cookies know no ports: two hosts on one machine must not overwrite each other's
  let cookieName = 'maskwright'
  const rules = (needsOrigin: boolean) => ({ served: address, cookieName, token, needsOrigin })

  const guard: MiddlewareHandler = async (context, next) => {
    const header: HeaderOf = (name) => context.req.header(name)
    const url = new URL(context.req.url)
    const given = url.searchParams.get('token')
    if (given !== null && url.pathname === '/' && context.req.method === 'GET') {
      if (!hostAllowed(header('host'), address)) return context.text('This address is not served here.', 403)
      if (!sameSecret(given, token)) return context.text('This token is not (any more) the right one: open the address that Maskwright printed in the terminal.', 403)
      return context.body(null, 303, { location: '/', 'cache-control': 'no-store', 'set-cookie': `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/` })
    }
    const reason = refusal(header, rules(false))
    return reason === undefined ? next() : context.text(reason, 403, { 'cache-control': 'no-store' })
  }

  const server = createAdaptorServer({ fetch: createApp(engine, { pageFolder: options.pageFolder, guard }).fetch })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false })
  const author = personsName()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const header: HeaderOf = (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    }
    // until it is a WebSocket's, nobody else hears that its other end has gone; unheard, that would end the engine
    socket.on('error', () => { socket.destroy() })
    // destroyed once that is said: an upgraded socket is no longer the server's to close, and would keep it from ending
    const refuse = (status: string) => socket.once('finish', () => { socket.destroy() }).end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    if (request.url !== '/socket') refuse('404 Not Found')
    else if (refusal(header, rules(true)) !== undefined) refuse('403 Forbidden')
    else if (sockets.clients.size >= MAX_SOCKETS) refuse('503 Service Unavailable')
    else sockets.handleUpgrade(request, socket, head, (accepted) => serveSocket(engine, accepted, author))
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new EngineError('unavailable', `port ${options.port} on ${address} is taken; choose another one, or 0 for any free one`))
      else if (error.code === 'EACCES') reject(new EngineError('no-permission', `port ${options.port} needs more rights; choose one above 1023, or 0 for any free one`))
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') reject(new EngineError('bad-input', `host '${address}' is not an address of this machine`))
      else reject(error)
    })
    server.listen(options.port, address, resolve)
  })
  const { port, address: bound } = server.address() as AddressInfo
  // asked of the system, since there are many ways to write it: 0, ::0, 0x0, …
  if (bound === '0.0.0.0' || bound === '::') {
    server.close()
    throw everywhere()
  }
  cookieName = `maskwright-${port}`

  return {
    url: `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}/?token=${token}`,
    close: async () => {
      for (const client of sockets.clients) client.close(1001, 'the engine ends')
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        // pages keep connections open; waiting for them would be waiting for the person
        setTimeout(() => {
          for (const client of sockets.clients) client.terminate()
          if ('closeAllConnections' in server) server.closeAllConnections()
        }, 100).unref()
      })
      sockets.close()
    },
  }
}
