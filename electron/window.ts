import { BrowserWindow } from 'electron'
import { SAFE_WEB_PREFERENCES } from './guards.ts'

/** A window that shows nothing until its page does: no white flash in the dark theme. `load` is separate, so that its contents can be joined to the engine first. */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: '#16181c',
    title: 'Maskwright',
    webPreferences: { ...SAFE_WEB_PREFERENCES, preload },
  })
  window.once('ready-to-show', () => window.show())
  return window
}
