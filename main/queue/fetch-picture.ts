import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, posix } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import { safePath } from '../images/safe-path.ts'
import type { PicturePlace } from '../prelabel/crew.ts'
import { PicturesAway } from './pictures-away.ts'

/** A picture as a file of this machine. */
export interface FetchedPicture {
  readonly path: string
  /** removes what was fetched; a shared folder's file stays */
  readonly release: () => Promise<void>
}

export interface PictureFetcher {
  /** Throws PicturesAway when the place can't be reached, EngineError when it is there and the picture is not. */
  fetch(imageId: number, run: string, place: PicturePlace): Promise<FetchedPicture>
  readonly close: () => Promise<void>
}

/** Where a folder of the coordinator's is for this worker: another folder, or `s3://bucket/prefix`. */
export interface FolderMap { readonly from: string; readonly to: string }

const BYTES_MAX = 512 * 2 ** 20
const FETCH_MS = 60_000
const S3 = 's3://'

/**
 * Pictures from where the worker was told they are: the coordinator's HTTP(S) address when one is given, else the
 * project's folders, mapped.
 * @param maps  the longest `from` that fits is taken
 * @param http.token  the coordinator's
 */
export function createPictureFetcher(maps: readonly FolderMap[], http: { readonly url: string; readonly token: string } | undefined): PictureFetcher {
  const seen = new Set<string>()
  let s3: Promise<S3Reader> | undefined

  async function mapped(folder: string, place: PicturePlace): Promise<FetchedPicture> {
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() !== true) {
      const as = folder === place.folder ? '' : ` (mapped to ${folder})`
      throw new PicturesAway(`the project’s folder ${place.folder}${as} is not on this machine; say where it is with --map ${place.folder}=WHERE, or take pictures from the coordinator with --pictures URL`, { never: !seen.has(folder) })
    }
    seen.add(folder)
    const path = await safePath(folder, place.path).catch((error: unknown) => {
      throw error instanceof EngineError ? error : new EngineError('not-found', `${place.path} is not in ${folder}`, { cause: error })
    })
    return { path, release: () => Promise.resolve() }
  }

  async function kept(place: PicturePlace, bytes: Uint8Array): Promise<FetchedPicture> {
    const folder = await mkdtemp(join(tmpdir(), 'maskwright-picture-'))
    const release = () => rm(folder, { recursive: true, force: true })
    const extension = extname(place.path)
    const path = join(folder, `picture${/^\.\w{1,8}$/.test(extension) ? extension : ''}`)
    try {
      await writeFile(path, bytes)
    } catch (error) {
      await release()
      throw error
    }
    return { path, release }
  }

  async function overHttp({ url, token }: { url: string; token: string }, imageId: number, run: string, place: PicturePlace): Promise<FetchedPicture> {
    const address = new URL(`runs/${encodeURIComponent(run)}/pictures/${imageId}`, url.endsWith('/') ? url : `${url}/`)
    let answer: Response
    let bytes: Uint8Array
    try {
      answer = await fetch(address, { headers: { authorization: `Bearer ${token}` }, redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) })
      if (Number(answer.headers.get('content-length') ?? 0) > BYTES_MAX) throw new EngineError('bad-file', `${place.path} is larger than ${BYTES_MAX / 2 ** 20} MiB`)
      bytes = new Uint8Array(await answer.arrayBuffer())
    } catch (error) {
      if (error instanceof EngineError) throw error
      const { cause } = error as { cause?: { code?: string; message?: string } }
      throw new PicturesAway(`${url}: the coordinator does not answer (${cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error))})`, { cause: error })
    }
    if (answer.status === 401 || answer.status === 403) throw new PicturesAway(`${url}: the coordinator refuses the token of MASKWRIGHT_PICTURES_TOKEN`, { never: true })
    if (answer.status >= 500 || answer.status === 429) throw new PicturesAway(`${url}: the coordinator answers ${answer.status}`)
    if (!answer.ok) throw new EngineError('not-found', `${place.path}: ${new TextDecoder().decode(bytes).slice(0, 300)}`)
    return kept(place, bytes)
  }

  return {
    async fetch(imageId, run, place) {
      if (http !== undefined) return overHttp(http, imageId, run, place)
      const map = maps.filter(({ from }) => place.folder === from || place.folder.startsWith(from.endsWith('/') ? from : `${from}/`)).sort((a, b) => b.from.length - a.from.length).at(0)
      if (map === undefined) return mapped(place.folder, place)
      const rest = place.folder.slice(map.from.length).replace(/^\/+/, '')
      if (!map.to.startsWith(S3)) return mapped(rest === '' ? map.to : join(map.to, rest), place)
      s3 ??= openS3()
      const [bucket, ...prefix] = map.to.slice(S3.length).split('/').filter((part) => part !== '')
      return kept(place, await (await s3).read(bucket ?? '', posix.join(...prefix, rest, place.path)))
    },
    close: async () => { (await s3)?.close() },
  }
}

interface S3Reader {
  read(bucket: string, key: string): Promise<Uint8Array>
  close(): void
}

/** S3 or what speaks like it, by the vendor's client: region, keys and AWS_ENDPOINT_URL_S3 come from where that looks for them. */
async function openS3(): Promise<S3Reader> {
  const { GetObjectCommand, NoSuchKey, S3Client, S3ServiceException } = await import('@aws-sdk/client-s3')
  const own = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']
  // servers of one's own have no host name for each bucket
  const client = new S3Client(own === undefined ? {} : { forcePathStyle: true })
  return {
    async read(bucket, key) {
      const what = `${S3}${bucket}/${key}`
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: AbortSignal.timeout(FETCH_MS) })
        if (Body === undefined) throw new EngineError('not-found', `${what} is empty`)
        return await Body.transformToByteArray()
      } catch (error) {
        if (error instanceof EngineError) throw error
        if (error instanceof NoSuchKey) throw new EngineError('not-found', `${what} is not in the bucket`, { cause: error })
        const refused = error instanceof S3ServiceException && [400, 401, 403, 404].includes(error.$metadata.httpStatusCode ?? 0)
        throw new PicturesAway(`${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, { never: refused, cause: error })
      }
    },
    close: () => client.destroy(),
  }
}
