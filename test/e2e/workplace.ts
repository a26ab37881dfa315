import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach } from 'vitest'
import { Annotator } from './annotator.ts'
import { launchChromium } from './chromium.ts'
import { ROOT, serveApp, type ServedApp } from './served-app.ts'

/** Pictures of the page, for whoever wants to look. */
export const SHOTS = join(ROOT, 'test/e2e/output')
/** The smallest window that the page is made for, and nothing that moves. */
export const WINDOW: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' }
export const PATIENCE_MS = 30_000

/** A page on the served app, and what the browser had to say of it. */
export interface Opened {
  readonly app: ServedApp
  readonly page: Page
  readonly hands: Annotator
  /** thrown by the page and caught by nothing */
  readonly errors: readonly string[]
  /** lines of the console */
  readonly said: readonly string[]
}

/** What a file of browser tests works in: a folder of its own, the app served from there, a browser. */
export interface Workplace {
  /** may be browsed from the page; the app's own data is in `data` in it */
  readonly home: string
  /** where pictures may be put; not made yet */
  readonly photos: string
  readonly project: string
  /** serves the app; a second time after the first has ended */
  serve(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ServedApp>
  browser(): Promise<Browser>
  /** serves the app and opens a page on it */
  open(args: readonly string[], look?: BrowserContextOptions, env?: Readonly<Record<string, string>>): Promise<Opened>
}

/**
 * Makes the workplace of this file of tests; when they are through, all of it ends and the folder goes. The page of a
 * test that fails is kept as a picture.
 */
export function workplace(name: string): Workplace {
  const home = mkdtempSync(join(tmpdir(), `maskwright-${name}-`))
  mkdirSync(SHOTS, { recursive: true })
  let app: ServedApp | null = null
  let browser: Browser | null = null
  let page: Page | null = null

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await page?.screenshot({ path: join(SHOTS, `${name}-failed.png`) })
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const place: Workplace = {
    home,
    photos: join(home, 'photos'),
    project: join(home, `${name}.maskwright`),
    serve: async (args, env) => {
      app = await serveApp(['--root', home, ...args], { MASKWRIGHT_DATA: join(home, 'data'), ...env })
      return app
    },
    browser: async () => {
      browser ??= await launchChromium()
      return browser
    },
    open: async (args, look, env) => {
      const served = await place.serve(args, env)
      page = await (await place.browser()).newPage({ ...WINDOW, ...look })
      page.setDefaultTimeout(PATIENCE_MS)
      const errors: string[] = []
      const said: string[] = []
      page.on('pageerror', ({ message }) => errors.push(message))
      page.on('console', (line) => said.push(`${line.type()}: ${line.text()}`))
      await page.goto(served.url)
      return { app: served, page, hands: new Annotator(page), errors, said }
    },
  }
  return place
}
