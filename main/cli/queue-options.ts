import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import { EngineError } from '../contract/errors.ts'
import type { Crew } from '../prelabel/crew.ts'

/** What coordinators (`prelabel`, `serve`) are told about their queue. */
export interface QueueArguments {
  readonly queue?: string
  readonly servePictures?: { readonly host: string; readonly port: number }
  readonly tlsCert?: string
  readonly tlsKey?: string
}

/** An environment variable, as a token on a command line would be there for everybody on the machine to read. */
export const PICTURES_TOKEN = 'MASKWRIGHT_PICTURES_TOKEN'

function parsePlace(text: string): { host: string; port: number } {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65535) throw new InvalidArgumentError('it is written PORT or HOST:PORT.')
  const name = host?.replace(/^\[(.*)\]$/, '$1') ?? '127.0.0.1'
  if (host !== undefined && isIP(name) === 0 && name !== 'localhost') throw new InvalidArgumentError('HOST is an address of this machine, for example 10.0.0.5.')
  return { host: name, port: Number(port) }
}

export const withQueueOptions = (command: Command): Command => command
  .option('--queue <url>', 'a Redis server: other machines make the proposals (maskwright worker)')
  .option('--serve-pictures <[host:]port>', `give workers the pictures over HTTP, over HTTPS with --tls-cert; they need the token, which is $${PICTURES_TOKEN} or is printed`, parsePlace)

/** The certificate of --tls-cert and --tls-key, undefined without them. Throws EngineError when one is missing or can't be read. */
export function readTls({ tlsCert, tlsKey }: { readonly tlsCert?: string | undefined; readonly tlsKey?: string | undefined }): { cert: string; key: string } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) throw new EngineError('bad-input', '--tls-cert and --tls-key belong together: the certificate and its private key, as PEM files')
  const read = (option: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      throw new EngineError('not-found', `${option} ${path}: it can’t be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause: error })
    }
  }
  return { cert: read('--tls-cert', tlsCert), key: read('--tls-key', tlsKey) }
}

export interface QueueLink {
  readonly crew: Crew
  close(): Promise<void>
}

/** Connects to the queue and serves pictures when that was asked for. Throws EngineError when either is not possible. */
export async function openQueue(given: QueueArguments & { readonly queue: string }): Promise<QueueLink> {
  const tls = readTls(given)
  const say = (message: string): void => { process.stderr.write(`${message}\n`) }
  const [{ connectRedis }, { createRedisCrew }, { servePictures }] = await Promise.all([import('../queue/redis.ts'), import('../queue/redis-crew.ts'), import('../queue/serve-pictures.ts')])
  const link = await connectRedis(given.queue, say)
  const log = (_level: string, message: string): void => say(message)
  const crew = createRedisCrew(link, log)
  try {
    const set = process.env[PICTURES_TOKEN]
    const token = set === undefined || set === '' ? randomBytes(32).toString('base64url') : set
    const pictures = given.servePictures === undefined ? undefined
      : await servePictures({ ...given.servePictures, token, ...(tls === undefined ? {} : { tls }), place: (run, image) => crew.place(run, image), log })
    if (pictures !== undefined) say(`pictures: workers take them with ${token === set ? '' : `${PICTURES_TOKEN}=${token} `}maskwright worker --pictures ${pictures.url}`)
    return {
      crew,
      async close() {
        await pictures?.close()
        link.close()
      },
    }
  } catch (error) {
    link.close()
    throw error
  }
}
