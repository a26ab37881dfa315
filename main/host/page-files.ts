import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** File types the built page is made of; anything else in the folder is not served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** the bundler put a hash of the content into the name: browsers may keep it for ever */
  readonly immutable: boolean
}

/**
 * A file of the built page by URL path (still percent-encoded; '/' is index.html). undefined when there is none, when its
 * type is not one of a page's, or when the path leads out of the folder, by dots or by a link.
 */
export async function pageFile(folder: string, urlPath: string): Promise<PageFile | undefined> {
  let path: string
  try {
    path = decodeURIComponent(urlPath === '/' ? '/index.html' : urlPath)
  } catch {
    return undefined
  }
  const parts = path.split('/').slice(1)
  if (parts.some((part) => part === '' || part.startsWith('.') || /[\\:\0]/.test(part))) return undefined
  const contentType = CONTENT_TYPES[extname(path).toLowerCase()]
  if (contentType === undefined) return undefined
  try {
    const root = await realpath(folder)
    const real = await realpath(join(root, ...parts))
    if (!real.startsWith(root + sep) || !(await stat(real)).isFile()) return undefined
    return { bytes: new Uint8Array(await readFile(real)), contentType, immutable: parts[0] === 'assets' }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
