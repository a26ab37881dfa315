import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { EngineError } from '../contract/errors.ts'
import { diskFailure } from './disk-failure.ts'
import { FileHash, hashInto } from './file-hash.ts'
import { statusFailure, unreachable, type RemoteFile } from './hub.ts'

/** What a download has so far; it gets its name when its hash is right. */
export const PART_ENDING = '.part'

export interface Patience {
  /** tries in a row that bring not one byte */
  readonly tries: number
  /** before the second try; doubled each time */
  readonly waitMs: number
  /** without a byte, after which a connection counts as dead */
  readonly stallMs: number
}
export const PATIENCE: Patience = { tries: 5, waitMs: 1000, stallMs: 60_000 }

export interface DownloadOptions {
  readonly signal: AbortSignal
  readonly patience?: Patience | undefined
  /** bytes that are newly here, those of an earlier run included; negative when some have to come again */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

/**
 * Downloads a file to `target`, going on from what an earlier run left beside it, and checks its hash. What broke off stays
 * as `.part`; a file that is wrong is deleted.
 * @throws EngineError 'unavailable' | 'not-found' | 'not-allowed' for the hub, 'bad-file' for a wrong length or hash, 'disk-full'; the signal's reason
 */
export async function downloadFile(remote: RemoteFile, target: string, { signal, patience = PATIENCE, onBytes = () => undefined }: DownloadOptions): Promise<void> {
  const part = target + PART_ENDING
  await mkdir(dirname(target), { recursive: true })
  let at = await stat(part).then(({ size }) => size, () => 0)
  if (at > remote.bytes) {
    await rm(part)
    at = 0
  }
  let hash = new FileHash(remote.bytes)
  if (at > 0) await hashInto(hash, part, { signal })
  onBytes(at)
  const file = await open(part, at > 0 ? 'r+' : 'w')
  try {
    let failures = 0
    while (at < remote.bytes) {
      const before = at
      try {
        const { restart, body } = await request(remote, at, signal, patience.stallMs)
        if (restart) {
          onBytes(-at)
          at = 0
          hash = new FileHash(remote.bytes)
          await file.truncate(0)
        }
        for await (const chunk of body) {
          if (at + chunk.length > remote.bytes) throw wrongLength(remote, `sends more than the ${remote.bytes} bytes of its listing`)
          await writeAt(file, chunk, at, target)
          hash.update(chunk)
          at += chunk.length
          onBytes(chunk.length)
        }
        if (at < remote.bytes) throw new Broken(`the connection ended at byte ${at} of ${remote.bytes}`)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof EngineError && error.code !== 'unavailable') throw error
        failures = at > before ? 1 : failures + 1
        if (failures >= patience.tries) throw brokenOff(remote, at, error)
        await wait(patience.waitMs * 2 ** (failures - 1), undefined, { signal })
      }
    }
    await file.sync()
  } catch (error) {
    if (error instanceof EngineError && error.code === 'bad-file') await rm(part, { force: true })
    throw error
  } finally {
    await file.close()
  }
  const found = hash.digest()
  const right = remote.sha256 !== null ? found.sha256 === remote.sha256 : found.gitSha1 === remote.gitSha1
  if (!right) {
    await rm(part, { force: true })
    throw new EngineError('bad-file', `${remote.path} came damaged: its ${remote.sha256 !== null ? `SHA-256 is ${found.sha256}, the hub lists ${remote.sha256}` : `git hash is ${found.gitSha1}, the hub lists ${remote.gitSha1}`}. It was deleted; try again, or another mirror (HF_ENDPOINT)`)
  }
  await rename(part, target)
}

class Broken extends Error {}

interface Answer {
  /** the server sends the file from its beginning, though not that was asked */
  readonly restart: boolean
  readonly body: AsyncIterable<Uint8Array>
}

async function request(remote: RemoteFile, at: number, signal: AbortSignal, stallMs: number): Promise<Answer> {
  const stalled = new AbortController()
  const watch = setTimeout(() => stalled.abort(new Broken(`no byte came for ${stallMs / 1000} s`)), stallMs)
  try {
    // as it lies on the hub: packed on the way, neither length nor place in it would be right
    const response = await fetch(remote.url, { headers: { 'Accept-Encoding': 'identity', ...(at > 0 ? { Range: `bytes=${at}-` } : {}) }, signal: AbortSignal.any([signal, stalled.signal]) })
    if (response.status === 416 && at > 0) {
      await response.body?.cancel()
      throw wrongLength(remote, `has nothing at byte ${at}, its listing says ${remote.bytes} bytes`)
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel()
      throw statusFailure(response.status, remote.path)
    }
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('Content-Range') ?? '')
    const partial = response.status === 206
    const total = partial ? Number(range?.[2] ?? Number.NaN) : lengthOf(response)
    if (!Number.isNaN(total) && total !== remote.bytes) {
      await response.body.cancel()
      throw wrongLength(remote, `has ${total} bytes, its listing says ${remote.bytes}`)
    }
    if (partial && Number(range?.[1]) !== at) throw new Broken(`asked from byte ${at}, it answered from ${range?.[1] ?? 'nowhere'}`)
    return { restart: !partial && at > 0, body: watched(response.body, watch, () => stalled.signal) }
  } catch (error) {
    clearTimeout(watch)
    throw error
  }
}

async function* watched(body: ReadableStream<Uint8Array>, watch: NodeJS.Timeout, stalled: () => AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      watch.refresh()
      yield chunk
    }
  } catch (error) {
    throw stalled().aborted ? stalled().reason : error
  } finally {
    clearTimeout(watch)
  }
}

function lengthOf(response: Response): number {
  const length = response.headers.get('Content-Length')
  return length === null || response.headers.has('Content-Encoding') ? Number.NaN : Number(length)
}

async function writeAt(file: FileHandle, chunk: Uint8Array, at: number, target: string): Promise<void> {
  try {
    for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten
  } catch (error) {
    // not to be taken for the connection's
    throw diskFailure(error, target)
  }
}

const wrongLength = (remote: RemoteFile, what: string): EngineError => new EngineError('bad-file', `${remote.path}: the hub ${what}. What came was deleted; try again, or another mirror (HF_ENDPOINT)`)

function brokenOff(remote: RemoteFile, at: number, error: unknown): EngineError {
  if (error instanceof EngineError) return error
  if (at === 0 && !(error instanceof Broken)) return unreachable(error)
  const cause = error instanceof Error ? ((error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message) : String(error)
  return new EngineError('unavailable', `the download of ${remote.path} broke off at byte ${at} of ${remote.bytes} (${cause}). What came is kept: install again to go on`, { cause: error })
}
