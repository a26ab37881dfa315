import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { MiddlewareHandler } from 'hono'
import { WebSocketServer } from 'ws'
import { EngineError } from '../contract/errors.ts'
import type { Role } from '../contract/role.ts'
import type { Engine } from '../engine/engine.ts'
import { personsName } from '../engine/persons-name.ts'
import { cookieValue, type HeaderOf, hostAllowed, refusal, sameSecret } from './access.ts'
import { createApp } from './app.ts'
import { createFloods } from './floods.ts'
import { MAX_FRAME_BYTES, serveSocket } from './socket.ts'

export interface ServeOptions {
  /** 0: any free one */
  readonly port: number
  /** default 127.0.0.1; another address has to be asked for, one address, never all of them */
  readonly host?: string
  /** where the bundler put the page */
  readonly pageFolder: string
  /** default: 32 random bytes; not for a team, whose people have their own */
  readonly token?: string
  /** a team: whose a token is. Without it whoever has the one token is the person at this machine. */
  readonly who?: (token: string) => { readonly name: string; readonly role: Role } | undefined
  /** PEM; without it plain HTTP */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** host names besides the address that the page may be asked for under */
  readonly names?: readonly string[]
  /** told of everything that was refused, and from where */
  readonly log?: (message: string) => void
}

export interface Host {
  /** the way in; of a team without the token, which is each person's own */
  readonly url: string
  close(): Promise<void>
}

const MAX_SOCKETS = 256
const SOCKETS_OF_ONE = 64

/**
 * Serves one engine to browsers. `GET /?token=…` gives an HttpOnly SameSite=Strict cookie and redirects to `/`; every other
 * route, pictures and the socket included, wants that cookie, this machine's Host and no foreign Origin.
 * Throws EngineError when the port is taken, the address is not one, or the certificate is none.
 */
export async function serve(engine: Engine, options: ServeOptions): Promise<Host> {
  const address = options.host ?? '127.0.0.1'
  const everywhere = () => new EngineError('bad-input', `host '${address}' would serve every network this machine is on; name one address, for example 127.0.0.1`)
  if (address === '') throw everywhere()
  const token = options.token ?? randomBytes(32).toString('base64url')
  const author = personsName()
  const who = options.who ?? ((given: string): { name: string; role?: Role } | undefined => (sameSecret(given, token) ? { name: author } : undefined))
  const log = options.log ?? (() => undefined)
  const floods = options.who === undefined ? undefined : createFloods()
  const scheme = options.tls === undefined ? 'http' : 'https'
  const served = [address, ...(options.names ?? [])]
  // cookies know no ports: two hosts on one machine must not overwrite each other's
  let cookieName = 'maskwright'
  const rules = (needsOrigin: boolean) => ({ served, scheme, cookieName, admits: (given: string) => who(given) !== undefined, needsOrigin }) as const

  const guard: MiddlewareHandler = async (context, next) => {
    const header: HeaderOf = (name) => context.req.header(name)
    const from = floods === undefined ? '' : (getConnInfo(context).remote.address ?? '')
    const refuse = (reason: string, status: 403 | 429 = 403) => {
      log(`${context.req.method} ${new URL(context.req.url).pathname} from ${from === '' ? 'this machine' : from}: ${reason}`)
      return context.text(reason, status, { 'cache-control': 'no-store' })
    }
    if (floods !== undefined && !(await floods.admits('requests', from))) return refuse('Too many requests; wait some seconds.', 429)
    const url = new URL(context.req.url)
    const given = url.searchParams.get('token')
    if (given !== null && url.pathname === '/' && context.req.method === 'GET') {
      if (!hostAllowed(header('host'), served)) return refuse('This address is not served here.')
      if (floods !== undefined && (await floods.isFull('wrongTokens', from))) return refuse('Too many wrong tokens; wait a minute.', 429)
      if (who(given) === undefined) {
        await floods?.admits('wrongTokens', from)
        return refuse(options.who === undefined ? 'This token is not (any more) the right one: open the address that Maskwright printed in the terminal.' : 'This token is nobody’s (any more): ask an owner of the project for another.')
      }
      const secure = scheme === 'https' ? '; Secure' : ''
      return context.body(null, 303, { location: '/', 'cache-control': 'no-store', 'set-cookie': `${cookieName}=${given}; HttpOnly; SameSite=Strict; Path=/${secure}` })
    }
    const reason = refusal(header, rules(false))
    return reason === undefined ? next() : refuse(reason)
  }

  const app = createApp(engine, { pageFolder: options.pageFolder, guard })
  let server: ReturnType<typeof createAdaptorServer>
  try {
    server = createAdaptorServer(options.tls === undefined ? { fetch: app.fetch } : { fetch: app.fetch, createServer: createHttpsServer, serverOptions: options.tls })
  } catch (error) {
    throw new EngineError('bad-file', `the TLS certificate or its key can’t be used (${error instanceof Error ? error.message : String(error)}); both have to be PEM and belong together`, { cause: error })
  }
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const header: HeaderOf = (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    }
    // until it is a WebSocket's, nobody else hears that its other end has gone; unheard, that would end the engine
    socket.on('error', () => { socket.destroy() })
    const from = request.socket.remoteAddress ?? ''
    // destroyed once that is said: an upgraded socket is no longer the server's to close, and would keep it from ending
    const refuse = (status: string, reason: string): void => {
      log(`socket from ${from}: ${reason}`)
      socket.once('finish', () => { socket.destroy() }).end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    const accept = (): void => {
      if (request.url !== '/socket') return refuse('404 Not Found', 'there is no such socket')
      const reason = refusal(header, rules(true))
      if (reason !== undefined) return refuse('403 Forbidden', reason)
      if (sockets.clients.size >= MAX_SOCKETS) return refuse('503 Service Unavailable', 'too many pages are open')
      const given = cookieValue(header('cookie'), cookieName) ?? ''
      const person = who(given)
      if (person === undefined) return refuse('403 Forbidden', 'the token is nobody’s')
      const open = [...sockets.clients].filter((client) => owners.get(client) === person.name).length
      if (floods !== undefined && open >= SOCKETS_OF_ONE) return refuse('503 Service Unavailable', `${person.name} has ${open} pages open`)
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        owners.set(accepted, person.name)
        serveSocket(engine, accepted, {
          author: person.name,
          ...(person.role === undefined ? {} : { role: person.role }),
          log: (message) => log(`socket of ${person.name} from ${from}: ${message}`),
          ...(floods === undefined ? {} : { admits: () => floods.admits('calls', person.name), mayStay: () => who(given)?.role === person.role }),
        })
      })
    }
    if (floods === undefined) accept()
    else void floods.admits('requests', from).then((admitted) => (admitted ? accept() : refuse('429 Too Many Requests', 'too many requests')))
  })
  const owners = new WeakMap<object, string>()

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
    url: `${scheme}://${isIP(address) === 6 ? `[${address}]` : address}:${port}/${options.who === undefined ? `?token=${token}` : ''}`,
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
