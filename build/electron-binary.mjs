// Electron's package fetches its binary on first use, from a place that is often not reachable: look, never fetch.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from './places.mjs'

/** Path of the Electron program, or undefined when it was never fetched. */
export function electronBinary() {
  const names = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }
  const pathFile = inRoot('node_modules/electron/path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : (names[process.platform] ?? 'electron')
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? inRoot('node_modules/electron/dist'), name)
  return existsSync(path) ? path : undefined
}

export const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)
