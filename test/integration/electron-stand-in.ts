import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'

/**
 * Stands in for the `electron` module where its binary is not: it keeps what the shell asked for, so that a test can
 * look, and plays Electron's part in IPC and protocols. It shows no isolated worlds, real schemes, native windows or asar.
 */
type Invoke = (event: unknown, ...args: unknown[]) => unknown
export const seen = {
  beforeReady: [] as string[],
  preferences: [] as Record<string, unknown>[],
  menus: [] as unknown[],
  dialogs: [] as string[],
  /** what the last save dialog was asked with */
  saveOptions: undefined as { defaultPath?: string; filters?: { extensions: string[] }[] } | undefined,
  errors: [] as string[],
  exposed: {} as Record<string, unknown>,
  invocable: new Map<string, Invoke>(),
  protocols: new Map<string, (request: Request) => Response | Promise<Response>>(),
  permissions: {} as Record<string, (...args: unknown[]) => unknown>,
  schemes: [] as { scheme: string; privileges: Record<string, boolean> }[],
  windows: [] as BrowserWindow[],
  quits: 0,
  /** what the next native dialog answers */
  dialogAnswer: [] as string[],
}
let ready = false
const early = (what: string) => { if (!ready) seen.beforeReady.push(what) }

class App extends EventEmitter {
  readonly name = 'Maskwright'
  readonly isPackaged = false
  readonly #folder = mkdtempSync(join(tmpdir(), 'maskwright-shell-'))
  enableSandbox() { early('enableSandbox') }
  requestSingleInstanceLock() { early('requestSingleInstanceLock'); return true }
  async whenReady() { await Promise.resolve(); ready = true }
  getPath() { return this.#folder }
  quit() {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => { prevented = true } })
    if (!prevented) seen.quits += 1
  }
  exit(code: number) { seen.errors.push(`exit ${code}`) }
}
export const app = new App()

export class WebContents extends EventEmitter {
  readonly id: number
  readonly mainFrame = { url: '' }
  windowOpenHandler: (() => { action: string }) | undefined
  constructor(id: number) { super(); this.id = id }
  setWindowOpenHandler(handler: () => { action: string }) { this.windowOpenHandler = handler }
  isDestroyed() { return false }
  send(channel: string, data: unknown) { ipcRenderer.emit(channel, {}, data) }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents(seen.windows.length + 1)
  focused = 0
  shown = false
  constructor(options: { webPreferences: Record<string, unknown> }) {
    super()
    seen.preferences.push(options.webPreferences)
    seen.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  static getFocusedWindow() { return seen.windows.at(-1) ?? null }
  static getAllWindows() { return seen.windows }
  async loadURL(url: string) {
    this.webContents.mainFrame.url = url
    const preload = String(seen.preferences.at(-1)?.['preload'])
    const run = compileFunction(readFileSync(preload, 'utf8'), ['require', 'module', 'exports'])
    // a sandboxed preload may require nothing but electron's renderer half
    run((name: string) => {
      if (name !== 'electron') throw new Error(`the preload required ${name}`)
      return { contextBridge, ipcRenderer }
    }, { exports: {} }, {})
    this.emit('ready-to-show')
  }
  show() { this.shown = true }
  focus() { this.focused += 1 }
  isDestroyed() { return false }
  isMinimized() { return false }
}

export const ipcMain = { handle: (channel: string, handler: Invoke) => seen.invocable.set(channel, handler) }
class IpcRenderer extends EventEmitter {
  // structured clone on the way, as Electron does it
  async invoke(channel: string, ...args: unknown[]) {
    const sender = seen.windows[0].webContents
    return structuredClone(await seen.invocable.get(channel)?.({ sender, senderFrame: sender.mainFrame }, ...(structuredClone(args))))
  }
}
export const ipcRenderer = new IpcRenderer()
export const contextBridge = { exposeInMainWorld: (name: string, value: unknown) => { seen.exposed[name] = value } }
export const protocol = { registerSchemesAsPrivileged: (schemes: typeof seen.schemes) => { early('registerSchemesAsPrivileged'); seen.schemes.push(...schemes) } }
export const session = {
  defaultSession: {
    protocol: { handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) => seen.protocols.set(scheme, handler) },
    setPermissionRequestHandler: (handler: (...args: unknown[]) => unknown) => { seen.permissions['request'] = handler },
    setPermissionCheckHandler: (handler: (...args: unknown[]) => unknown) => { seen.permissions['check'] = handler },
    setDevicePermissionHandler: (handler: (...args: unknown[]) => unknown) => { seen.permissions['device'] = handler },
  },
}
export const Menu = { buildFromTemplate: (template: unknown) => template, setApplicationMenu: (menu: unknown) => { seen.menus.push(menu) } }
export const dialog = {
  showErrorBox: (title: string, text: string) => { seen.errors.push(`${title}: ${text}`) },
  showOpenDialog: async () => { seen.dialogs.push('open'); return { canceled: seen.dialogAnswer.length === 0, filePaths: seen.dialogAnswer } },
  showSaveDialog: async (...given: unknown[]) => { seen.dialogs.push('save'); seen.saveOptions = given.at(-1) as typeof seen.saveOptions; return { canceled: seen.dialogAnswer.length === 0, filePath: seen.dialogAnswer.at(0) ?? '' } },
}
export const utilityProcess = {
  fork: (entry: string, args: string[]) => {
    const child = fork(entry, args, { serialization: 'advanced' })
    return Object.assign(child, { postMessage: (message: object) => child.send(message) })
  },
}
