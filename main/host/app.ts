import { Hono, type MiddlewareHandler } from 'hono'
import type { Engine } from '../engine/engine.ts'
import { EngineError, type ErrorCode } from '../contract/errors.ts'
import { readTones, type Tones } from '../contract/pictures.ts'
import type { PicturePart } from '../images/pictures.ts'
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
const WHOLE_ABOVE_0 = /^[1-9]\d{0,15}$/
const LEVEL = /^\d{1,2}$/
const WHOLE = /^\d{1,15}$/

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

  const picture = async (imageId: string, revision: string, part: PicturePart | undefined): Promise<Response | undefined> => {
    if (!WHOLE_ABOVE_0.test(imageId) || !WHOLE.test(revision) || part === undefined) return undefined
    const found = await engine.picture(Number(imageId), part)
    // an SVG or HTML “picture” would run in the page's origin
    if (found === undefined || !/^image\/(jpeg|png|webp|avif)$/.test(found.contentType)) return undefined
    return new Response(new Uint8Array(found.bytes), { headers: { 'content-type': found.contentType, 'cache-control': KEEP_FOR_EVER } })
  }
  const partOf = (level: string, tones: string | undefined, make: (level: number, tones: Tones) => PicturePart): PicturePart | undefined => {
    const read = readTones(tones)
    return LEVEL.test(level) && read !== null ? make(Number(level), read) : undefined
  }
  app.get('/pictures/:imageId/:revision/thumb', async (context) =>
    (await picture(context.req.param('imageId'), context.req.param('revision'), { kind: 'thumb' })) ?? context.notFound())
  app.get('/pictures/:imageId/:revision/mip/:level', async (context) => {
    const part = partOf(context.req.param('level'), context.req.query('tones'), (level, tones) => ({ kind: 'mip', level, tones }))
    return (await picture(context.req.param('imageId'), context.req.param('revision'), part)) ?? context.notFound()
  })
  app.get('/pictures/:imageId/:revision/tile/:level/:column/:row', async (context) => {
    const { column, row } = context.req.param()
    const part = WHOLE.test(column) && WHOLE.test(row) ? partOf(context.req.param('level'), context.req.query('tones'), (level, tones) => ({ kind: 'tile', level, column: Number(column), row: Number(row), tones })) : undefined
    return (await picture(context.req.param('imageId'), context.req.param('revision'), part)) ?? context.notFound()
  })

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
