import { HubApiError, pathsInfo } from '@huggingface/hub'
import { EngineError } from '../contract/errors.ts'
import type { PackFile } from '../contract/packs.ts'
import type { ExpectedHash } from './file-hash.ts'

/** A file as the hub's own listing has it. */
export interface RemoteFile extends ExpectedHash {
  /** inside the pack */
  readonly path: string
  readonly url: string
}

/** A listing is small: a hub that takes longer is as good as down. */
const LISTING_TIMEOUT_MS = 30_000
const OFFLINE = 'or install it from a folder that has the files (--from DIR)'

/** The hub, or the mirror that HF_ENDPOINT names. */
export function hubEndpoint(): string {
  const asked = process.env['HF_ENDPOINT']
  return (asked === undefined || asked === '' ? 'https://huggingface.co' : asked).replace(/\/+$/, '')
}

/**
 * Asks the hub for size and hash of a pack's files.
 * @throws EngineError 'unavailable' | 'not-allowed' | 'not-found' naming hub and repository; 'bad-file' when the hub has another file than the manifest says
 */
export async function listRemoteFiles(files: readonly PackFile[], signal: AbortSignal): Promise<readonly RemoteFile[]> {
  const hubUrl = hubEndpoint()
  const byRepository = new Map<string, PackFile[]>()
  for (const file of files) {
    if (file.from === null) continue
    const key = `${file.from.repo} ${file.from.revision}`
    byRepository.set(key, [...byRepository.get(key) ?? [], file])
  }
  const found: RemoteFile[] = []
  for (const [key, wanted] of byRepository) {
    const [repo, revision] = key.split(' ')
    const listing = await pathsInfo({
      repo, revision, hubUrl, paths: [...new Set(wanted.map(({ from }) => from?.path ?? ''))],
      fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(LISTING_TIMEOUT_MS)]) }),
    }).catch((error: unknown) => { throw hubFailure(error, repo, signal) })
    for (const file of wanted) {
      const remotePath = file.from?.path ?? ''
      const entry = listing.find(({ path, type }) => path === remotePath && type === 'file')
      if (entry === undefined) throw new EngineError('not-found', `${hostOf(hubUrl)}: ${repo} (${revision}) has no ${remotePath}; it may have been moved or renamed: look for a newer Maskwright, ${OFFLINE}`)
      const remote = remoteFile(file, entry.lfs?.size ?? entry.size, entry.lfs?.oid ?? null, entry.lfs === undefined ? entry.oid ?? null : null, `${hubUrl}/${repo}/resolve/${encodeURIComponent(revision)}/${remotePath}`)
      if ((file.bytes !== null && file.bytes !== remote.bytes) || (file.sha256 !== null && remote.sha256 !== null && file.sha256 !== remote.sha256)) {
        throw new EngineError('bad-file', `${repo}: ${remotePath} is not the file this pack means any more (${file.bytes ?? remote.bytes} bytes, SHA-256 ${file.sha256 ?? '?'} wanted; the hub lists ${remote.bytes} bytes, ${remote.sha256 ?? '?'}); look for a newer Maskwright`)
      }
      found.push(remote)
    }
  }
  return found
}

function remoteFile(file: PackFile, bytes: unknown, sha256: string | null, gitSha1: string | null, url: string): RemoteFile {
  const wellFormed = Number.isSafeInteger(bytes) && (bytes as number) >= 0 && (sha256 === null || /^[0-9a-f]{64}$/.test(sha256)) && (gitSha1 === null || /^[0-9a-f]{40}$/.test(gitSha1)) && (sha256 !== null || gitSha1 !== null)
  if (!wellFormed) throw new EngineError('unavailable', `${hostOf(hubEndpoint())}: its listing gives no size and hash for ${file.from?.repo} ${file.from?.path}; is it a hub at all? (HF_ENDPOINT)`)
  return { path: file.path, bytes: bytes as number, sha256: sha256 ?? file.sha256, gitSha1, url }
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)

/** What a person can do about a hub that did not answer as it should. */
function hubFailure(error: unknown, repo: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof EngineError) return error
  const host = hostOf(hubEndpoint())
  if (error instanceof HubApiError) return statusFailure(error.statusCode, repo)
  if (error instanceof Error && error.name === 'TimeoutError') return new EngineError('unavailable', `${host} did not answer within ${LISTING_TIMEOUT_MS / 1000} s; try again later, name a mirror in HF_ENDPOINT, ${OFFLINE}`)
  if (error instanceof SyntaxError || (error instanceof Error && error.message.startsWith('malformed response'))) return new EngineError('unavailable', `${host} did not answer as a hub does; a proxy or a sign-in page may stand between. Name a mirror in HF_ENDPOINT, ${OFFLINE}`)
  return unreachable(error)
}

/** No connection at all, with the operating system's reason. */
export function unreachable(error: unknown): EngineError {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
  const reason = cause?.code ?? (error instanceof Error ? error.message : String(error))
  return new EngineError('unavailable', `${hostOf(hubEndpoint())} can’t be reached (${reason}); check the connection, name a mirror in HF_ENDPOINT, ${OFFLINE}`, { cause: error })
}

/** An answer that is a refusal. */
export function statusFailure(status: number, what: string): EngineError {
  const host = hostOf(hubEndpoint())
  if (status === 401 || status === 403) return new EngineError('not-allowed', `${host} refuses ${what} without a sign-in (status ${status}); download it there in a browser, ${OFFLINE}`)
  if (status === 404 || status === 410) return new EngineError('not-found', `${host} has no ${what} (status ${status}); it may have been moved or renamed: look for a newer Maskwright, ${OFFLINE}`)
  return new EngineError('unavailable', `${host} failed at ${what} (status ${status}); try again later, name a mirror in HF_ENDPOINT, ${OFFLINE}`)
}
