import { Redis } from 'ioredis'
import { EngineError } from '../contract/errors.ts'

/** A connection that goes on trying for ever: Redis may be started again, and what was being done then goes on. */
export interface RedisLink {
  readonly client: Redis
  /** without user and password: for messages */
  readonly display: string
  close(): void
}

const CONNECT_MS = 5000
const RETRY_MS = 200, RETRY_MAX_MS = 3000

function parsed(url: string): URL {
  let address: URL | undefined
  try {
    address = new URL(url)
  } catch {
    // said below
  }
  if (address === undefined || !['redis:', 'rediss:'].includes(address.protocol) || address.hostname === '') {
    throw new EngineError('bad-input', `${JSON.stringify(withoutSecret(url))} is no address of a Redis server; it is written redis://HOST:PORT, or rediss:// with TLS`)
  }
  return address
}

/** A password may hold a slash or an @, though no address with one is valid. */
const withoutSecret = (url: string): string => url.replace(/\/\/.*@/, '//')

/**
 * Connects to a Redis or Valkey server and asks it once whether it answers.
 * @param say  told when the connection is lost and when it is back
 * @throws EngineError 'bad-input' when the address is none; 'unavailable' when nobody answers there, or refuses
 */
export async function connectRedis(url: string, say: (message: string) => void): Promise<RedisLink> {
  parsed(url)
  const display = withoutSecret(url)
  const probe = new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_MS, maxRetriesPerRequest: 0, retryStrategy: () => null })
  let reason: string | undefined
  probe.on('error', (error: NodeJS.ErrnoException) => { reason ??= error.code ?? error.message })
  try {
    await probe.connect()
    await probe.ping()
  } catch (error) {
    const why = reason ?? (error instanceof Error ? error.message : String(error))
    throw new EngineError('unavailable', `${display}: the Redis server does not answer (${why}); start it (redis-server), or correct the address`, { cause: error })
  } finally {
    probe.disconnect()
  }

  const client = new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: true, retryStrategy: (times) => Math.min(RETRY_MAX_MS, RETRY_MS * times) })
  let lost = false
  // each attempt to reconnect fails with an error of its own; the loss is said once
  client.on('error', () => undefined)
  client.on('close', () => {
    if (!lost) say(`${display}: the connection is lost; trying again until it is back`)
    lost = true
  })
  client.on('ready', () => {
    if (lost) say(`${display}: connected again`)
    lost = false
  })
  return {
    client,
    display,
    close() {
      lost = true
      client.disconnect()
    },
  }
}
