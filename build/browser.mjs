// The browser of the end-to-end tests: one that is there, or Debian's, installed by apt where we may.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable']
const PLACES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] === undefined ? []
    : [join(process.env[name], 'Google/Chrome/Application/chrome.exe'), join(process.env[name], 'Microsoft/Edge/Application/msedge.exe')]),
]

function browser() {
  const asked = process.env.CHROMIUM_PATH
  if (asked !== undefined && asked !== '') {
    if (!existsSync(asked)) throw new Error(`CHROMIUM_PATH=${asked}: there is no such file`)
    return asked
  }
  const paths = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...NAMES.flatMap((name) => paths.map((folder) => join(folder, name))), ...PLACES].find((path) => existsSync(path))
}

/** Path of a Chromium, Chrome or Edge. Throws with the way out when there is none and none can be installed. */
export function ensureBrowser() {
  const found = browser()
  if (found !== undefined) return found
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('maskwright: installing chromium for the browser tests (apt-get) …\n')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 2, 2], env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { stdio: ['ignore', 2, 2], env })
    const installed = browser()
    if (installed !== undefined) return installed
  }
  throw new Error('the browser tests need Chromium, Chrome or Edge, and none was found: install one (on Debian `apt-get install chromium` as root), or set CHROMIUM_PATH to its program')
}
