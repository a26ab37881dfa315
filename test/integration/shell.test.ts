import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron as electron, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { electronBinary } from '../../build/electron-binary.mjs'
import { bundleDesktopWhenNeeded } from '../../build/bundle-on-pinned-node.mjs'
import type { Bridge } from '../../main/contract/bridge.ts'
import { launchChromium } from '../e2e/chromium.ts'
import { drawPictures } from '../e2e/draw-pictures.ts'
import { BrowserWindow, WebContents, app, seen } from './electron-stand-in.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'maskwright-shell-test-'))
const pictures = join(folder, 'pictures')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What runs inside the page sees this on `window`. */
declare const window: { maskwright: Bridge; heard: unknown[] } & typeof globalThis.window

describe('shell (stand-in)', () => {
  let browser: Browser
  let page: Page
  const blocked: string[] = []
  const bridge = () => seen.exposed['maskwright'] as Bridge
  const handle = async (url: string, init?: RequestInit): Promise<Response> => {
    const handler = seen.protocols.get('app')
    if (handler === undefined) throw new Error('nobody handles app:')
    return handler(new Request(url, init))
  }

  beforeAll(async () => {
    bundleDesktopWhenNeeded()
    await drawPictures(pictures)
    process.argv.push('--project', join(folder, 'shell.maskwright'), '--images', pictures)
    await import(join(ROOT, 'dist/electron/main.js'))
    await vi.waitFor(() => expect([seen.windows.length > 0 && seen.windows[0].shown, seen.errors]).toEqual([true, []]), { timeout: 20_000, interval: 50 })

    // the real built page in a real browser; https://maskwright.test plays app://maskwright, and answers come from the shell's own handler
    browser = await launchChromium()
    page = await browser.newPage()
    page.on('console', (message) => { if (message.text().includes('Content Security Policy')) blocked.push(message.text()) })
    await page.route('**/*', async (route) => {
      const url = new URL(route.request().url())
      const answer = await handle(`app://maskwright${url.pathname}${url.search}`, { method: route.request().method() })
      await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) })
    })
    await page.exposeFunction('callShell', (name: string, input: unknown) => bridge().call(name, input))
    await page.addInitScript(`window.maskwright = { call: (name, input) => window.callShell(name, input), onEvent: () => () => {} }`)
    await page.goto('https://maskwright.test/')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
  })

  test('sandbox, contextIsolation and webSecurity are on; nodeIntegration, webview and insecure content are off', () => {
    expect(seen.preferences).toHaveLength(1)
    expect(seen.preferences[0]).toMatchObject({
      sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false,
      webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, webviewTag: false,
    })
    expect(seen.preferences[0]).not.toHaveProperty('enableBlinkFeatures')
  })

  test('the sandbox, the scheme and the single instance are settled before the app is ready', () => {
    expect(seen.beforeReady.toSorted()).toEqual(['enableSandbox', 'registerSchemesAsPrivileged', 'requestSingleInstanceLock'])
    expect(seen.schemes).toEqual([{ scheme: 'app', privileges: expect.objectContaining({ standard: true, secure: true }) as unknown }])
    expect(seen.schemes[0].privileges).not.toHaveProperty('bypassCSP')
  })

  test('permission requests are denied: asked, checked, and for devices', () => {
    const answers: unknown[] = []
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fullscreen']) {
      seen.permissions['request']({}, permission, (granted: unknown) => answers.push(granted))
      answers.push(seen.permissions['check']({}, permission))
    }
    answers.push(seen.permissions['device']({}))
    expect(new Set(answers)).toEqual(new Set([false]))
    expect(answers).toHaveLength(13)
  })

  test.each(['https://evil.example/', 'file:///etc/passwd', 'app://maskwright.evil.example/', 'app://evil@maskwright/', 'javascript:alert(1)', 'data:text/html,x', 'http://maskwright/'])('navigation to %s is denied', (url) => {
    for (const [name, extra] of [['will-navigate', {}], ['will-redirect', {}], ['will-frame-navigate', { isMainFrame: true }]] as const) {
      let prevented = false
      seen.windows[0].webContents.emit(name, { url, preventDefault: () => { prevented = true }, ...extra })
      expect([name, prevented]).toEqual([name, true])
    }
  })

  test('our own page may reload, but nothing may load in a frame inside it', () => {
    const prevented: string[] = []
    const contents = seen.windows[0].webContents
    contents.emit('will-navigate', { url: 'app://maskwright/', preventDefault: () => prevented.push('reload') })
    contents.emit('will-frame-navigate', { url: 'app://maskwright/', isMainFrame: false, preventDefault: () => prevented.push('frame') })
    expect(prevented).toEqual(['frame'])
  })

  test('new windows and webviews are denied, in contents made later too', () => {
    const later = new WebContents(99)
    app.emit('web-contents-created', {}, later)
    for (const contents of [seen.windows[0].webContents, later]) {
      expect(contents.windowOpenHandler?.()).toEqual({ action: 'deny' })
      let prevented = false
      contents.emit('will-attach-webview', { preventDefault: () => { prevented = true } })
      expect(prevented).toBe(true)
    }
  })

  test('the sender of a call is checked: only the top frame of our page, in a window of ours', async () => {
    const call = (event: unknown) => seen.invocable.get('maskwright:call')?.(event, 'app.info', {})
    const sender = seen.windows[0].webContents
    expect(await call({ sender, senderFrame: sender.mainFrame })).toMatchObject({ ok: true })
    const refused = { ok: false, code: 'not-allowed' }
    expect(await call({ sender, senderFrame: null })).toMatchObject(refused)
    expect(await call({ sender, senderFrame: { url: 'app://maskwright/' } })).toMatchObject(refused)
    expect(await call({ sender: new WebContents(77), senderFrame: { url: 'app://maskwright/' } })).toMatchObject(refused)
    sender.mainFrame.url = 'https://evil.example/'
    expect(await call({ sender, senderFrame: sender.mainFrame })).toMatchObject(refused)
    sender.mainFrame.url = 'app://maskwright/'
    expect([...seen.invocable.keys()]).toEqual(['maskwright:call'])
  })

  test('the preload exposes call and onEvent and nothing else', () => {
    expect(Object.keys(seen.exposed)).toEqual(['maskwright'])
    expect(Object.keys(bridge()).toSorted()).toEqual(['call', 'onEvent'])
  })

  test('events reach the page without the IPC event, and stop when it no longer listens', async () => {
    const heard: unknown[][] = []
    const stop = bridge().onEvent((...args) => heard.push(args))
    const sender = seen.windows[0].webContents
    sender.send('maskwright:event', { name: 'notice', data: { level: 'info', message: 'one' } })
    stop()
    sender.send('maskwright:event', { name: 'notice', data: { level: 'info', message: 'two' } })
    expect(heard).toEqual([[{ name: 'notice', data: { level: 'info', message: 'one' } }]])
  })

  test('app:// serves the page with a strict policy, pictures by id, and nothing by path', async () => {
    const index = await handle('app://maskwright/')
    expect([index.status, index.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = index.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    const listed = await bridge().call('images.page', { offset: 0, limit: 10 })
    const rows = (listed as { value: { rows: { id: number; revision: number; path: string }[] } }).value.rows
    expect(rows).toHaveLength(6)
    const thumb = await handle(`app://maskwright/pictures/${rows[0].id}/${rows[0].revision}/thumb`)
    expect([thumb.status, thumb.headers.get('content-type')?.startsWith('image/')]).toEqual([200, true])
    for (const path of ['/../main.js', '/%2e%2e/electron/main.js', '/..%2felectron%2fmain.js', `/pictures/${encodeURIComponent(pictures)}/0/thumb`, `/${rows[0].path}`, '/etc/passwd']) {
      expect([path, (await handle(`app://maskwright${path}`)).status]).toEqual([path, 404])
    }
    expect((await handle('app://other/')).status).toBe(403)
    expect((await handle('app://maskwright/', { method: 'POST' })).status).toBe(405)
  })

  test('a native dialog gives the page a grant, and a path of its own is refused', async () => {
    seen.dialogAnswer = [join(folder, 'export.json')]
    const picked = await bridge().call('files.pick', { purpose: 'export', suggestedName: 'export.json' })
    expect(picked).toMatchObject({ ok: true, value: { grants: [{ name: 'export.json' }] } })
    expect(seen.dialogs).toEqual(['save'])
    expect(seen.saveOptions).toMatchObject({ defaultPath: 'export.json', filters: [{ extensions: ['json'] }] })
    // a folder of a folder format gets no extension
    await bridge().call('files.pick', { purpose: 'export', suggestedName: 'project-yolo' })
    expect(seen.saveOptions).toEqual({ defaultPath: 'project-yolo' })
    expect((picked as { value: { grants: { grant: string }[] } }).value.grants[0].grant).not.toContain('/')
    expect(await bridge().call('project.open', { grant: join(folder, 'shell.maskwright') })).toMatchObject({ ok: false })
    expect(await bridge().call('files.browse', {})).toMatchObject({ ok: false })
  })

  test('a second start focuses the window', () => {
    const before = seen.windows[0].focused
    app.emit('second-instance', {}, ['maskwright'], folder)
    expect(seen.windows[0].focused).toBe(before + 1)
    expect(seen.windows).toHaveLength(1)
    expect(seen.windows[0]).toBeInstanceOf(BrowserWindow)
  })

  test('the built page runs on the bridge, breaks no policy, and can neither eval nor run inline script', async () => {
    await expect.poll(() => page.locator('#root > *').count(), { timeout: 15_000 }).toBeGreaterThan(0)
    expect(blocked).toEqual([])
    const info = await page.evaluate(() => window.maskwright.call('app.info', {}))
    expect(info).toMatchObject({ ok: true, value: { shell: 'electron', nativeDialogs: true, project: true } })
    // from a task of the page's own: what the debugger evaluates may eval
    expect(await page.evaluate(`new Promise((tell) => setTimeout(() => { try { tell(String((0, eval)('1 + 1'))) } catch (error) { tell(error.name) } }))`)).toBe('EvalError')
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "ran inline"'
      document.head.append(script)
    })
    expect(await page.title()).not.toBe('ran inline')
  })

  test('quitting waits for the engine to let go of the project, then quits once', async () => {
    const lock = () => readdirSync(folder).filter((name) => name.startsWith('shell.maskwright') && name !== 'shell.maskwright')
    app.emit('window-all-closed')
    expect(seen.quits).toBe(0)
    await expect.poll(() => seen.quits).toBe(1)
    expect(lock()).toEqual([])
    expect(await bridge().call('project.info', {})).toMatchObject({ ok: false, code: 'cancelled' })
  })
})

describe('shell (Electron itself)', () => {
  test('starts, shows the page sandboxed, and answers through its bridge', async ({ skip }) => {
    const executablePath = electronBinary()
    const reason = executablePath === undefined ? "Electron's binary is not installed (node node_modules/electron/install.js fetches it)"
      : process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'] ? 'no display' : undefined
    if (executablePath === undefined || reason !== undefined) {
      if (process.env['REQUIRE_ELECTRON'] === '1') throw new Error(`REQUIRE_ELECTRON=1, but: ${reason}`)
      skip(reason)
      return
    }
    await drawPictures(pictures)
    const shell = await electron.launch({ executablePath, args: [ROOT, '--project', join(folder, 'real.maskwright'), '--images', pictures], env: { ...process.env, XDG_CONFIG_HOME: folder } })
    try {
      const page = await shell.firstWindow()
      expect(page.url()).toBe('app://maskwright/')
      expect(await page.evaluate(() => [typeof (globalThis as { require?: unknown }).require, typeof (globalThis as { process?: unknown }).process, Object.keys(window.maskwright).toSorted()])).toEqual(['undefined', 'undefined', ['call', 'onEvent']])
      expect(await page.evaluate(() => window.maskwright.call('app.info', {}))).toMatchObject({ ok: true, value: { shell: 'electron', project: true } })
      expect(await page.evaluate(() => window.open('https://evil.example/'))).toBeNull()
    } finally {
      await shell.close()
    }
  })
})
