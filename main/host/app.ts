import { Hono, type MiddlewareHandler } from 'hono'
import type { Engine } from '../engine/engine.ts'
import { EngineError, type ErrorCode } from '../contract/errors.ts'
import { pageFile } from './page-files.ts'
import { securityHeaders } from './security-headers.ts'

export interface AppOptions {
  /** where the bundler put the page */
  readonly pageFolder: string
  /** runs before every route; answers itself when the request may not pass */
  readonly guard: MiddlewareHandler
}

const KEEP_FOR_EVER = 'private, max-age=31536000, immutable'
const STATUS: Partial<Record<ErrorCode, 404 | 403 | 422>> = {
  'not-found': 404, 'no-project': 404, 'not-allowed': 403, 'no-permission': 403, 'bad-file': 422,
}
const POSITIVE = /^[1-9]\d{0,15}$/
const LEVEL = /^\d{1,2}$/
const REVISION = /^\d{1,15}$/

/**
 * Everything a page GETs: its own files, and pictures by image id and never by path. The same app answers the loopback
 * host and Electron's `app://`; how a request proves itself differs, so the guard comes from the shell.
 */
export function createApp(engine: Pick<Engine, 'picture'>, options: AppOptions): Hono {
  const app = new Hono()
  app.use(securityHeaders)
  app.use(options.guard)
  app.use(async (context, next) => {
    if (context.req.method === 'GET' || context.req.method === 'HEAD') return next()
    return context.text('Only GET and HEAD.', 405, { allow: 'GET, HEAD' })
  })

  const picture = async (imageId: string, revision: string, kind: 'thumb' | 'mip', level: string): Promise<Response | undefined> => {
    if (!POSITIVE.test(imageId) || !REVISION.test(revision) || !LEVEL.test(level)) return undefined
    const found = await engine.picture(Number(imageId), kind, Number(level))
    // an SVG or HTML “picture” would run in the page's origin
    if (found === undefined || !/^image\/(jpeg|png|webp|avif)$/.test(found.contentType)) return undefined
    return new Response(new Uint8Array(found.bytes), { headers: { 'content-type': found.contentType, 'cache-control': KEEP_FOR_EVER } })
  }
  app.get('/pictures/:imageId/:revision/thumb', async (context) =>
    (await picture(context.req.param('imageId'), context.req.param('revision'), 'thumb', '0')) ?? context.notFound())
  app.get('/pictures/:imageId/:revision/mip/:level', async (context) =>
    (await picture(context.req.param('imageId'), context.req.param('revision'), 'mip', context.req.param('level'))) ?? context.notFound())

  app.get('*', async (context) => {
    const path = new URL(context.req.url).pathname
    const file = await pageFile(options.pageFolder, path)
    if (file !== undefined) {
      return new Response(file.bytes, { headers: { 'content-type': file.contentType, 'cache-control': file.immutable ? KEEP_FOR_EVER : 'no-cache' } })
    }
    if (path === '/') return context.text('The page has not been built: run `npm run build`, then reload.', 503)
    return context.notFound()
  })
  app.notFound((context) => context.text('Not found.', 404))
  app.onError((error, context) => {
    const status = error instanceof EngineError ? STATUS[error.code] : undefined
    if (status !== undefined) return context.text(error.message, status, { 'cache-control': 'no-store' })
    // what went wrong inside is for the terminal, not for the wire
    process.stderr.write(`maskwright: ${context.req.method} ${new URL(context.req.url).pathname}: ${error.stack ?? String(error)}\n`)
    return context.text('The engine failed on this; its terminal says why.', 500, { 'cache-control': 'no-store' })
  })
  return app
}
