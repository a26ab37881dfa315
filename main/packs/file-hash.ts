import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** What a file has to be: SHA-256 for large files (the hub's LFS), git's blob SHA-1 for small ones. */
export interface ExpectedHash {
  readonly bytes: number
  readonly sha256: string | null
  readonly gitSha1: string | null
}

/** The hashes of a file, fed as its bytes come. */
export class FileHash {
  readonly #sha256: Hash = createHash('sha256')
  readonly #git: Hash | null
  /** @param bytes length of the whole file: git's hash begins with it; null: only SHA-256 is wanted */
  constructor(bytes: number | null) {
    this.#git = bytes === null ? null : createHash('sha1').update(`blob ${bytes}\0`)
  }

  update(chunk: Uint8Array): void {
    this.#sha256.update(chunk)
    this.#git?.update(chunk)
  }

  /** Once, at the end. */
  digest(): { readonly sha256: string; readonly gitSha1: string | null } {
    return { sha256: this.#sha256.digest('hex'), gitSha1: this.#git?.digest('hex') ?? null }
  }
}

export interface Reading {
  readonly signal?: AbortSignal | undefined
  /** called with each piece's length */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

/** Feeds a file into a hash. O(bytes). */
export async function hashInto(hash: FileHash, path: string, { signal, onBytes }: Reading = {}): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    onBytes?.(chunk.length)
  }
}

/** SHA-256 of a file, hex. */
export async function sha256Of(path: string, reading: Reading = {}): Promise<string> {
  const hash = new FileHash(null)
  await hashInto(hash, path, reading)
  return hash.digest().sha256
}
