import { type Session, protocol } from 'electron'
import type { Engine } from '../main/engine/engine.ts'
import { createApp } from '../main/engine/page-app.ts'
import { PAGE_SCHEME, isPageAddress } from './page-address.ts'

/** Has to run before `app` is ready: makes `app://` a secure, standard scheme, so that its origin is one and fetch works. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

/**
 * "Avoid usage of the file:// protocol": the page, its policy and pictures by id come from the very app that the loopback
 * host serves. There is no token, because nothing outside this program reaches `app://`.
 */
export function servePage(session: Session, engine: Engine, pageFolder: string): void {
  const app = createApp(engine, {
    pageFolder,
    guard: async (context, next) => (isPageAddress(context.req.url) ? next() : context.text('Not served here.', 403)),
  })
  session.protocol.handle(PAGE_SCHEME, (request) => app.fetch(request))
}
