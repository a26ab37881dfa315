import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserWindow, app, dialog, session } from 'electron'
import { createEngine } from '../main/engine/create-engine.ts'
import type { Engine } from '../main/engine/engine.ts'
import { openStartProject } from '../main/engine/start-project.ts'
import { serveCalls } from './call-channel.ts'
import { forkUtility } from './fork-utility.ts'
import { denyPermissions, guardApp } from './guards.ts'
import { setMenu } from './menu.ts'
import { nativeDialogs } from './native-dialogs.ts'
import { PAGE_ADDRESS } from './page-address.ts'
import { registerPageScheme, servePage } from './page-protocol.ts'
import { startArguments } from './start-arguments.ts'
import { createWindow } from './window.ts'

/** The bundle lies in dist/electron; the page and the pipeline's entry beside it. */
const HERE = dirname(fileURLToPath(import.meta.url))
const BUILT = dirname(HERE)

async function start(): Promise<void> {
  await app.whenReady()
  const engine = await createEngine({
    shell: 'electron',
    fork: forkUtility,
    pipelineEntry: join(BUILT, 'engine', 'pipeline-entry.js'),
    dataFolder: app.getPath('userData'),
    roots: [],
    dialogs: nativeDialogs,
    checkOutputs: !app.isPackaged,
  })
  closeBeforeQuit(engine)
  denyPermissions(session.defaultSession)
  servePage(session.defaultSession, engine, join(BUILT, 'page'))
  setMenu()
  const calls = serveCalls(engine)

  const open = async (): Promise<BrowserWindow> => {
    const window = createWindow(join(HERE, 'preload.cjs'))
    calls.join(window.webContents)
    await window.loadURL(PAGE_ADDRESS)
    return window
  }
  const openProject = async (args: readonly string[], folder: string) => {
    try {
      await openStartProject(engine, startArguments(args, folder))
    } catch (error) {
      dialog.showErrorBox('Maskwright', error instanceof Error ? error.message : String(error))
    }
  }
  await openProject(process.argv.slice(1), process.cwd())
  let window = await open()

  app.on('second-instance', (_event, args, folder) => {
    if (window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.focus()
    void openProject(args.slice(1), folder)
  })
  app.on('activate', () => { if (window.isDestroyed()) void open().then((opened) => { window = opened }) })
}

/** Everything answered is stored already; closing lets the project's lock and the pipeline process go. */
function closeBeforeQuit(engine: Engine): void {
  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void engine.close().finally(() => {
      closed = true
      app.quit()
    })
  })
}

app.on('window-all-closed', () => { if (process.platform !== 'darwin') app.quit() })
guardApp()
registerPageScheme()
// one engine at a time has a project open: a second start hands over to the first
if (app.requestSingleInstanceLock()) {
  start().catch((error: unknown) => {
    dialog.showErrorBox('Maskwright could not start', error instanceof Error ? (error.stack ?? error.message) : String(error))
    app.exit(1)
  })
} else app.quit()
