import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const CANDIDATES = [
  process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:/Program Files/Google/Chrome/Application/chrome.exe', 'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
]

/**
 * A headless browser of the machine; `npm test` has made sure that there is one. Who opens a page with `newPage` has
 * seen the tour; who opens one in a `newContext` is new.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => path !== undefined && existsSync(path))
  if (executablePath === undefined) throw new Error('no Chromium, Chrome or Edge was found; install one, or set CHROMIUM_PATH')
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const newPage = browser.newPage.bind(browser)
  browser.newPage = async (options) => {
    const page = await newPage(options)
    await page.addInitScript(() => {
      if (localStorage.getItem('maskwright.layout') === null) localStorage.setItem('maskwright.layout', JSON.stringify({ tourSeen: true }))
    })
    return page
  }
  return browser
}
