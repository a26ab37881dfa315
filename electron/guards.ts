import { type Session, type WebContents, type WebPreferences, app } from 'electron'
import { isPageAddress } from './page-address.ts'

/** Every guard of this shell on one screen, each by its name in Electron's security checklist. */

/** "Enable process sandboxing", "Enable context isolation", "Do not enable Node.js integration", "Do not disable webSecurity", "Do not enable allowRunningInsecureContent", "Do not enable experimental features", "Do not use enableBlinkFeatures", webview off. */
export const SAFE_WEB_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const satisfies WebPreferences

/** "Handle session permission requests": all denied, asked or checked, devices too. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}

/** "Disable or limit navigation", "Disable or limit creation of new windows", "Verify WebView options before creation". */
function confineContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => { if (!isPageAddress(event.url)) event.preventDefault() })
  contents.on('will-redirect', (event) => { if (!isPageAddress(event.url)) event.preventDefault() })
  contents.on('will-frame-navigate', (event) => { if (!event.isMainFrame || !isPageAddress(event.url)) event.preventDefault() })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Sandbox for every renderer, and the guards above for every contents that will ever be. Before `app` is ready. */
export function guardApp(): void {
  app.enableSandbox()
  app.on('web-contents-created', (_event, contents) => confineContents(contents))
}
